#include "proxy/exchange/exchange_failure.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "profiles/units.hpp"
#include "proxy/upstream/connect_failure.hpp"
#include "proxy/upstream/handshake_failure.hpp"

namespace countersign::proxy::exchange {

namespace {

constexpr const char* kMendServer =
    "Show this to the server's operator: the server, or something in front of it, sends it so.";
constexpr const char* kRepeat =
    "Send the request again if it may be repeated; the server's operator can say why.";

std::string within(std::chrono::milliseconds limit, std::string_view key) {
    return " within " + profiles::duration_text(limit) + " (" + std::string{key} + ").";
}

/// A request with `Expect: 100-continue`, to which the server has said nothing.
Failure no_word(const std::string& where, const profiles::Timeouts& limits) {
    constexpr std::string_view kKey = "timeouts.response_header";
    return Failure::of_upstream(
        FailureCode::response_timeout,
        where + " got the head of a request with Expect: 100-continue, and answered neither " +
            "\"100 Continue\" nor anything else" + within(limits.response_header, kKey),
        "The client waits for that answer before it sends the body. A server that does not know "
        "Expect may never give it: have the client leave Expect out. If the server may take "
        "longer, raise timeouts.response_header of the profile."
    );
}

/// `unsent`: a part of the request has not left yet.
Failure timeout(const std::string& where, const ExchangeCore& core, bool unsent) {
    if (core.waits_for_word()) return no_word(where, core.timeouts());
    const profiles::Timeouts& limits = core.timeouts();
    std::string_view key = "timeouts.response_header";
    std::string reason = where;
    switch (core.ending()) {
        case Ending::request_not_taken:
            key = "timeouts.request_idle";
            reason += " did not take the request" + within(limits.request_idle, key);
            break;
        case Ending::only_interim:
            reason += " sent interim responses (1xx), and no final one" +
                      within(limits.response_header, key);
            break;
        case Ending::head_stalled:
            reason += " began its response, and did not finish the head" +
                      within(limits.response_header, key);
            break;
        case Ending::response_stalled:
            key = "timeouts.response_idle";
            reason += " fell silent in the middle of its response for " +
                      profiles::duration_text(limits.response_idle) + " (timeouts.response_idle).";
            break;
        default:
            reason += (unsent ? " did not take all of the request, and did not answer"
                              : " took the request, and did not answer") +
                      within(limits.response_header, key);
            break;
    }
    return Failure::of_upstream(
        FailureCode::response_timeout, std::move(reason),
        "If the server may take longer, raise " + std::string{key} +
            " of the profile. Otherwise ask its operator why it is slow."
    );
}

/// Whom to ask, and what the profile can allow instead.
std::string mend_or_allow(std::string text, const ExchangeCore& core) {
    const profiles::ResponseLeniencies cure = core.cure();
    if (cure.empty()) return text;
    text += " Until then the destination's profile can allow it: response_leniency: [";
    text += profiles::to_text(cure);
    return text += "].";
}

/// What stands where a response should begin.
Failure no_response(const ExchangeCore& core) {
    if (core.head_error() != http::HeadError::bad_status_line) {
        return Failure::of_upstream(
            FailureCode::response_malformed,
            "The server's response head is not valid HTTP (" + core.problem() + ").",
            mend_or_allow(kMendServer, core)
        );
    }
    const std::string_view service = core.other_service();
    return Failure::of_upstream(
        FailureCode::response_malformed,
        "The server's answer is not HTTP/1: " +
            (service.empty() ? "it does not begin with a status line (HTTP/1.1 200 …)"
                             : "it looks like that of " + std::string{service}) +
            ".",
        mend_or_allow(
            "Check host and port: another service may listen there. If they are right, show this "
            "to the server's operator.",
            core
        )
    );
}

Failure unreadable(const std::string& where, bool response_seen, const std::string& why) {
    return Failure::of_upstream(
        FailureCode::response_incomplete,
        "What " + where + " sent " +
            (response_seen ? "in the middle of its response" : "behind the request") +
            " cannot be taken (" + why + "): it was damaged on its way, or sent so.",
        "Send the request again if it may be repeated. If that stays so, the server's TLS software "
        "is faulty, or something between the two changes what they send (a firewall, an inspecting "
        "proxy): show this to the server's operator.",
        "what {} sent was damaged"
    );
}

Failure unconfirmed(const std::string& where) {
    return Failure::of_upstream(
        FailureCode::response_incomplete,
        where +
            " ended its response with the connection, and without the end that TLS has for it "
            "(close_notify): it may have been cut off.",
        "The server's operator has to have it send a Content-Length, or close TLS connections as "
        "TLS wants it. If that cannot be, tls: { danger_accept_truncation: true } in the profile "
        "takes what has come for the whole, at a price: it can be cut off unnoticed.",
        "response from {} may have been cut off"
    );
}

Failure closed(
    const std::string& where, const ExchangeCore& core, upstream::UpstreamStream& server
) {
    const bool response_seen = core.progress().response_seen;
    const upstream::UpstreamStream::End end = server.end();
    if (end.unreadable) return unreadable(where, response_seen, end.text);
    if (core.end_unconfirmed()) return unconfirmed(where);
    if (response_seen) {
        return Failure::of_upstream(
            FailureCode::response_incomplete,
            where + " closed the connection in the middle of its response.", kRepeat
        );
    }
    std::string reason = where + " closed the connection without answering the request.";
    if (!end.text.empty()) {
        reason = "The connection to " + where + " broke (" + end.text;
        reason += ") before the request was answered.";
    }
    return Failure::of_upstream(
        FailureCode::response_incomplete, std::move(reason),
        server.facts().certificate_requested
            ? "It had asked for a client certificate: servers that refuse one silently do this. "
              "Otherwise send the request again if it may be repeated."
            : kRepeat,
        "connection closed by {} without an answer"
    );
}

/// A 101 to a request that asks for `wanted`; empty: for no other protocol.
Failure switched_wrongly(const std::string& wanted) {
    return Failure::of_upstream(
        FailureCode::response_malformed,
        wanted.empty() ? "The server switched protocols (101), which nobody asked for."
                       : "The server switched protocols (101), and its Upgrade names none, or "
                         "another than the request asks for (" +
                             wanted + ").",
        kMendServer
    );
}

Failure too_slow(const ExchangeCore& core) {
    return Failure::of_client(
        FailureCode::request_timeout,
        "The client was waited for at less than limits.client_min_rate (" +
            std::to_string(core.client_min_rate()) +
            " bytes a second), while other requests waited for a connection to the server.",
        "Let the client send and read faster. pool.max_connections of the profile allows more "
        "connections; limits.client_min_rate: 0 lets slow clients keep theirs."
    );
}

Failure too_long_to_hold() {
    return Failure::of_client(
        FailureCode::response_too_long,
        "The response does not say its length, and the client speaks HTTP/1.0 on a unix socket, "
        "where a response that was cut would look whole. So it is held until it is complete, up "
        "to " +
            std::to_string(ExchangeCore::kMostHeld) + " bytes, and it is longer.",
        "Let the client speak HTTP/1.1, or use a listener on a TCP address."
    );
}

/// Whether the exchange may have ended for that which the server wanted first.
bool may_be_for_a_handshake(const ExchangeCore& core, const Failure& failure) {
    constexpr std::uint8_t kHandshakeFailure = 40;
    constexpr std::uint8_t kNoRenegotiation = 100;
    switch (core.ending()) {
        case Ending::no_response:
            return true;
        case Ending::server_closed:
            return !core.progress().response_seen;
        case Ending::server_refused:
            return failure.alert() == kHandshakeFailure || failure.alert() == kNoRenegotiation;
        default:
            return false;
    }
}

/// Whether how the connection came about may tell why the exchange has failed: in TLS 1.3 a server
/// refuses a client certificate only then.
bool may_be_for_the_connection(const ExchangeCore& core) {
    return core.ending() == Ending::server_refused ||
           (core.ending() == Ending::server_closed && !core.progress().response_seen);
}

Failure with_renegotiation(
    Failure failure, const ExchangeCore& core, const upstream::UpstreamStream& server
) {
    const std::string_view cure = server.facts().renegotiation_cure;
    if (cure.empty() || !may_be_for_a_handshake(core, failure)) return failure;
    const bool again = cure == upstream::kAskedAgain;
    std::string reason =
        "After the request the server asked for another TLS handshake (renegotiation), ";
    reason += again ? "for the second time, and was refused: one on a connection is answered. "
                    : "which is refused here (tls.renegotiation): servers do so that "
                      "ask for a client certificate for some paths only. ";
    reason += failure.reason();
    const auto of_side = again ? Failure::of_upstream : Failure::of_proxy;
    Failure told = of_side(failure.code(), std::move(reason), {}, failure.brief())
                       .with_remedy(std::string{cure});
    if (failure.alert()) return std::move(told).by_alert(*failure.alert());
    return told;
}

Failure failure_of_exchange(const ExchangeCore& core, upstream::UpstreamStream& server) {
    const auto where = [&] { return server.authority(); };
    switch (core.ending()) {
        case Ending::client_gone:
        case Ending::response_not_taken:
        case Ending::client_too_slow:
        case Ending::request_late:
        case Ending::request_malformed:
        case Ending::request_too_large:
        case Ending::stopped:
            return failure_of(core);
        case Ending::request_not_taken:
        case Ending::no_response:
        case Ending::only_interim:
        case Ending::head_stalled:
        case Ending::response_stalled:
            return timeout(where(), core, server.is_blocked());
        case Ending::server_refused:
            return server.refusal();
        case Ending::server_closed:
            return closed(where(), core, server);
        case Ending::response_malformed:
            return no_response(core);
        case Ending::response_head_too_large:
            return Failure::of_upstream(
                FailureCode::response_malformed,
                "The server's response head is larger than " + std::to_string(core.most_head()) +
                    " bytes.",
                "The server has to send a smaller head; limits.header_bytes raises the limit."
            );
        case Ending::response_body_malformed:
            return Failure::of_upstream(
                FailureCode::response_malformed,
                "The chunked body of the response from " + where() + " is malformed (" +
                    core.problem() + ").",
                mend_or_allow(kMendServer, core)
            );
        case Ending::protocol_switched:
            return switched_wrongly(core.request().upgrade);
        case Ending::response_too_long:
            return too_long_to_hold();
        case Ending::under_way:
        case Ending::complete:
        case Ending::switched:
            break;
    }
    return internal_failure();
}

}  // namespace

Failure failure_of(const ExchangeCore& core) {
    switch (core.ending()) {
        case Ending::client_gone:
            return Failure::of_client(
                FailureCode::bad_request, "The client closed its connection."
            );
        case Ending::response_not_taken:
            return Failure::of_client(
                FailureCode::bad_request, "The client did not take its response in time."
            );
        case Ending::client_too_slow:
            return too_slow(core);
        case Ending::request_late:
        case Ending::request_malformed:
        case Ending::request_too_large:
            return body_failure(core.ending(), core.request());
        case Ending::stopped:
            return stopping_failure();
        default:
            return internal_failure();
    }
}

Failure body_failure(Ending why, const ExchangeRequest& request) {
    if (why == Ending::request_late) {
        return Failure::of_client(
            FailureCode::request_timeout,
            "The client did not send the rest of its request's body in time.",
            "Send the body faster, or raise timeouts.request_idle of the profile, which is the "
            "limit."
        );
    }
    if (why == Ending::request_too_large) {
        return Failure::of_client(
            FailureCode::body_too_large,
            "The request's body is larger than " + std::to_string(request.max_body) + " bytes.",
            "Send less, or raise limits.body_bytes."
        );
    }
    return Failure::of_client(
        FailureCode::bad_request,
        "The request's chunked body is malformed (" + request.body.chunks().problem() + ").",
        "Let the client frame it as RFC 9112 7.1 says, or send a Content-Length instead."
    );
}

Failure failure_of(const ExchangeCore& core, upstream::UpstreamStream& server) {
    Failure failure = with_renegotiation(failure_of_exchange(core, server), core, server);
    if (!may_be_for_the_connection(core)) return failure;
    return std::move(failure).with_account(server.account());
}

std::optional<Failure> failure_of(TunnelEnd end, const upstream::addresses::Goal& goal) {
    switch (end) {
        case TunnelEnd::closed:
        case TunnelEnd::client_gone:
            return std::nullopt;
        case TunnelEnd::upstream_gone:
            return Failure::of_upstream(
                FailureCode::tunnel_lost,
                upstream::destination_text(goal) + " reset the connection of a tunnel.",
                "Let the application try again; the server's operator can say why."
            );
        case TunnelEnd::upstream_truncated:
            return Failure::of_upstream(
                FailureCode::tunnel_lost,
                upstream::destination_text(goal) +
                    " closed the connection of a tunnel without TLS's goodbye (close_notify): what "
                    "came last may not be the whole.",
                "Let the application try again; the server's operator can say why.",
                "connection of a tunnel cut short by {}"
            );
        case TunnelEnd::idle:
            return Failure::of_proxy(
                FailureCode::tunnel_idle,
                "Nothing passed through a tunnel to " + upstream::destination_text(goal) +
                    " for limits.tunnel_idle, so it was ended.",
                "Where an application rests that long and goes on, raise that limit, or let it "
                "send something meanwhile (a keep-alive)."
            );
        case TunnelEnd::stopped:
            return stopping_failure();
    }
    return internal_failure();
}

Failure with_source_of_port(Failure failure, const routing::Plan& plan) {
    if (!plan.port_is_default || plan.rules->connect_to) return failure;
    switch (failure.code()) {
        case FailureCode::connection_refused:
        case FailureCode::unreachable:
        case FailureCode::connect_timeout:
        case FailureCode::handshake_timeout:
        case FailureCode::tls_protocol:
            break;
        default:
            return failure;
    }
    const std::string port = "Port " + std::to_string(plan.port) + " is ";
    const std::string whose = plan.profile != nullptr
                                  ? "the default_port of profile '" + plan.profile->name + "'"
                                  : std::string{"that of https"};
    return std::move(failure).with_more(
        port + whose + ": the request names none (80, http's own, counts as none)."
    );
}

}  // namespace countersign::proxy::exchange
