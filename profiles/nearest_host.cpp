#include "profiles/nearest_host.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "profiles/nearest_word.hpp"

namespace countersign::profiles {
namespace {

/// Of a short name two slips make nearly any other.
std::size_t most_slips(std::string_view host) { return host.size() < 8 ? 1 : 2; }

/// The last labels of `host`, as many as `suffix` (".partner.example") has, with the dot before
/// them; empty where it has no more than these.
std::string_view same_end(std::string_view host, std::string_view suffix) {
    std::size_t at = host.size();
    for (auto labels = std::ranges::count(suffix, '.'); labels > 0; --labels) {
        if (at == 0) return {};
        at = host.rfind('.', at - 1);
        if (at == std::string_view::npos) return {};
    }
    return at == 0 ? std::string_view{} : host.substr(at);
}

/// Nobody is told of what only others may use.
bool is_for(const Profile& profile, const HostPattern& pattern, Request request) {
    const bool exact = pattern.kind() == HostPattern::Kind::exact;
    const std::string host = exact ? pattern.name() : "a" + pattern.name();
    request.host = host;
    request.port = profile.ports.empty() ? std::uint16_t{0} : profile.ports.front();
    const std::optional<Criterion> ruled_out = fit(profile, request).ruled_out_by;
    return ruled_out != Criterion::client && ruled_out != Criterion::listener;
}

constexpr std::size_t kTooMany = SIZE_MAX;

std::size_t slips_between(std::string_view host, const HostPattern& pattern, std::size_t most) {
    const std::string_view name = pattern.name();
    const bool exact = pattern.kind() == HostPattern::Kind::exact;
    const std::string_view compared = exact ? host : same_end(host, name);
    if (compared.empty()) return kTooMany;
    return typing_slips(compared, name, most).value_or(kTooMany);
}

}  // namespace

std::optional<NearHost> nearest_host(const ProfileSet& set, const Request& request) {
    std::optional<NearHost> nearest;
    std::size_t most = most_slips(request.host);
    for (const Profile& profile : set.profiles()) {
        for (const HostPattern& pattern : profile.hosts) {
            if (pattern.kind() == HostPattern::Kind::any) continue;
            const bool is_below = pattern.kind() == HostPattern::Kind::suffix &&
                                  pattern.name().substr(1) == request.host;
            const std::size_t slips = is_below ? 0 : slips_between(request.host, pattern, most);
            if (slips > most || !is_for(profile, pattern, request)) continue;
            nearest = NearHost{set.index_of(profile.name), pattern.to_text(), is_below};
            if (slips == 0) return nearest;
            most = slips - 1;
        }
    }
    return nearest;
}

}  // namespace countersign::profiles
