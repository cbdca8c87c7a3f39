#include "proxy/upstream/circuit_trial.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "profiles/authority.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::upstream {

namespace {

/// Errors that are this machine's, or nobody's: they say nothing of the address.
bool says_nothing(int error) {
    return error == ECANCELED || error == EMFILE || error == ENFILE || error == ENOMEM ||
           error == ENOBUFS;
}

}  // namespace

CircuitTrial::~CircuitTrial() {
    for (const Unsettled& one : unsettled_) circuits_.given_up({one.address, port_}, one.trial);
}

std::optional<CircuitTrial::Unavailable> CircuitTrial::leave_out(
    std::vector<profiles::IpAddress>& addresses
) {
    const net::TimePoint now = loop_.now();
    net::TimePoint first = net::kNever;
    int error = 0;
    for (const profiles::IpAddress& address : addresses) {
        const Endpoint endpoint{address, port_};
        const Circuits::Leave leave = circuits_.ask(endpoint, now);
        if (leave.closed_until) {
            if (*leave.closed_until < first) error = circuits_.last_error(endpoint);
            first = std::min(first, *leave.closed_until);
        } else {
            unsettled_.push_back({address, leave.trial});
        }
    }
    if (unsettled_.empty()) {
        circuits_.count_refused();
        return Unavailable{
            error, std::chrono::duration_cast<std::chrono::milliseconds>(first - now)};
    }
    addresses.clear();
    for (const Unsettled& one : unsettled_) addresses.push_back(one.address);
    return std::nullopt;
}

bool CircuitTrial::failed(const Endpoint& endpoint, Circuits::Trial trial, int error) {
    const std::string destination = profiles::authority_text(goal_.host, goal_.port).text();
    return circuits_.failed(endpoint, {trial, error, destination}, loop_.now());
}

void CircuitTrial::settle(const DialAttempt& attempt) {
    if (says_nothing(attempt.error)) return;
    const Endpoint endpoint{attempt.address, port_};
    const auto settled = std::ranges::find(unsettled_, attempt.address, &Unsettled::address);
    const Circuits::Trial trial = settled == unsettled_.end() ? Circuits::kNoTrial : settled->trial;
    if (settled != unsettled_.end()) unsettled_.erase(settled);
    const bool changed =
        attempt.error == 0 ? circuits_.connected(endpoint) : failed(endpoint, trial, attempt.error);
    if (!changed) return;
    const std::string where = profiles::authority_text(attempt.address.to_text(), port_).text();
    if (attempt.error == 0) return log::info("upstream {}: it can be connected to again", where);
    log::info(
        "upstream {}: {} connections in a row have failed ({}); it is left alone for a second, "
        "then "
        "tried once, and so on after pauses of up to {} s",
        where, Circuits::kFailuresInARow, std::strerror(attempt.error),
        std::chrono::duration_cast<std::chrono::seconds>(Circuits::kLongestPause).count()
    );
}

}  // namespace countersign::proxy::upstream
