#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "profiles/configuration.hpp"
#include "proxy/log/line_writer.hpp"
#include "proxy/net/event_loop.hpp"

namespace countersign::proxy::log {

/// One exchange, as its line in the access log tells it. Views that live until the line is written.
/// Nothing secret is here to be logged: no header values, and the path without its query unless the
/// configuration says otherwise.
struct AccessRecord {
    std::chrono::system_clock::time_point time;
    std::string_view listener;         ///< its name
    std::string_view client;           ///< "127.0.0.1:50412", "unix"
    std::optional<std::uint32_t> uid;  ///< of a unix socket's other end
    std::string_view name;             ///< the client's in the configuration; empty: it has none
    std::string_view method;
    std::string_view host;
    std::uint16_t port = 0;
    std::string_view path;
    std::string_view address;  ///< that was dialled; empty: no connection was had
    std::string_view profile;
    std::string_view identity;     ///< subject
    std::string_view fingerprint;  ///< of that, in SHA-256
    std::string_view tls_version;  ///< empty: no connection was had
    bool resumed = false;
    bool reused = false;          ///< the connection had served an exchange before
    std::uint16_t status = 0;     ///< 0: the client got no answer
    std::uint64_t bytes_in = 0;   ///< of the request's body
    std::uint64_t bytes_out = 0;  ///< of head and body sent to the client
    std::chrono::microseconds resolve{0};
    std::chrono::microseconds connect{0};
    std::chrono::microseconds handshake{0};
    std::chrono::microseconds wait{0};  ///< request handed over → first byte of the response
    std::chrono::microseconds total{0};
    /// What became of the client certificate that the server had asked for, and the issuers that it
    /// named, where its answer may be a refusal of it; else empty.
    std::string_view certificate;
    std::string_view issuers;
    std::string_view would_be;  ///< `unmatched: report`: the error that there would have been
    std::string_view error;     ///< Proxy-Status error, empty where all went well
    std::string_view cause;     ///< of that, shortly: what the status line says
};

/// Appends one line, text or JSON, with its line end. What came from outside is escaped: no line
/// can be forged.
void append_access_line(
    std::string& out, const AccessRecord& record, const profiles::LogRules& rules
);

/// Where the lines of all workers go: to a `LineWriter`, so that no request waits for it.
class AccessLog {
public:
    /// Error by exception (std::runtime_error), with `problem`'s sentence.
    explicit AccessLog(const profiles::LogRules& rules) : AccessLog{open(rules)} {}
    explicit AccessLog(net::UniqueFd fd) { go_to(std::move(fd)); }

    /// Where lines are to go; none where the rules say "off". Error as above.
    static net::UniqueFd open(const profiles::LogRules& rules);
    /// From now on lines go there; none: there are none. On one thread, whoever writes lines.
    void go_to(net::UniqueFd fd);

    /// Why the file that the rules name cannot be opened, in a sentence; empty where it can. Makes
    /// no file.
    static std::string problem(const profiles::LogRules& rules);

    bool enabled() const { return enabled_.load(std::memory_order_acquire); }

    /// From any thread: takes the lines and leaves `lines` empty, with some capacity.
    void hand_over(std::string& lines);
    std::uint64_t dropped_bytes() const;
    /// No more lines come. Writes those that wait, for a moment at most; returns the bytes that
    /// were dropped from the beginning to the end.
    std::uint64_t finish();

private:
    std::atomic<bool> enabled_ = false;
    std::optional<LineWriter> writer_;  ///< made before it is first enabled, and then there
};

/// One worker's part: lines gather here and are handed over a few times a second.
class AccessLogBuffer final : private net::Timer {
public:
    AccessLogBuffer(net::EventLoop& loop, AccessLog& log);
    ~AccessLogBuffer();

    bool enabled() const { return log_.enabled(); }
    /// Written as `rules` say.
    void add(const AccessRecord& record, const profiles::LogRules& rules);

private:
    void expired() override;

    net::EventLoop& loop_;
    AccessLog& log_;
    std::string lines_;
};

}  // namespace countersign::proxy::log
