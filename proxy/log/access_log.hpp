#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "profiles/configuration.hpp"
#include "proxy/net/reactor.hpp"

namespace countersign::proxy {

/// One exchange, as its line in the access log tells it. Views that live until the line is written.
/// Nothing secret is here to be logged: no header values, and the path without its query unless the
/// configuration says otherwise.
struct AccessRecord {
    std::chrono::system_clock::time_point time;
    std::string_view client;  ///< "127.0.0.1:50412", "unix"
    std::string_view method;
    std::string_view host;
    std::uint16_t port = 0;
    std::string_view path;
    std::string_view profile;
    std::string_view identity;     ///< subject
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
    std::string_view would_be;  ///< `unmatched: report`: the error that there would have been
    std::string_view error;     ///< Proxy-Status error, empty where all went well
};

/// Appends one line, text or JSON, with its line end. What came from outside is escaped: no line
/// can be forged.
void append_access_line(
    std::string& out, const AccessRecord& record, const profiles::LogRules& rules
);

/// Where the lines of all workers go: a thread of its own writes them, so that a slow disk or
/// terminal never makes a request wait. What it cannot keep up with beyond a bound is dropped and
/// counted.
class AccessLog {
public:
    /// Error by exception (std::system_error): the file cannot be opened.
    explicit AccessLog(const profiles::LogRules& rules);
    ~AccessLog();
    AccessLog(const AccessLog&) = delete;
    AccessLog& operator=(const AccessLog&) = delete;

    bool enabled() const { return fd_ >= 0; }
    const profiles::LogRules& rules() const { return rules_; }

    /// From any thread: takes the lines and leaves `lines` empty, with some capacity.
    void hand_over(std::string& lines);
    std::uint64_t dropped_bytes() const;

private:
    void write_lines();
    bool write_out(std::string_view bytes);
    bool past_grace(TimePoint& since) const;

    profiles::LogRules rules_;
    int fd_ = -1;
    bool regular_ = false;  ///< a file, whose writes do not block for long
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::string pending_;
    std::uint64_t dropped_ = 0;
    bool stopping_ = false;
    std::thread writer_;
};

/// One worker's part: lines gather here and are handed over a few times a second.
class AccessLogBuffer final : private Timer {
public:
    AccessLogBuffer(Reactor& reactor, AccessLog& log);
    ~AccessLogBuffer();

    bool enabled() const { return log_.enabled(); }
    void add(const AccessRecord& record);

private:
    void expired() override;

    Reactor& reactor_;
    AccessLog& log_;
    std::string lines_;
};

}  // namespace countersign::proxy
