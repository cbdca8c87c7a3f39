#include "proxy/client/failure_report.hpp"

#include <utility>

#include "certs/text/phrase.hpp"
#include "profiles/authority.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::client {

namespace {

constexpr auto kLookForRoom = std::chrono::minutes{1};

/// Whether a line is told by the client whose doing it is. What clients may not ask of a
/// destination is told by that, once for all who ask.
bool is_told_by_client(const Failure& failure) {
    if (failure.side() != Side::client) return false;
    switch (failure.code()) {
        case FailureCode::no_profile:
        case FailureCode::connect_refused:
        case FailureCode::cross_site:
        case FailureCode::upgrade_refused:
        case FailureCode::trace_refused:
        case FailureCode::address_prohibited:
        case FailureCode::response_too_long:
            return false;
        default:
            return true;
    }
}

/// What a client does wrong in its messages is for who looks after the client. Many send their name
/// only when they are asked for it, and the ends of a tunnel are those of who speaks through it:
/// in both nothing may be wrong.
profiles::LogLevel level_of(FailureCode code) {
    switch (code) {
        case FailureCode::name_wanted:
        case FailureCode::tunnel_lost:
        case FailureCode::tunnel_idle:
        case FailureCode::bad_request:
        case FailureCode::body_too_large:
        case FailureCode::head_too_large:
        case FailureCode::target_too_long:
        case FailureCode::request_timeout:
            return profiles::LogLevel::info;
        case FailureCode::internal:
            return profiles::LogLevel::error;
        default:
            return profiles::LogLevel::warning;
    }
}

std::string where(const Failure& failure, const FailureReport::About& about) {
    if (is_told_by_client(failure) || about.host.empty())
        return "client " + std::string{about.client};
    std::string text = profiles::authority_text(about.host, about.port).text();
    if (!about.profile.empty()) text += " (profile " + certs::in_quotes(about.profile) + ")";
    return text;
}

}  // namespace

void FailureReport::tell(const Failure& failure, const About& about, net::TimePoint now) {
    const Line line = line_for(failure, about, now);
    if (!line.text.empty()) log::write(line.level, line.text);
}

void FailureReport::tell_count() {
    const Line line = count_line();
    if (!line.text.empty()) log::write(line.level, line.text);
}

FailureReport::Line FailureReport::line_for(
    const Failure& failure, const About& about, net::TimePoint now
) {
    // A stop is told by itself; where there is no remedy, nobody is left to hear the reason.
    if (failure.code() == FailureCode::draining || failure.remedy().empty()) return {};
    std::string text = where(failure, about);
    std::string key = text + " " + brief_text(failure, {});
    std::uint64_t before = 0;
    {
        const std::lock_guard lock{mutex_};
        if (const auto known = told_.find(key); known != told_.end()) {
            if (now - known->second.at < kOnce) {
                ++known->second.since;
                return {};
            }
            before = known->second.since;
            known->second = {now};
        } else if (told_.size() < kMost || make_room(now)) {
            told_.emplace(std::move(key), Told{now});
        } else {
            ++beyond_;
            return {};
        }
    }
    const FailureRow row = row_of(failure.code());
    text += ": " + std::to_string(row.status) + " ";
    text += row.proxy_error;
    text += ": " + failure.reason() + " " + failure.remedy();
    if (failure.account()) text += " [" + in_one_line(*failure.account()) + "]";
    if (before > 0) text += " (" + std::to_string(before) + " more since this was said last.)";
    return {level_of(failure.code()), std::move(text)};
}

/// Those that would be told again make room for others.
bool FailureReport::make_room(net::TimePoint now) {
    if (now < next_room_) return false;
    next_room_ = now + kLookForRoom;
    std::erase_if(told_, [now](const auto& one) { return now - one.second.at >= kOnce; });
    return told_.size() < kMost;
}

FailureReport::Line FailureReport::count_line() {
    std::uint64_t beyond = 0;
    {
        const std::lock_guard lock{mutex_};
        beyond = std::exchange(beyond_, 0);
    }
    if (beyond == 0) return {};
    return {
        profiles::LogLevel::warning,
        std::to_string(beyond) + " more exchanges failed, of clients or destinations beyond the " +
            std::to_string(kMost) + " that are told one by one; the access log has all of them"};
}

}  // namespace countersign::proxy::client
