#include "proxy/explain/explanation.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "certs/text/ascii.hpp"
#include "certs/text/phrase.hpp"
#include "profiles/authority.hpp"
#include "profiles/matching/path_doubt.hpp"
#include "proxy/client/head_read.hpp"
#include "proxy/exchange/body_meter.hpp"
#include "proxy/exchange/exchange_failure.hpp"
#include "proxy/explain/asker.hpp"
#include "proxy/explain/dialled_addresses.hpp"
#include "proxy/explain/profile_text.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/routing/plan.hpp"
#include "proxy/routing/question.hpp"
#include "proxy/routing/refusals.hpp"
#include "proxy/upstream/addresses/goal.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::explain {

namespace {

std::string ruled_out(profiles::Criterion criterion) {
    switch (criterion) {
        case profiles::Criterion::host:
            return "does not have the host";
        case profiles::Criterion::port:
            return "does not have the port";
        case profiles::Criterion::client:
            return "is not for this client";
        case profiles::Criterion::listener:
            return "is not for this listener";
        case profiles::Criterion::path:
            return "does not have the path";
        case profiles::Criterion::method:
            return "does not have the method";
    }
    return {};
}

profiles::Fit fit_of(
    const profiles::Profile& profile, const profiles::Request& request, bool named
) {
    return named ? profiles::fit_of_named(profile, request) : profiles::fit(profile, request);
}

/// "the host is listed, and it is for this client, path and method"
std::string why(
    const profiles::Profile& winner, const profiles::Request& request, bool named,
    profiles::MatchReason reason
) {
    const profiles::Fit fit = fit_of(winner, request, named);
    std::vector<std::string_view> said;
    for (std::size_t i = 1; i < fit.rank.size(); ++i) {
        if (fit.rank[i] > 0) said.push_back(to_text(static_cast<profiles::Criterion>(i)));
    }
    std::string text{profiles::to_text(reason)};
    if (!said.empty()) text += ", and it is for this " + certs::enumerated(said, "and");
    return text;
}

std::string in_doubt(std::string_view path) {
    return "servers may read this one in different ways: " + to_text(profiles::path_doubt(path));
}

/// `winner`: null where none applies. `named`: the request names its profile, or its listener does.
std::string verdict(
    const profiles::Profile& profile, const profiles::Profile* winner,
    const profiles::Request& request, bool named
) {
    if (&profile == winner) return named ? "is the one that is named, and fits" : "applies";
    const profiles::Fit fit = fit_of(profile, request, named);
    if (fit.ruled_out_by) return ruled_out(*fit.ruled_out_by);
    if (fit.ambiguous_path) return "has paths, and " + in_doubt(request.path);
    if (named) return "fits, but is not the one that is named";
    if (winner == nullptr) {
        return "applies, but another has paths, and " + in_doubt(request.path);
    }
    const profiles::Fit best = profiles::fit(*winner, request);
    for (std::size_t i = 0; i < fit.rank.size(); ++i) {
        if (fit.rank[i] == best.rank[i]) continue;
        return "applies, but '" + winner->name + "' is more specific by " +
               std::string{profiles::to_text(static_cast<profiles::Criterion>(i))};
    }
    return {};
}

/// In quotes; empty where the request names no profile, or one that there is.
std::string unknown_name(const generation::Generation& generation, std::string_view name) {
    const bool known =
        std::ranges::any_of(generation.profiles().profiles(), [name](const profiles::Profile& one) {
            return certs::same_ignoring_case(one.name, name);
        });
    return name.empty() || known ? "" : certs::in_quotes(name);
}

/// As whom and where, by a profile or by `unmatched`.
void describe_route(
    const profiles::Profile* profile, const generation::Route& route, std::string_view host,
    std::uint16_t port, std::chrono::system_clock::time_point now, Explanation& out
) {
    const tls::TlsContext& tls = *route.tls;
    const upstream::Origin origin{
        upstream::PoolKey{std::string{host}, port, route.tls, route.rules}};
    if (const certs::Identity* identity = tls.identity()) {
        out.identity = identity->subject();
        out.expires = expiry_text(tls, now);
        if (profile != nullptr) out.record = profile->key_store.value_or("");
    } else {
        out.identity = "none (server-only TLS)";
    }
    out.trust = tls.trust().describe();
    out.tls = tls_text(tls.rules());
    out.dials = profiles::authority_text(origin.dial_host(), origin.dial_port()).text();
    const bool address = profiles::IpAddress::parse(origin.server_name()).has_value();
    out.announces = !tls.rules().offer.server_name ? "nothing (tls.server_name: none)"
                    : address                      ? "nothing (an IP address has no SNI)"
                                                   : origin.server_name();
    out.verifies = origin.server_name();
    if (const auto& names = tls.rules().verify_names; !names.empty()) {
        out.verifies = "one of " + to_text(names);
    }
    if (tls.rules().dangers.has(profiles::Danger::accept_any_server)) {
        out.trust = out.verifies = "nothing (tls.danger_accept_any_server)";
    }
    out.host = routing::host_for_server(profile, *route.rules, host, port);
    out.leniency = to_text(route.leniency);
    if (profile != nullptr) out.request_headers = request_headers_text(profile->request_headers);
}

/// `name`: of the profile that is named; empty where none is.
std::string connect_verdict(
    const profiles::Profile& profile, const profiles::Profile* winner,
    const profiles::Request& request, std::string_view name
) {
    if (profile.name == name) {
        const profiles::Fit fit = profiles::fit_of_named(profile, request);
        const std::string is_named = "is the one that is named, ";
        if (&profile == winner) return is_named + "and gives the tunnel";
        if (profile.connect_method == profiles::ConnectRule::reject) {
            return is_named + "and forbids tunnels";
        }
        return fit.ruled_out_by ? ruled_out(*fit.ruled_out_by)
                                : is_named + "but another profile of the host gives no tunnel";
    }
    if (&profile == winner) return "gives the tunnel";
    if (!name.empty() && winner != nullptr) return "is not the one that is named";
    const profiles::Fit fit = profiles::fit_of_connect(profile, request);
    if (fit.ruled_out_by) return ruled_out(*fit.ruled_out_by);
    if (winner != nullptr) return "applies, but '" + winner->name + "' is more specific";
    return profile.connect_method == profiles::ConnectRule::tunnel
               ? "would give a tunnel, but another profile forbids it"
               : "forbids tunnels: a request inside might be its own";
}

void refuse(const Failure& failure, Explanation& out) {
    const FailureRow row = row_of(failure.code());
    out.refusal =
        std::to_string(row.status) + " " + std::string{row.title} + ": " + failure.reason();
    out.remedy = failure.remedy();
}

/// What becomes of a CONNECT; where it leads is judged later.
void explain_connect(
    const generation::Generation& generation, const routing::Planned& planned,
    const routing::RoutingRequest& asked, Explanation& out
) {
    if (asked.listener != nullptr && asked.listener->upstream) {
        refuse(planned.error().failure, out);
        out.refusal += " Listener '" + asked.listener->name + "' leads to one upstream.";
        return;
    }
    const Result<std::string_view> named = routing::name_of_profile(asked);
    const std::string_view name = named ? *named : std::string_view{};
    const profiles::Profile* const winner = planned ? planned->profile : nullptr;
    for (const profiles::Profile& profile : generation.profiles().profiles()) {
        out.considered.push_back(
            {profile.name, connect_verdict(profile, winner, asked.request, name)}
        );
    }
    if (!planned) return refuse(planned.error().failure, out);
    const upstream::addresses::Goal goal{planned->host, planned->port, *planned->rules, true};
    const profiles::AddressRules& rules = generation.configuration().addresses;
    out.profile = winner == nullptr ? "" : winner->name;
    out.why = winner == nullptr
                  ? "no profile has the host; 'unmatched: tunnel_connect' gives a tunnel"
                  : std::string{name.empty() ? "" : "it is named, and "} +
                        "its 'connect_method' gives a tunnel";
    out.identity = "none (the application makes the TLS itself, inside the tunnel)";
    out.trust = "nothing is verified by the proxy";
    out.dials = profiles::authority_text(goal.dial_host(), goal.dial_port()).text();
    out.dials +=
        rules.tunnel_private ? ", also at a private address" : ", at a public address only";
}

void explain_exchange(
    const generation::Generation& generation, const routing::Planned& planned,
    const routing::RoutingRequest& asked, std::chrono::system_clock::time_point now,
    Explanation& out
) {
    // Before any profile was looked at.
    if (!planned && planned.error().failure.code() == FailureCode::cross_site) {
        return refuse(planned.error().failure, out);
    }
    const profiles::Profile* const winner = planned ? planned->profile : planned.error().profile;
    const Result<std::string_view> name = routing::name_of_profile(asked);
    const bool named = !name || !name->empty();
    const std::string unknown = name ? unknown_name(generation, *name) : "";
    for (const profiles::Profile& profile : generation.profiles().profiles()) {
        out.considered.push_back(
            {profile.name, unknown.empty() ? verdict(profile, winner, asked.request, named)
                                           : "is not asked, since no profile is named " + unknown}
        );
    }
    const generation::Route* const route = planned ? planned->route : planned.error().route;
    if (route == nullptr) return refuse(planned.error().failure, out);
    const profiles::MatchReason reason = planned ? planned->reason : planned.error().reason;
    const std::uint16_t port = planned ? planned->port : planned.error().port;
    out.profile = winner == nullptr ? "" : winner->name;
    out.why = winner == nullptr ? "no profile applies; 'unmatched' lets it pass"
                                : why(*winner, asked.request, named, reason);
    if (planned && planned->answered_here) return;
    describe_route(winner, *route, asked.request.host, port, now, out);
    if (!planned) return refuse(planned.error().failure, out);
    if (planned->rewrite != nullptr) {
        out.rewrites = certs::enumerated(profiles::words_of(planned->rewrite->rules), "and");
        out.rewrites += " of the response (listener '" + asked.listener->name + "')";
    }
    if (planned->would_be) {
        out.why += ", and logs what 'reject' would answer: " + planned->would_be->reason();
    }
}

/// Whether it is the question that is wrong: such lines are no request of anybody's. What is said
/// in lines that are right is refused as the data plane does it.
bool is_no_request(http::HeadError error) {
    switch (error) {
        case http::HeadError::empty_lines:
        case http::HeadError::bad_request_line:
        case http::HeadError::blank_in_target:
        case http::HeadError::beyond_ascii_target:
        case http::HeadError::bad_status_line:
        case http::HeadError::bad_version:
        case http::HeadError::bad_field_name:
        case http::HeadError::bad_field_value:
        case http::HeadError::folded_line:
        case http::HeadError::bare_line_end:
            return true;
        case http::HeadError::none:
        case http::HeadError::too_many_fields:
        case http::HeadError::two_framings:
        case http::HeadError::bad_content_length:
        case http::HeadError::two_lengths:
        case http::HeadError::bad_transfer_encoding:
        case http::HeadError::missing_host:
        case http::HeadError::bad_host:
        case http::HeadError::bad_connection:
            return false;
    }
    return false;
}

/// What is decided before anything is dialled.
void explain_plan(
    const generation::Generation& generation, const http::Head& head, const routing::Peer& peer,
    const routing::Planned& planned, std::chrono::system_clock::time_point now, Explanation& out
) {
    const profiles::Listener* const listener = generation.find_listener(peer.listener);
    const routing::Target target = routing::read_target(head, listener);
    const bool is_connect = target.error == http::TargetError::connect;
    const Result<routing::RoutingRequest> question =
        routing::read_routing_request(generation, head, peer, listener, target.to);
    // What is refused before profiles are looked at has none to show.
    if (!question || (target.error != http::TargetError::none && !is_connect)) {
        return refuse(planned.error().failure, out);
    }
    if (is_connect) return explain_connect(generation, planned, *question, out);
    explain_exchange(generation, planned, *question, now, out);
    // What a chunked body comes to, nobody knows yet.
    exchange::ExchangeRequest request;
    request.body = exchange::BodyMeter{head.framing, head.content_length};
    request.max_body = generation.configuration().limits.body_bytes;
    if (!out.refusal.empty()) return;
    const exchange::Ending problem = exchange::body_problem(request);
    if (problem != exchange::Ending::under_way) {
        refuse(exchange::body_failure(problem, request), out);
    } else if (planned->answered_here) {
        out.answered =
            "200 OK, by the proxy itself: 'Max-Forwards: 0' makes it the last that may answer, and "
            "no server is asked";
    }
}

}  // namespace

Explanation explain(
    const std::shared_ptr<const generation::Generation>& generation, const ImaginedRequest& asked,
    const upstream::dns::HostsTable& hosts, std::chrono::system_clock::time_point now
) {
    using End = client::HeadRead::End;
    Explanation out;
    Asker asker;
    out.error = read_asker(asked, *generation, asker);
    if (!out.error.empty()) return out;
    asker.peer.known_as = asker.name;
    const profiles::Configuration& configuration = generation->configuration();
    const std::string text = head_text(asked);
    http::Head head;
    const client::HeadRead read = client::look_at_head(text, 0, configuration.limits, head);
    if (read.end == End::complete ? read.size != text.size() : is_no_request(read.error)) {
        out.error = "URL, method or headers make no valid request: " +
                    std::string{http::to_text(read.error)};
        return out;
    }
    out.request = asked.method + " " + asked.url + ", " + to_text(asker);
    if (asker.peer.admission != routing::Peer::Admission::welcome) {
        refuse(routing::not_allowed(asker.peer), out);
    } else if (read.end != End::complete) {
        refuse(client::head_failure(read, configuration.limits), out);
    } else {
        const routing::Planned planned = routing::plan(
            generation::hold(generation), head, asker.peer, now,
            upstream::addresses::OwnEndpoints::of(configuration)
        );
        explain_plan(*generation, head, asker.peer, planned, now, out);
        if (!out.refusal.empty() || planned->answered_here) return out;
        const bool tunnel = planned->route == nullptr;
        const DialledAddresses dialled = dialled_addresses(
            configuration, {planned->host, planned->port, *planned->rules, tunnel}, hosts
        );
        out.addresses = dialled.text;
        if (dialled.prohibited) refuse(*dialled.prohibited, out);
    }
    return out;
}

std::vector<Line> lines_of(const Explanation& found) {
    return {
        {"request", "request", found.request},
        {"profile", "profile", found.profile},
        {"because", "because", found.why},
        {"refused", "refused", found.refusal},
        {"remedy", "remedy", found.remedy},
        {"answered", "answered", found.answered},
        {"identity", "identity", found.identity},
        {"key store", "key_store", found.record},
        {"expires", "expires", found.expires},
        {"trust", "trust", found.trust},
        {"TLS", "tls", found.tls},
        {"dials", "dials", found.dials},
        {"addresses", "addresses", found.addresses},
        {"announces", "announces", found.announces},
        {"verifies", "verifies", found.verifies},
        {"Host", "host", found.host},
        {"headers", "request_headers", found.request_headers},
        {"rewrites", "rewrites", found.rewrites},
        {"leniency", "response_leniency", found.leniency},
    };
}

}  // namespace countersign::proxy::explain
