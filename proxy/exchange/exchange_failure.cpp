#include "proxy/exchange/exchange_failure.hpp"

#include <string>
#include <utility>

#include "proxy/upstream/connect_failure.hpp"

namespace countersign::proxy::exchange {

namespace {

constexpr const char* kMendServer = "The server, or something in front of it, has to be mended.";
constexpr const char* kRepeat =
    "Send the request again if it may be repeated; the server's operator can say why.";

Failure timeout(const std::string& where, Ending why) {
    std::string reason = where;
    switch (why) {
        case Ending::request_not_taken:
            reason += " did not take the request within timeouts.request_idle.";
            break;
        case Ending::only_interim:
            reason +=
                " sent interim responses (1xx), and no final one within timeouts.response_header.";
            break;
        case Ending::head_stalled:
            reason +=
                " began its response, and did not finish the head within timeouts.response_header.";
            break;
        case Ending::response_stalled:
            reason += " fell silent in the middle of its response for timeouts.response_idle.";
            break;
        default:
            reason += " took the request and did not answer within timeouts.response_header.";
            break;
    }
    return Failure::of_upstream(
        FailureCode::response_timeout, std::move(reason),
        "Raise that timeout of the profile if the server may take so long; its operator can say "
        "why "
        "it did."
    );
}

Failure closed(const std::string& where, bool response_seen, upstream::UpstreamStream& server) {
    if (response_seen) {
        return Failure::of_upstream(
            FailureCode::response_incomplete,
            where + " closed the connection in the middle of its response.", kRepeat
        );
    }
    std::string reason = where + " closed the connection without answering the request.";
    if (const std::string text = server.end_text(); !text.empty()) reason += " (" + text + ")";
    return Failure::of_upstream(
        FailureCode::response_incomplete, std::move(reason),
        server.facts().certificate_requested
            ? "It had asked for a client certificate: servers that refuse one silently do this. "
              "Otherwise send the request again if it may be repeated."
            : kRepeat,
        "connection closed by {} without an answer"
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

}  // namespace

Failure body_failure(Ending why, std::uint64_t most_bytes) {
    if (why == Ending::request_too_large) {
        return Failure::of_client(
            FailureCode::body_too_large,
            "The request's body is larger than " + std::to_string(most_bytes) + " bytes.",
            "Send less, or raise limits.body_bytes."
        );
    }
    return Failure::of_client(
        FailureCode::bad_request, "The request's chunked body is malformed.",
        "The client has to frame it as RFC 9112 7.1 says."
    );
}

Failure failure_of(const ExchangeCore& core, upstream::UpstreamStream& server) {
    const auto where = [&] { return server.authority(); };
    switch (core.ending()) {
        case Ending::client_gone:
            return Failure::of_client(
                FailureCode::bad_request, "The client closed its connection."
            );
        case Ending::response_not_taken:
            return Failure::of_client(
                FailureCode::bad_request, "The client did not take its response in time."
            );
        case Ending::request_late:
            return Failure::of_client(
                FailureCode::request_timeout,
                "The client did not send the rest of its request's body in time.",
                "timeouts.request_idle of the profile is the limit."
            );
        case Ending::request_malformed:
        case Ending::request_too_large:
            return body_failure(core.ending(), core.request().max_body);
        case Ending::request_not_taken:
        case Ending::no_response:
        case Ending::only_interim:
        case Ending::head_stalled:
        case Ending::response_stalled:
            return timeout(where(), core.ending());
        case Ending::server_refused:
            return server.refusal();
        case Ending::server_closed:
            return closed(where(), core.progress().response_seen, server);
        case Ending::response_malformed:
            return Failure::of_upstream(
                FailureCode::response_malformed,
                "The server's response head is not valid HTTP: " +
                    std::string{http::to_text(core.head_error())} + ".",
                kMendServer
            );
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
                "The chunked body of the response of " + where() + " is malformed.", kMendServer
            );
        case Ending::protocol_switched:
            return Failure::of_upstream(
                FailureCode::response_malformed,
                "The server switched protocols (101), which nobody asked for.",
                "The server has to be mended."
            );
        case Ending::response_too_long:
            return too_long_to_hold();
        case Ending::stopped:
            return stopping_failure();
        case Ending::under_way:
        case Ending::complete:
            break;
    }
    return internal_failure();
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
