// A client that does not read its answer, at a unix socket, whose room does not grow; and what its
// server does meanwhile. What the client reads in the end is right as far as it goes, and is marked
// as whole only where it is.
#include <poll.h>

#include "tests/scenarios/faults/fault_test.hpp"

namespace countersign::tests::faults {
namespace {

/// What becomes of a client that has not read for a while.
enum class Reader { reads_on, half_closes_and_reads, resets, closes, never_reads };
constexpr std::array kReaders{
    Reader::reads_on, Reader::half_closes_and_reads, Reader::resets, Reader::closes,
    Reader::never_reads};
constexpr std::array<std::string_view, 5> kReaderNames{
    "reads on", "closes its half and reads on", "resets", "closes", "never reads"};

struct UnreadCase {
    Reader reader;
    std::optional<Act> server;  ///< in the middle of its answer
    Body body;
    bool reused;
    std::string text() const {
        std::string text{kReaderNames[static_cast<std::size_t>(reader)]};
        text += "; the server: ";
        text += server ? name(*server) : "all is well";
        text += ", ";
        text += name(body);
        return text + (reused ? ", reused" : ", fresh");
    }
};

/// No part of it is as another part.
const std::string& large_content() {
    static const std::string content = [] {
        std::string text;
        for (unsigned i = 0; text.size() < 1'000'000; ++i) text += std::to_string(i) + ',';
        return text;
    }();
    return content;
}

std::vector<UnreadCase> unread_cases() {
    std::vector<UnreadCase> all;
    for (const Reader reader : kReaders) {
        for (const Body body : {Body::length, Body::chunked, Body::until_close}) {
            for (const bool reused : {false, true}) {
                all.push_back({reader, std::nullopt, body, reused});
                for (const Act act : {Act::reset, Act::stall, Act::close}) {
                    all.push_back({reader, act, body, reused});
                }
            }
        }
    }
    return all;
}

/// Whether the proxy closes its end, though nobody reads here.
bool is_given_up(const HttpClient& client) {
    pollfd end{client.descriptor(), 0, 0};
    const auto most = std::chrono::milliseconds{kPatience}.count();
    return ::poll(&end, 1, static_cast<int>(most)) == 1 && (end.revents & POLLHUP) != 0;
}

class Unread : public FaultTest {
protected:
    /// "/13": the answer's body, and the server's act; 9: none.
    bool serve(Peer& peer, const std::string& head) {
        const std::string path = path_of(head);
        const auto body = static_cast<Body>(path[1] - '0');
        const std::string whole = answer(body, large_content()).bytes();
        if (path[2] == '9') {
            peer.write(whole);
            if (body == Body::until_close) peer.close_cleanly();
            return body != Body::until_close;
        }
        peer.write(std::string_view{whole}.substr(0, whole.size() / 2));
        switch (static_cast<Act>(path[2] - '0')) {
            case Act::reset:
                peer.cut();
                break;
            case Act::close:
                peer.close_without_notice();
                break;
            default:
                while (!peer.read_some().empty()) continue;
        }
        return false;
    }

    FaultWorld world_{
        GetParam(), [this](Peer& peer, const std::string& head) { return serve(peer, head); }};
};

TEST_P(Unread, IsRightAsFarAsItGoesAndLeavesNothing) {
    world_.run(unread_cases(), [&](const UnreadCase& one) -> std::string {
        HttpClient client = world_.connect();
        const std::string host = world_.authority(one.reused);
        if (one.reused) client.exchange(absolute_get(host, "/good"));
        const int act = one.server ? static_cast<int>(*one.server) : 9;
        client.send(absolute_get(
            host, "/" + std::to_string(static_cast<int>(one.body)) + std::to_string(act)
        ));
        Response got = client.read_head();
        if (got.status != 200) return "status " + std::to_string(got.status);
        if (one.reader == Reader::never_reads && !is_given_up(client)) return "nobody gave it up";
        if (one.reader == Reader::resets) reset_at_close(client);
        if (one.reader == Reader::resets || one.reader == Reader::closes) return {};
        if (one.reader == Reader::half_closes_and_reads) client.finish_sending();
        client.read_body(got, [&](std::string_view piece) { got.body += piece; });

        if (!std::string_view{large_content()}.starts_with(got.body)) return "a wrong byte";
        const bool may_be_whole = !one.server && one.reader != Reader::never_reads;
        if (got.complete != may_be_whole) {
            return std::to_string(got.body.size()) + (got.complete ? " bytes, whole" : " bytes");
        }
        return {};
    });
}

INSTANTIATE_TEST_SUITE_P(Faults, Unread, testing::Values(kTls12Unix, kTls13Unix), name_of);

}  // namespace
}  // namespace countersign::tests::faults
