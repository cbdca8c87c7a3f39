#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/client/refused_client.hpp"
#include "proxy/client/session.hpp"
#include "proxy/client/workspace.hpp"
#include "proxy/net/plain_stream.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"
#include "tests/proxy/partner.hpp"
#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::client {

/// A worker's workspace with one session on it, and the client at the other end, all on one loop.
class SessionWorld {
public:
    SessionWorld(profiles::Configuration configuration, log::AccessLog& log)
        : workspace_{{generation_of(std::move(configuration)), own_, names_, log, permits_, failures_, buffered_}},
          loop_{workspace_.loop} {
        upstream::end_openings_with(loop_, workspace_.pool);
    }

    Workspace& workspace() { return workspace_; }
    net::PlainStream& client() { return client_; }

    /// Serves the session while the client does its part and closes. `from`: the address that the
    /// session takes it to have, port 50412; empty for a unix socket.
    void run(net::Task<void> client, std::string_view from = {}) {
        const routing::Peer peer = peer_from(from);
        run(std::move(client), Session::serve(
                                   workspace_, std::move(pair_.ours), peer,
                                   std::move(*permits_.take(peer, {1, 0, 0}).permit)
                               ));
    }
    /// The same for a client whom the listener's `allow` does not have.
    void refuse(net::Task<void> client) {
        routing::Peer peer = peer_from("192.0.2.1");
        peer.admission = routing::Peer::Admission::not_allowed;
        run(std::move(client), RefusedClient::serve(workspace_, std::move(pair_.ours), peer));
    }

private:
    static routing::Peer peer_from(std::string_view address) {
        routing::Peer peer;
        peer.is_unix = address.empty();
        if (!address.empty()) peer.address = profiles::IpAddress::parse(address).value();
        peer.port = 50412;
        return peer;
    }
    void run(net::Task<void> client, net::Task<void> session) {
        loop_.spawn(std::move(session));
        loop_.spawn(then_hang_up(std::move(client), client_));
        loop_.run();
    }
    static net::Task<void> then_hang_up(net::Task<void> client, net::PlainStream& stream) {
        co_await client;
        ::shutdown(stream.descriptor().fd(), SHUT_RDWR);
    }

    const upstream::addresses::OwnEndpoints own_{{}, {}};
    upstream::dns::NameFiles names_;
    ConnectionPermits permits_;
    FailureReport failures_;
    net::MemoryBudget buffered_;
    Workspace workspace_;
    net::TestLoop loop_;
    net::SocketPair pair_;
    net::PlainStream client_{
        workspace_.loop, net::UniqueFd{::fcntl(pair_.peer(), F_DUPFD_CLOEXEC, 0)}};
};

inline profiles::LogRules no_access_log() {
    profiles::LogRules rules;
    rules.access = "off";
    return rules;
}

/// One request and what comes back until `end` has come; fails the test where it does not. The
/// answer stands in `into`, which does not grow.
template <std::size_t kSize>
net::Task<std::string_view> call(
    net::PlainStream& client, std::string_view request, std::string_view end,
    std::array<char, kSize>& into
) {
    const auto limit = std::chrono::duration_cast<net::Clock::duration>(tests::kPatience);
    const net::IoStatus sent = co_await net::write_all(client, request, limit);
    EXPECT_EQ(sent, net::IoStatus::ok);
    std::size_t size = 0;
    while (!std::string_view{into.data(), size}.ends_with(end) && size < kSize) {
        const net::IoResult got = co_await net::read_some(
            client, into.data() + size, kSize - size, net::Clock::now() + limit
        );
        if (!got.ok()) {
            ADD_FAILURE() << "no answer, but: " << std::string_view{into.data(), size};
            break;
        }
        size += got.bytes;
    }
    co_return std::string_view{into.data(), size};
}

/// `text` in two pieces, cut at each place, and octet by octet.
inline std::vector<std::vector<std::string>> cuts_of(const std::string& text) {
    std::vector<std::vector<std::string>> cuts(1);
    for (const char c : text) cuts.front().emplace_back(1, c);
    for (std::size_t at = 1; at < text.size(); ++at) {
        cuts.push_back({text.substr(0, at), text.substr(at)});
    }
    return cuts;
}

/// What the client hears until the connection ends.
inline net::Task<void> hear_all(net::PlainStream& client, std::string& heard) {
    const auto limit = std::chrono::duration_cast<net::Clock::duration>(tests::kPatience);
    std::array<char, 4096> into;
    for (;;) {
        const net::IoResult got =
            co_await net::read_some(client, into.data(), into.size(), net::Clock::now() + limit);
        if (got.ok()) {
            heard.append(into.data(), got.bytes);
            continue;
        }
        EXPECT_EQ(got.status, net::IoStatus::closed) << heard;
        co_return;
    }
}

/// The same of a client that says something first.
inline net::Task<void> say_and_hear_all(
    net::PlainStream& client, std::string said, std::string& heard
) {
    const auto limit = std::chrono::duration_cast<net::Clock::duration>(tests::kPatience);
    co_await net::write_all(client, said, limit);
    co_await hear_all(client, heard);
}

/// The same of one that says it in pieces: each is read before the next one comes.
inline net::Task<void> say_in_pieces_and_hear_all(
    SessionWorld& world, std::vector<std::string> pieces, std::string& heard
) {
    for (const std::string& piece : pieces) {
        co_await net::write_all(world.client(), piece, std::chrono::seconds{1});
        co_await net::next_round(world.workspace().loop);
    }
    co_await hear_all(world.client(), heard);
}

}  // namespace countersign::proxy::client
