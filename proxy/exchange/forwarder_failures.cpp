#include <utility>

#include "proxy/exchange/forwarder.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/tls/handshake_report.hpp"

namespace countersign::proxy {

ForwardEnd Forwarder::fail(Failure failure) {
    failure_ = std::make_unique<Failure>(std::move(failure));
    return ForwardEnd::failed;
}

/// The response cannot be completed. Where the client has a part of it, that must not look like all
/// of it.
ForwardEnd Forwarder::cut_short(IoStatus status) {
    if (status == IoStatus::cancelled) {
        if (client_.descriptor().hung_up()) return client_failed(IoStatus::failed);
        // The upload ended the wait; a body that was held has not begun.
        const bool by_upload = !x_.response_started && !ws_.loop.cancelled();
        return by_upload ? fail(upload_failure()) : client_failed(IoStatus::cancelled);
    }
    fail(upstream_failure(status));
    return x_.response_started ? ForwardEnd::aborted : ForwardEnd::failed;
}

/// The client does not take its response any more; the failure is for the access log alone.
ForwardEnd Forwarder::client_failed(IoStatus status) {
    if (status == IoStatus::cancelled) {
        fail(stopping_failure());
        return x_.response_started ? ForwardEnd::aborted : ForwardEnd::failed;
    }
    Failure failure;
    failure.code = FailureCode::bad_request;
    failure.side = Side::client;
    failure.reason = status == IoStatus::timed_out ? "The client did not take its response in time."
                                                   : "The client closed its connection.";
    fail(std::move(failure));
    return ForwardEnd::aborted;
}

ForwardEnd Forwarder::fail_malformed(HeadError error) {
    Failure failure;
    failure.code = FailureCode::response_malformed;
    failure.side = Side::upstream;
    failure.reason =
        "The server's response head is not valid HTTP: " + std::string{to_text(error)} + ".";
    failure.remedy = "The server, or something in front of it, has to be mended.";
    return fail(std::move(failure));
}

ForwardEnd Forwarder::fail_head_too_large() {
    Failure failure;
    failure.code = FailureCode::response_malformed;
    failure.side = Side::upstream;
    failure.reason = "The server's response head is larger than " +
                     std::to_string(ws_.buffers.payload()) + " bytes.";
    failure.remedy = "The server has to send a smaller head; limits.header_bytes raises the limit.";
    return fail(std::move(failure));
}

ForwardEnd Forwarder::fail_before_response(IoStatus status) {
    if (status == IoStatus::cancelled) {
        if (upload_ == Upload::client_gone || client_.descriptor().hung_up()) {
            return client_failed(IoStatus::failed);
        }
        return fail(upload_failure());
    }
    return fail(upstream_failure(status));
}

Failure Forwarder::upload_failure() const {
    Failure failure;
    failure.side = Side::client;
    switch (upload_) {
        case Upload::client_late:
            failure.code = FailureCode::request_timeout;
            failure.reason = "The client did not send the rest of its request's body in time.";
            failure.remedy = "timeouts.request_idle of the profile is the limit.";
            break;
        case Upload::bad_framing:
            failure.code = FailureCode::bad_request;
            failure.reason = "The request's chunked body is malformed.";
            failure.remedy = "The client has to frame it as RFC 9112 7.1 says.";
            break;
        case Upload::too_large:
            failure.code = FailureCode::body_too_large;
            failure.reason =
                "The request's body is larger than " + std::to_string(x_.max_body) + " bytes.";
            failure.remedy = "Send less, or raise limits.body_bytes.";
            break;
        default:
            return stopping_failure();
    }
    return failure;
}

Failure Forwarder::upstream_failure(IoStatus status) {
    const Origin& origin = *x_.origin;
    std::string where;
    append_authority(where, origin.key.host, origin.key.port, 0);
    Failure failure;
    failure.side = Side::upstream;
    if (status == IoStatus::timed_out) {
        failure.code = FailureCode::response_timeout;
        if (write_timed_out_) {
            failure.reason = where + " did not take the request's body (request_idle).";
        } else if (only_interim_) {
            failure.reason = where +
                             " sent interim responses (1xx), and no final one in time "
                             "(response_header).";
        } else if (x_.response_seen) {
            failure.reason = where + " fell silent in the middle of its response (response_idle).";
        } else {
            failure.reason =
                where + " took the request and did not answer in time (response_header).";
        }
        failure.remedy =
            "That is one of the profile's timeouts; the server's operator can say what it does.";
        return failure;
    }
    TlsFailure tls = upstream_.tls().take_failure();
    if (tls.kind == TlsFailure::Kind::alert) {
        HandshakeFacts facts;
        facts.profile = origin.rules->profile;
        facts.destination = where;
        facts.server_name = origin.server_name();
        if (const certs::Identity* identity = origin.key.tls->identity()) {
            facts.identity = identity->subject();
        }
        facts.trust = origin.key.tls->trust().describe();
        return report_handshake(tls, facts);
    }
    failure.code = response_body_.invalid() ? FailureCode::response_malformed
                                            : FailureCode::response_incomplete;
    failure.retry = Retry::if_reused;
    if (response_body_.invalid()) {
        failure.reason = "The chunked body of the response of " + where + " is malformed.";
        failure.remedy = "The server, or something in front of it, has to be mended.";
    } else if (x_.response_seen) {
        failure.reason = where + " closed the connection in the middle of its response.";
        failure.remedy =
            "Send the request again if it may be repeated; the server's operator can say why.";
    } else {
        failure.reason = where + " closed the connection without answering the request.";
        if (tls.kind == TlsFailure::Kind::reset && !tls.text.empty())
            failure.reason += " (" + tls.text + ")";
        failure.remedy = tls.certificate_requested
                             ? "It had asked for a client certificate: servers that refuse one "
                               "silently do this. "
                               "Otherwise send the request again if it may be repeated."
                             : "Send the request again if it may be repeated; the server's "
                               "operator can say why.";
    }
    return failure;
}

}  // namespace countersign::proxy
