#include "proxy/routing/routing.hpp"

#include <memory>

#include "profiles/connect_match.hpp"
#include "proxy/routing/no_profile.hpp"
#include "proxy/routing/refusals.hpp"

namespace countersign::proxy::routing {

Result<Routing> find_route(
    const generation::Generation& generation, const RoutingRequest& asked,
    std::chrono::system_clock::time_point now
) {
    const profiles::ProfileSet& set = generation.profiles();
    const profiles::Request& request = asked.request;
    const Result<std::string_view> name = name_of_profile(asked);
    if (!name) return name.error();
    const profiles::Match match =
        name->empty() ? set.find(request) : set.find_named(*name, request);
    Routing found;
    found.reason = match.reason;
    if (match.reason == profiles::MatchReason::unknown_name) {
        return unknown_profile(generation, asked);
    }
    if (match.found()) {
        found.profile = &set[match.profile];
        found.route = &generation.route(match.profile);
        found.port = request.port != 0 ? request.port : found.profile->default_port;
    } else if (generation.unmatched() != nullptr && name->empty()) {
        found.route = generation.unmatched();
        found.port = request.port != 0 ? request.port : std::uint16_t{443};
        const bool report = generation.configuration().unmatched == profiles::UnmatchedRule::report;
        // It may be one that a profile would have taken; and who could have an identity is asked
        // who he is, not sent on without one.
        if (!report &&
            (match.reason == profiles::MatchReason::ambiguous_path || match.name_wanted)) {
            return no_profile(generation, request, *name, match);
        }
        if (report)
            found.refusal =
                std::make_unique<Failure>(no_profile(generation, request, *name, match));
    } else {
        return no_profile(generation, request, *name, match);
    }
    const tls::TlsContext& tls = *found.route->tls;
    if (tls.identity() != nullptr) {
        const certs::Standing standing = certs::standing_of(tls.identity()->lifetime(), now);
        if (standing != certs::Standing::valid || !tls.refused().empty()) {
            found.unusable = std::make_unique<Failure>(unusable_identity(tls, *found.profile, now));
        }
    }
    return found;
}

namespace {

/// A tunnel by the profile that the request names. Where the client chose it, other profiles of the
/// host have their say too: a name may not open what they keep shut.
Result<TunnelRoute> find_named_tunnel(
    const generation::Generation& generation, const RoutingRequest& asked, std::string_view name
) {
    const profiles::ProfileSet& set = generation.profiles();
    const profiles::Request& request = asked.request;
    const std::int32_t index = set.index_of(name);
    const bool rejects = index >= 0 && set[index].connect_method == profiles::ConnectRule::reject;
    if (rejects) return connect_refused(generation, asked, &set[index]);
    const profiles::Match match = set.find_named(name, request);
    if (match.reason == profiles::MatchReason::unknown_name) {
        return unknown_profile(generation, asked);
    }
    if (!match.found()) return no_profile(generation, request, name, match);
    if (asked.listener == nullptr || !asked.listener->profile) {
        using Verdict = profiles::ConnectMatch::Verdict;
        const profiles::ConnectMatch others = find_connect(set, request);
        if (others.verdict == Verdict::reject) {
            return connect_refused(generation, asked, others.profile);
        }
        if (others.verdict == Verdict::fits_none) {
            return no_profile(generation, request, "", others.miss);
        }
    }
    return TunnelRoute{&set[index], generation.route(index).rules.get()};
}

}  // namespace

Result<TunnelRoute> find_tunnel(
    const generation::Generation& generation, const RoutingRequest& asked
) {
    using Verdict = profiles::ConnectMatch::Verdict;
    const profiles::ProfileSet& set = generation.profiles();
    const profiles::Request& request = asked.request;
    if (asked.listener != nullptr && asked.listener->upstream) {
        return connect_refused(generation, asked);
    }
    const Result<std::string_view> name = name_of_profile(asked);
    if (!name) return name.error();
    if (!name->empty()) return find_named_tunnel(generation, asked, *name);

    const profiles::ConnectMatch match = find_connect(set, request);
    switch (match.verdict) {
        case Verdict::unknown_host:
            if (generation.configuration().unmatched != profiles::UnmatchedRule::tunnel_connect) {
                break;
            }
            return TunnelRoute{nullptr, &generation.unmatched_tunnel()};
        case Verdict::fits_none:
            if (match.tunnel_elsewhere) return no_profile(generation, request, "", match.miss);
            break;
        case Verdict::reject:
            return connect_refused(generation, asked, match.profile);
        case Verdict::tunnel:
            return TunnelRoute{
                match.profile, generation.route(set.index_of(match.profile->name)).rules.get()};
    }
    return connect_refused(generation, asked);
}

}  // namespace countersign::proxy::routing
