#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "profiles/configuration.hpp"
#include "proxy/exchange_record.hpp"
#include "proxy/log/line_writer.hpp"
#include "proxy/net/event_loop.hpp"

namespace countersign::proxy::log {

/// Appends one line, text or JSON, with its line end. What came from outside is escaped: no line
/// can be forged.
void append_access_line(
    std::string& out, const ExchangeRecord& record, const profiles::LogRules& rules
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
    /// From any thread, too.
    std::uint64_t dropped_bytes() const;
    /// No more lines come. Writes those that wait, for a moment at most; returns the bytes that
    /// were dropped from the beginning to the end.
    std::uint64_t finish();

private:
    std::atomic<bool> enabled_ = false;
    std::atomic<bool> has_writer_ = false;
    std::optional<LineWriter> writer_;  ///< made before it is first enabled, and then there
};

/// One worker's part: lines gather here and are handed over a few times a second.
class AccessLogBuffer final : private net::Timer {
public:
    AccessLogBuffer(net::EventLoop& loop, AccessLog& log);
    ~AccessLogBuffer();

    bool enabled() const { return log_.enabled(); }
    /// Written as `rules` say.
    void add(const ExchangeRecord& record, const profiles::LogRules& rules);

private:
    void expired() override;

    net::EventLoop& loop_;
    AccessLog& log_;
    std::string lines_;
};

}  // namespace countersign::proxy::log
