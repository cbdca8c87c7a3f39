#include "profiles/profile_set.hpp"

#include "certs/text/ascii.hpp"

namespace countersign::profiles {
namespace {

MatchReason reason_of(HostPattern::Kind host) {
    switch (host) {
        case HostPattern::Kind::exact:
            return MatchReason::exact_host;
        case HostPattern::Kind::suffix:
            return MatchReason::wildcard_host;
        case HostPattern::Kind::any:
            break;
    }
    return MatchReason::any_host;
}

MatchReason reason_of(Criterion ruled_out_by) {
    switch (ruled_out_by) {
        case Criterion::host:
            return MatchReason::no_host_matches;
        case Criterion::port:
            return MatchReason::no_port_matches;
        case Criterion::client:
            return MatchReason::no_client_matches;
        case Criterion::listener:
            return MatchReason::no_listener_matches;
        case Criterion::path:
            return MatchReason::no_path_matches;
        case Criterion::method:
            break;
    }
    return MatchReason::no_method_matches;
}

bool is_for_named_clients(const Profile& profile) {
    for (const auto& client : profile.clients) {
        if (std::holds_alternative<NamedClientPattern>(client)) return true;
    }
    return false;
}

}  // namespace

std::string_view to_text(MatchReason reason) {
    switch (reason) {
        case MatchReason::named:
            return "named by the URL's scheme, X-Countersign-Profile or the listener";
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
        case MatchReason::no_client_matches:
            return "a profile's hosts match, but not its clients";
        case MatchReason::no_listener_matches:
            return "a profile's hosts match, but not its listeners";
        case MatchReason::no_path_matches:
            return "a profile's hosts match, but not its paths";
        case MatchReason::no_method_matches:
            return "a profile's hosts match, but not its methods";
        case MatchReason::ambiguous_path:
            return "servers may read the path in different ways";
        case MatchReason::unknown_name:
            return "no profile has the name that the request gives";
    }
    return "";
}

Match ProfileSet::find(const Request& request) const {
    const auto found = index_.find(request);
    Match match;
    if (found.leaf >= 0) {
        match.profile = profile_of_leaf_[static_cast<std::size_t>(found.leaf)];
        match.reason = reason_of(found.host);
        return match;
    }
    match.reason =
        found.ambiguous_path ? MatchReason::ambiguous_path : reason_of(found.ruled_out_by);
    match.name_wanted = found.name_wanted && !found.ambiguous_path;
    return match;
}

Match ProfileSet::find_named(std::string_view name, const Request& request) const {
    Match match;
    match.reason = MatchReason::unknown_name;
    const auto index = index_of(name);
    if (index < 0) return match;

    const auto& profile = (*this)[index];
    const auto fit = fit_of_named(profile, request);
    if (fit.applies()) {
        match.profile = index;
        match.reason = MatchReason::named;
    } else if (fit.ambiguous_path) {
        match.reason = MatchReason::ambiguous_path;
    } else {
        match.reason = reason_of(*fit.ruled_out_by);
        match.name_wanted = fit.ruled_out_by == Criterion::client && request.caller.name.empty() &&
                            is_for_named_clients(profile);
    }
    return match;
}

std::size_t ProfileSet::NameHash::operator()(std::string_view name) const {
    // FNV-1a; only the operator's own names are ever put in.
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(certs::to_lower(c))) * 0x100000001b3U;
    }
    return hash;
}

bool ProfileSet::SameName::operator()(std::string_view a, std::string_view b) const {
    return certs::same_ignoring_case(a, b);
}

std::int32_t ProfileSet::index_of(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? -1 : found->second;
}

}  // namespace countersign::profiles
