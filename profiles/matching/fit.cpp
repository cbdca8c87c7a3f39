#include "profiles/matching/fit.hpp"

#include <algorithm>

#include "profiles/matching/path_prefix.hpp"

namespace countersign::profiles {
namespace {

using Rank = std::optional<std::uint32_t>;  ///< nullopt: ruled out

constexpr std::uint32_t kNamedRank = 1000;
constexpr std::uint32_t kUidRank = 999;
constexpr std::uint32_t kGidRank = 998;
constexpr std::uint32_t kExactRank = 1000;

Rank host_rank(const Profile& profile, std::string_view host) {
    Rank best;
    for (const auto& pattern : profile.hosts) {
        if (!pattern.matches(host)) continue;
        const auto length = static_cast<std::uint32_t>(pattern.name().size());
        const bool exact = pattern.kind() == HostPattern::Kind::exact;
        best = std::max(best.value_or(0), exact ? kExactRank : length);
    }
    return best;
}

Rank port_rank(const Profile& profile, std::uint16_t port) {
    if (profile.ports.empty()) return 0;
    const auto wanted = port == 0 ? profile.default_port : port;
    return std::ranges::count(profile.ports, wanted) > 0 ? Rank{1} : std::nullopt;
}

std::uint32_t rank_of(const ClientPattern& pattern) {
    if (std::holds_alternative<NamedClientPattern>(pattern)) return kNamedRank;
    if (std::holds_alternative<UidPattern>(pattern)) return kUidRank;
    if (std::holds_alternative<GidPattern>(pattern)) return kGidRank;
    return 1 + static_cast<std::uint32_t>(std::get<Network>(pattern).prefix());
}

Rank client_rank(const Profile& profile, const Caller& caller) {
    if (profile.clients.empty()) return 0;
    Rank best;
    for (const auto& pattern : profile.clients) {
        if (matches(pattern, caller)) best = std::max(best.value_or(0), rank_of(pattern));
    }
    return best;
}

Rank listener_rank(const Profile& profile, std::string_view listener) {
    if (profile.listeners.empty()) return 0;
    return std::ranges::count(profile.listeners, listener) > 0 ? Rank{1} : std::nullopt;
}

Rank path_rank(const Profile& profile, const PathSegments& path) {
    if (profile.paths.empty()) return 0;
    Rank best;
    for (const auto& prefix : profile.paths) {
        if (!path.begins_with(prefix)) continue;
        best = std::max(best.value_or(0), static_cast<std::uint32_t>(prefix.segments()));
    }
    return best;
}

Rank method_rank(const Profile& profile, std::string_view method) {
    if (profile.methods.empty()) return 0;
    return std::ranges::count(profile.methods, method) > 0 ? Rank{1} : std::nullopt;
}

std::size_t depth_of(const Profile& profile) {
    std::size_t depth = 0;
    for (const auto& prefix : profile.paths) depth = std::max(depth, prefix.segments());
    return depth;
}

Fit fit_beyond_host(const Profile& profile, const Request& request, Rank host) {
    const PathSegments path{request.path, depth_of(profile)};
    const std::array<Rank, 6> ranks{
        host,
        port_rank(profile, request.port),
        client_rank(profile, request.caller),
        listener_rank(profile, request.caller.listener),
        path_rank(profile, path),
        method_rank(profile, request.method),
    };
    Fit fit;
    const auto first_path = static_cast<std::size_t>(Criterion::path);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        if (i == first_path && !profile.paths.empty() && path.ambiguous()) {
            fit.ambiguous_path = true;
            return fit;
        }
        if (!ranks[i]) {
            fit.ruled_out_by = static_cast<Criterion>(i);
            return fit;
        }
        fit.rank[i] = *ranks[i];
    }
    return fit;
}

}  // namespace

Fit fit(const Profile& profile, const Request& request) {
    return fit_beyond_host(profile, request, host_rank(profile, request.host));
}

Fit fit_of_named(const Profile& profile, const Request& request) {
    const Rank host = profile.hosts.empty() ? Rank{0} : host_rank(profile, request.host);
    return fit_beyond_host(profile, request, host);
}

Fit fit_of_connect(const Profile& profile, const Request& request) {
    const std::array<Rank, 4> ranks{
        host_rank(profile, request.host),
        port_rank(profile, request.port),
        client_rank(profile, request.caller),
        listener_rank(profile, request.caller.listener),
    };
    Fit fit;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        if (!ranks[i]) {
            fit.ruled_out_by = static_cast<Criterion>(i);
            return fit;
        }
        fit.rank[i] = *ranks[i];
    }
    return fit;
}

std::string_view to_text(Criterion criterion) {
    switch (criterion) {
        case Criterion::host:
            return "host";
        case Criterion::port:
            return "port";
        case Criterion::client:
            return "client";
        case Criterion::listener:
            return "listener";
        case Criterion::path:
            return "path";
        case Criterion::method:
            return "method";
    }
    return "";
}

}  // namespace countersign::profiles
