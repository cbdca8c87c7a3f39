#include "proxy/routing/plan.hpp"

#include <optional>
#include <string>
#include <utility>

#include "proxy/http/message_head.hpp"
#include "proxy/http/via.hpp"
#include "proxy/routing/cross_site.hpp"
#include "proxy/routing/no_profile.hpp"
#include "proxy/routing/plain_urls.hpp"
#include "proxy/routing/question.hpp"
#include "proxy/routing/refusals.hpp"
#include "proxy/routing/routing.hpp"
#include "proxy/upstream/connect_failure.hpp"

namespace countersign::proxy::routing {

namespace {

/// What Host says is without the port that HTTPS has by default.
constexpr std::uint16_t kHttpsPort = 443;
constexpr std::uint16_t kHttpPort = 80;

Refusal refused(
    const generation::GenerationHandle& generation, const Target& target, Failure failure,
    std::string_view client = {}
) {
    const http::Destination& to = target.to;
    Refusal refusal{generation, std::move(failure), target.path, to.host, to.port};
    refusal.client = client;
    return refusal;
}

Planned plan_tunnel(
    const generation::GenerationHandle& generation, const http::Head& head, const Peer& peer,
    const profiles::Listener* listener, const Target& target
) {
    const http::Destination& to = target.to;
    Result<RoutingRequest> asked = read_routing_request(*generation, head, peer, listener, to);
    if (!generation->tunnels()) {
        // Where nobody gets a tunnel, nothing of a CONNECT is held against it, and who asks for one
        // counts for the words alone.
        RoutingRequest unproven;
        unproven.listener = listener;
        unproven.request.host = to.host;
        unproven.request.port = to.port;
        return refused(generation, target, connect_refused(*generation, asked ? *asked : unproven));
    }
    if (head.framing == http::Framing::chunked || head.content_length > 0) {
        return refused(generation, target, body_in_connect());
    }
    if (!asked) return refused(generation, target, std::move(asked).error());
    Result<TunnelRoute> found = find_tunnel(*generation, *asked);
    const std::string_view client = asked->request.caller.name;
    if (!found) return refused(generation, target, std::move(found).error(), client);
    Planned planned;
    Plan& plan = *planned;
    plan.generation = generation;
    plan.profile = found->profile;
    plan.client = client;
    plan.rules = found->rules;
    plan.host = to.host;
    plan.port = to.port;
    return planned;
}

/// What of the response to a request of `plan` is written anew; null: nothing.
std::unique_ptr<const http::ResponseRewrite> response_rewrite(
    const Plan& plan, const profiles::Listener& listener, const Target& target,
    const RoutingRequest& asked
) {
    auto rewrite = std::make_unique<http::ResponseRewrite>();
    rewrite->rules = listener.rewrite;
    const bool dialled = plan.profile != nullptr && !plan.profile->preserve_host;
    const upstream::addresses::Goal goal{plan.host, plan.port, *plan.rules};
    rewrite->upstream_host = dialled ? goal.dial_host() : plan.host.view();
    rewrite->upstream_port = dialled ? goal.dial_port() : plan.port;
    if (listener.upstream) {
        rewrite->client_authority = target.called;
        return rewrite;
    }
    // Who calls https:// by the proxy gets there by https:// again, and keeps what is Secure.
    if (target.to.scheme == "https") return nullptr;
    // The cookies of a destination without a profile are its own affair.
    if (plan.profile == nullptr) rewrite->rules = {.location = rewrite->rules.location};
    const bool renamed = plan.host != rewrite->upstream_host || plan.port != rewrite->upstream_port;
    if (!renamed) rewrite->upstream_host.clear();
    const std::uint16_t port = plan.port_is_default ? std::uint16_t{0} : plan.port;
    rewrite->client_authority = profiles::authority_text(plan.host, port).text();
    rewrite->client_host = plan.host.view();
    rewrite->plain = std::make_unique<PlainUrls>(*plan.generation, asked);
    return rewrite;
}

/// Filled where it is returned: nothing of it is copied.
Planned plan_exchange(
    const generation::GenerationHandle& generation, const http::Head& head,
    const RoutingRequest& asked, const Target& target, Routing& found
) {
    const profiles::Listener* const listener = asked.listener;
    Planned planned;
    Plan& plan = *planned;
    plan.generation = generation;
    plan.profile = found.profile;
    plan.client = asked.request.caller.name;
    plan.route = found.route;
    plan.rules = found.route->rules.get();
    plan.host = target.to.host;
    plan.port = found.port;
    plan.port_is_default = target.to.port == 0;
    plan.path = target.path;
    plan.authority = host_for_server(plan.profile, *plan.rules, plan.host, plan.port);
    plan.reason = found.reason;
    plan.would_be = std::move(found.refusal);
    plan.tells_identity = listener != nullptr && listener->tell_identity;
    plan.answered_here = http::ends_here(head);
    if (listener != nullptr && listener->rewrite.any()) {
        plan.rewrite = response_rewrite(plan, *listener, target, asked);
    }
    return planned;
}

/// Why a request that has a route does not take it: what its profile forbids, or an identity that
/// cannot be used now; nullopt: nothing.
std::optional<Failure> refused_by_route(const http::Head& head, const Routing& found) {
    if (const profiles::Profile* const profile = found.profile) {
        const bool refuses_upgrade = profile->upgrade == profiles::UpgradeRule::refuse;
        if (refuses_upgrade && !head.upgrade.empty()) {
            return upgrade_refused(head.upgrade, *profile);
        }
        const bool goes_on = head.max_forwards != 0;
        if (head.method == "TRACE" && goes_on && !profile->request_headers.set.empty()) {
            return trace_refused(*profile);
        }
    }
    if (found.unusable) return *found.unusable;
    return std::nullopt;
}

/// No profile has the request: the same, or that it asks for the proxy itself. `by_host`: the
/// destination stands in Host, as it does in a request to a web server.
Failure asks_for_the_proxy(
    Failure failure, const http::Destination& to, bool by_host,
    const upstream::addresses::OwnEndpoints& own
) {
    if (failure.code() != FailureCode::no_profile) return failure;
    // Where a profile has the host and the port, what rules the request out says more.
    const bool no_such =
        failure.brief() == row_of(FailureCode::no_profile).brief || failure.brief() == kOtherPort;
    if (!no_such) return failure;
    const std::uint16_t port = to.port != 0 ? to.port : kHttpPort;
    const std::string authority = profiles::authority_text(to.host, port).text();
    using Own = upstream::addresses::OwnEndpoints::Kind;
    const Own here = own.at(to.host.view(), port);
    if (here == Own::admin) return upstream::is_the_admin_address(to.host.view(), port);
    if (here == Own::listener) return upstream::is_the_proxy(authority);
    if (!by_host || !own.listens_at(port)) return failure;
    std::string remedy = failure.remedy();
    remedy +=
        " If " + authority + " is this proxy's own address: " + upstream::how_to_use(authority);
    return Failure::of_client(failure.code(), failure.reason(), std::move(remedy), failure.brief());
}

}  // namespace

Planned plan(
    const generation::GenerationHandle& generation, const http::Head& head, const Peer& peer,
    std::chrono::system_clock::time_point now,
    const upstream::addresses::OwnEndpoints& own_endpoints, std::string_view own_name
) {
    const profiles::Listener* const listener = generation->find_listener(peer.listener);
    const Target target = read_target(head, listener);
    const http::Destination& to = target.to;
    if (listener == nullptr && peer.listener != generation::kNoListener) {
        return refused(generation, target, listener_gone());
    }
    // One that came under an earlier load, which allowed it.
    if (listener != nullptr && !peer.is_unix && !listener->allows(peer.address)) {
        return refused(generation, target, not_allowed(peer));
    }
    if (head.has_via && http::has_come_through(head, own_name))
        return refused(generation, target, loop_found(own_name));
    if (target.error == http::TargetError::connect) {
        return plan_tunnel(generation, head, peer, listener, target);
    }
    if (target.error != http::TargetError::none) {
        return refused(generation, target, target_failure(target.error, head.method));
    }
    if (listener != nullptr && refuses_cross_site(*listener, head)) {
        if (const CrossSite found = cross_site_of(head, *listener); found != CrossSite::no) {
            return refused(generation, target, cross_site_refused(found, *listener));
        }
    }
    Result<RoutingRequest> asked = read_routing_request(*generation, head, peer, listener, to);
    if (!asked) return refused(generation, target, std::move(asked).error());
    Result<Routing> found = find_route(*generation, *asked, now);
    const std::string_view client = asked->request.caller.name;
    if (!found) {
        Failure failure = std::move(found).error();
        // A listener's own upstream is nothing that the client has asked for.
        if (listener == nullptr || !listener->upstream) {
            const bool names_host = head.target.starts_with('/');
            failure = asks_for_the_proxy(std::move(failure), to, names_host, own_endpoints);
        }
        return refused(generation, target, std::move(failure), client);
    }
    const bool is_special = !head.upgrade.empty() || head.method == "TRACE" || found->unusable;
    if (is_special) {
        if (std::optional<Failure> failure = refused_by_route(head, *found)) {
            return Refusal{generation,     std::move(*failure), target.path,   to.host, found->port,
                           found->profile, found->route,        found->reason, client};
        }
    }
    return plan_exchange(generation, head, *asked, target, *found);
}

profiles::AuthorityText host_for_server(
    const profiles::Profile* profile, const upstream::addresses::OriginRules& rules,
    std::string_view host, std::uint16_t port
) {
    const upstream::addresses::Goal goal{host, port, rules};
    const bool dialled = profile != nullptr && !profile->preserve_host;
    return dialled ? profiles::authority_text(goal.dial_host(), goal.dial_port(), kHttpsPort)
                   : profiles::authority_text(host, port, kHttpsPort);
}

}  // namespace countersign::proxy::routing
