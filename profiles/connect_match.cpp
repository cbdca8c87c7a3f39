#include "profiles/connect_match.hpp"

#include <algorithm>

namespace countersign::profiles {
namespace {

/// The most specific of those that were offered.
struct Best {
    const Profile* profile = nullptr;
    Fit fit;

    void offer(const Profile& other, const Fit& its) {
        if (profile != nullptr && its.rank <= fit.rank) return;
        profile = &other;
        fit = its;
    }
};

bool has_host(const Profile& profile, std::string_view host) {
    return std::ranges::any_of(profile.hosts, [&](const auto& one) { return one.matches(host); });
}

bool gives_tunnels(const Profile& profile) {
    return profile.connect_method == ConnectRule::tunnel && !profile.is_for_some_requests();
}

}  // namespace

ConnectMatch find_connect(const ProfileSet& set, const Request& request) {
    using Verdict = ConnectMatch::Verdict;
    ConnectMatch match;
    match.miss = set.find(request);
    if (!match.miss.found() && match.miss.reason == MatchReason::no_host_matches) return match;

    Best rejecting;
    Best tunnelling;
    for (const auto& profile : set.profiles()) {
        if (!has_host(profile, request.host)) continue;
        const bool tunnel = gives_tunnels(profile);
        const auto fit = fit_of_connect(profile, request);
        if (fit.applies()) (tunnel ? tunnelling : rejecting).offer(profile, fit);
        match.tunnel_elsewhere = match.tunnel_elsewhere || tunnel;
    }
    if (rejecting.profile == nullptr && tunnelling.profile == nullptr) {
        match.verdict = Verdict::fits_none;
        return match;
    }
    // The one that gives tunnels has no paths and no methods: it takes whatever those above it
    // leave, so that those below it get nothing.
    const bool tunnel = tunnelling.profile != nullptr &&
                        (rejecting.profile == nullptr || tunnelling.fit.rank > rejecting.fit.rank);
    match.verdict = tunnel ? Verdict::tunnel : Verdict::reject;
    match.profile = tunnel ? tunnelling.profile : rejecting.profile;
    return match;
}

}  // namespace countersign::profiles
