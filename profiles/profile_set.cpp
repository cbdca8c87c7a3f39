#include "profiles/profile_set.hpp"

#include <algorithm>

namespace countersign::profiles {

std::string_view to_text(MatchReason reason) {
    switch (reason) {
        case MatchReason::scheme:
            return "named by the URL's scheme";
        case MatchReason::exact_host:
            return "the host is listed";
        case MatchReason::wildcard_host:
            return "the longest wildcard that matches the host";
        case MatchReason::any_host:
            return "the profile for any host";
        case MatchReason::no_host_matches:
            return "no profile's hosts match";
        case MatchReason::no_port_matches:
            return "a profile's hosts match, but not its ports";
        case MatchReason::unknown_scheme:
            return "no profile has the name of the URL's scheme";
    }
    return "";
}

std::int32_t ProfileSet::Candidates::find(std::uint16_t port) const {
    if (port == 0) return unnamed_port >= 0 ? unnamed_port : any_port;
    const auto found =
        std::ranges::lower_bound(by_port, port, {}, &decltype(by_port)::value_type::first);
    return found != by_port.end() && found->first == port ? found->second : any_port;
}

Match ProfileSet::find(std::string_view host, std::uint16_t port) const {
    Match match;
    const auto applies = [&](const Candidates& candidates, MatchReason reason) {
        match.profile = candidates.find(port);
        match.reason = match.found() ? reason : MatchReason::no_port_matches;
        return match.found();
    };

    const auto exact = exact_.find(host);
    if (exact != exact_.end() && applies(exact->second, MatchReason::exact_host)) return match;

    // From the first dot on is the longest suffix; each further dot gives the next shorter one.
    for (auto dot = host.find('.', 1); dot != host.npos; dot = host.find('.', dot + 1)) {
        const auto suffix = suffix_.find(host.substr(dot));
        if (suffix != suffix_.end() && applies(suffix->second, MatchReason::wildcard_host)) {
            return match;
        }
    }

    if (any_.any_port >= 0 || !any_.by_port.empty()) applies(any_, MatchReason::any_host);
    return match;
}

Match ProfileSet::find_scheme(std::string_view scheme, std::string_view host, std::uint16_t port)
    const {
    const auto index = index_of(scheme);
    if (index < 0) return {-1, MatchReason::unknown_scheme};

    const auto& profile = (*this)[index];
    const auto matches_host = [&](const HostPattern& pattern) { return pattern.matches(host); };
    if (!profile.hosts.empty() && std::ranges::none_of(profile.hosts, matches_host)) {
        return {-1, MatchReason::no_host_matches};
    }
    const auto wanted = port == 0 ? profile.default_port : port;
    if (!profile.ports.empty() && std::ranges::count(profile.ports, wanted) == 0) {
        return {-1, MatchReason::no_port_matches};
    }
    return {index, MatchReason::scheme};
}

std::int32_t ProfileSet::index_of(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? -1 : found->second;
}

}  // namespace countersign::profiles
