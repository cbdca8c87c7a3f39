#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "profiles/configuration.hpp"
#include "proxy/failure.hpp"
#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy::client {

/// Tells the log what failed, for who must act on it: each cause once an hour for each destination,
/// or for each client where the fault is the client's. Both are chosen by clients: the first
/// thousand are told, and what comes beyond is counted. The access log has every exchange. For all
/// workers, from any thread.
class FailureReport {
public:
    static constexpr std::size_t kMost = 1000;
    static constexpr net::Clock::duration kOnce = std::chrono::hours{1};

    struct About {
        std::string_view client;  ///< "10.1.2.3", "uid:1000"
        std::string_view profile = {};
        std::string_view host = {};
        std::uint16_t port = 0;
    };
    /// Of the log.
    struct Line {
        profiles::LogLevel level = profiles::LogLevel::warning;
        std::string text;  ///< empty: nothing is to be said
    };

    void tell(const Failure& failure, const About& about, net::TimePoint now);
    /// A line about what was counted since the last call, if anything was.
    void tell_count();

    /// What `tell` logs: with how the connection was tried, where there is an account of that.
    Line line_for(const Failure& failure, const About& about, net::TimePoint now);
    Line count_line();

private:
    struct Told {
        net::TimePoint at;
        std::uint64_t since = 0;  ///< so many more
    };
    bool make_room(net::TimePoint now);

    std::mutex mutex_;
    std::unordered_map<std::string, Told> told_;
    net::TimePoint next_room_{};
    std::uint64_t beyond_ = 0;
};

}  // namespace countersign::proxy::client
