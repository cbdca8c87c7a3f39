#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_client.hpp"
#include "tests/support/scripted_server.hpp"

namespace countersign::tests::faults {

/// What one side does.
enum class Act { reset, stall, close, garbage };
inline constexpr std::array kActs{Act::reset, Act::stall, Act::close, Act::garbage};

/// Where in its message.
enum class Step { before_head, in_head, before_body, in_body, after };
inline constexpr std::array kSteps{
    Step::before_head, Step::in_head, Step::before_body, Step::in_body, Step::after};

enum class Body { none, length, chunked, until_close };
inline constexpr std::array kRequestBodies{Body::none, Body::length, Body::chunked};
inline constexpr std::array kBodies{Body::none, Body::length, Body::chunked, Body::until_close};

inline constexpr std::string_view kContent = "the content of a message, of which each octet counts";
inline constexpr std::string_view kGarbage = "\x01\x02 garbage \r\n\r\n\xff";

std::string_view name(Act act);
std::string_view name(Step step);
std::string_view name(Body body);

/// The head and the body of a message as they stand on the wire.
struct Message {
    std::string head;
    std::string body;
    std::string bytes() const { return head + body; }
};
/// `start`: the start line, and fields, with their line ends.
Message message(std::string start, Body body, std::string_view content = kContent);
Message answer(Body body, std::string_view content = kContent);

/// How many bytes of it stand before that step.
std::size_t part(const Message& message, Step step);

/// One side's fault; a server finds it in the path.
struct Fault {
    Act act;
    Step step;
    Body body;

    std::string text() const;
    /// "213": act, step and body.
    std::string code() const;
    static Fault of(std::string_view code);
};

/// The content that the answer of a server with that fault has as a whole; none: it is not whole.
std::optional<std::string> whole_of(const Fault& fault);

/// Answers so far, and fails. False where the connection can serve on: who stalls behind a whole
/// answer has nothing to stall.
bool fail_as_server(Peer& peer, const Fault& fault);

/// For the connection's end: a reset, where the socket has one.
void reset_at_close(const HttpClient& client);

/// The path of a request as a server reads it.
std::string path_of(std::string_view request);
/// What stands behind a request's head, as it comes; none: the connection ends within it.
std::optional<std::string> read_body(Peer& peer, const std::string& head);

}  // namespace countersign::tests::faults
