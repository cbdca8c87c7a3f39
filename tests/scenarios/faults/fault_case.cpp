#include "tests/scenarios/faults/fault_case.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <sstream>

namespace countersign::tests::faults {

namespace {

constexpr std::size_t kHere = 20;  // of the body, where something happens within it

template <class Enum>
std::size_t index(Enum value) {
    return static_cast<std::size_t>(value);
}

}  // namespace

std::string_view name(Act act) {
    constexpr std::array<std::string_view, 4> kNames{"reset", "stall", "close", "garbage"};
    return kNames[index(act)];
}

std::string_view name(Step step) {
    constexpr std::array<std::string_view, 5> kNames{
        "before the head", "within the head", "before the body", "within the body", "after it"};
    return kNames[index(step)];
}

std::string_view name(Body body) {
    constexpr std::array<std::string_view, 4> kNames{"no body", "length", "chunked", "until close"};
    return kNames[index(body)];
}

Message message(std::string start, Body body, std::string_view content) {
    switch (body) {
        case Body::none:
            return {start + "Content-Length: 0\r\n\r\n", {}};
        case Body::length:
            return {
                start + "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n",
                std::string{content}};
        case Body::chunked: {
            std::ostringstream chunk;
            chunk << std::hex << content.size() << "\r\n" << content << "\r\n0\r\n\r\n";
            return {start + "Transfer-Encoding: chunked\r\n\r\n", chunk.str()};
        }
        case Body::until_close:
            return {start + "\r\n", std::string{content}};
    }
    return {};
}

Message answer(Body body, std::string_view content) {
    return message("HTTP/1.1 200 OK\r\n", body, content);
}

std::size_t part(const Message& message, Step step) {
    switch (step) {
        case Step::before_head:
            return 0;
        case Step::in_head:
            return message.head.size() / 2;
        case Step::before_body:
            return message.head.size();
        case Step::in_body:
            return message.head.size() + std::min(kHere, message.body.size());
        case Step::after:
            break;
    }
    return message.head.size() + message.body.size();
}

std::string Fault::text() const {
    std::string text{name(act)};
    text += ' ';
    text += name(step);
    text += ", ";
    text += name(body);
    return text;
}

std::string Fault::code() const {
    return std::to_string(index(act)) + std::to_string(index(step)) + std::to_string(index(body));
}

Fault Fault::of(std::string_view code) {
    const auto at = [&](std::size_t i) { return code.at(i) - '0'; };
    return {static_cast<Act>(at(0)), static_cast<Step>(at(1)), static_cast<Body>(at(2))};
}

std::optional<std::string> whole_of(const Fault& fault) {
    if (fault.step < Step::before_body) return std::nullopt;
    if (fault.body == Body::none) return std::string{};
    if (fault.body == Body::until_close) {
        if (fault.act != Act::garbage) return std::nullopt;  // no close that TLS announces
        const Message whole = answer(fault.body);
        return whole.body.substr(0, part(whole, fault.step) - whole.head.size()) +
               std::string{kGarbage};
    }
    if (fault.step != Step::after) return std::nullopt;
    return std::string{kContent};
}

bool fail_as_server(Peer& peer, const Fault& fault) {
    const Message whole = answer(fault.body);
    std::string bytes = whole.bytes().substr(0, part(whole, fault.step));
    // In one record: behind a whole answer it could come to who uses the connection next, and no
    // proxy can tell that it does.
    if (fault.act == Act::garbage) bytes += kGarbage;
    peer.write(bytes);
    switch (fault.act) {
        case Act::reset:
            peer.cut();
            return true;
        case Act::stall:
            if (whole_of(fault)) return false;
            while (!peer.read_some().empty()) continue;
            return true;
        case Act::close:
            peer.close_without_notice();
            return true;
        case Act::garbage:
            peer.close_cleanly();
            return true;
    }
    return true;
}

void reset_at_close(const HttpClient& client) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

std::string path_of(std::string_view request) {
    const auto begin = request.find('/');
    return std::string{request.substr(begin, request.find(' ', begin) - begin)};
}

std::optional<std::string> read_body(Peer& peer, const std::string& head) {
    constexpr std::string_view kLength = "Content-Length: ";
    const bool chunked = head.find("Transfer-Encoding: chunked") != head.npos;
    const auto at = head.find(kLength);
    const std::size_t size = at == head.npos ? 0 : std::stoul(head.substr(at + kLength.size(), 20));
    std::string body;
    while (chunked ? !body.ends_with("0\r\n\r\n") : body.size() < size) {
        const std::string more = peer.read_some();
        if (more.empty()) return std::nullopt;
        body += more;
    }
    return body;
}

}  // namespace countersign::tests::faults
