#include "proxy/failure.hpp"

#include <algorithm>

#include "certs/text/ascii.hpp"

namespace countersign::proxy {

Failure Failure::of_client(
    FailureCode code, std::string reason, std::string remedy, std::string_view brief
) {
    return {code, Side::client, std::move(reason), std::move(remedy), brief};
}

Failure Failure::of_upstream(
    FailureCode code, std::string reason, std::string remedy, std::string_view brief
) {
    return {code, Side::upstream, std::move(reason), std::move(remedy), brief};
}

Failure Failure::of_proxy(
    FailureCode code, std::string reason, std::string remedy, std::string_view brief
) {
    return {code, Side::proxy, std::move(reason), std::move(remedy), brief};
}

Failure Failure::with_remedy(std::string remedy) && {
    remedy_ = std::move(remedy);
    return std::move(*this);
}

Failure Failure::in_words(std::string reason, std::string remedy) && {
    reason_ = std::move(reason);
    remedy_ = std::move(remedy);
    return std::move(*this);
}

Failure Failure::with_more(std::string_view sentence) && {
    reason_ += ' ';
    reason_ += sentence;
    return std::move(*this);
}

std::string_view Failure::brief() const { return brief_.empty() ? row_of(code_).brief : brief_; }

Failure Failure::by_alert(std::uint8_t number) && {
    alert_ = number;
    return std::move(*this);
}

Failure Failure::with_account(std::shared_ptr<const Account> account) && {
    account_ = std::move(account);
    return std::move(*this);
}

Failure Failure::with_retry_after(std::uint32_t seconds) && {
    retry_after_ = seconds;
    return std::move(*this);
}

Failure stopping_failure() {
    return Failure::of_proxy(
        FailureCode::draining, "The proxy is stopping.", "Send the request again."
    );
}

Failure descriptors_failure(std::uint64_t limit) {
    return Failure::of_proxy(
        FailureCode::descriptors_exhausted,
        "The proxy has no file descriptor left for this: it may have " + std::to_string(limit) +
            " in all.",
        "Close connections that are not needed, or raise the limit (systemd: LimitNOFILE=, "
        "containers: --ulimit nofile=, shells: ulimit -n)."
    );
}

Failure internal_failure() {
    return Failure::of_proxy(
        FailureCode::internal, "The proxy ran into an error of its own; its log says which.",
        "Send the request again, and report the line of the log."
    );
}

FailureRow row_of(FailureCode code) {
    switch (code) {
        case FailureCode::bad_request:
            return {400, "Bad Request", "http_request_error", "request", "request not acceptable"};
        case FailureCode::no_profile:
            return {403, "Forbidden", "http_request_denied", "profile", "no profile for {}"};
        case FailureCode::client_not_allowed:
            return {403, "Forbidden", "http_request_denied", "client", "client not allowed"};
        case FailureCode::client_unknown:
            return {
                407, "Proxy Authentication Required", "http_request_denied", "client",
                "client name or password not accepted"};
        case FailureCode::name_wanted:
            return {
                407, "Proxy Authentication Required", "http_request_denied", "client",
                "client name and password wanted by this proxy"};
        case FailureCode::connect_refused:
            return {
                403, "Forbidden", "http_request_denied", "request",
                "no tunnel to {}: call http://, not https://, through this proxy"};
        case FailureCode::cross_site:
            return {
                403, "Forbidden", "http_request_denied", "request",
                "cross-site request of a browser refused"};
        case FailureCode::upgrade_refused:
            return {
                403, "Forbidden", "http_request_denied", "request",
                "no other protocol (Upgrade) to {}"};
        case FailureCode::trace_refused:
            return {403, "Forbidden", "http_request_denied", "request", "no TRACE to {}"};
        case FailureCode::loop:
            return {
                502, "Bad Gateway", "proxy_loop_detected", "request",
                "a loop: the request came from this proxy"};
        case FailureCode::body_too_large:
            return {
                413, "Content Too Large", "http_request_error", "request",
                "request body too large"};
        case FailureCode::head_too_large:
            return {
                431, "Request Header Fields Too Large", "http_request_error", "request",
                "request head too large"};
        case FailureCode::target_too_long:
            return {414, "URI Too Long", "http_request_error", "request", "URL too long"};
        case FailureCode::request_timeout:
            return {
                408, "Request Timeout", "http_request_error", "request",
                "request not complete in time"};
        case FailureCode::dns_not_found:
            return {502, "Bad Gateway", "dns_error", "name resolution", "name not found: {}"};
        case FailureCode::dns_timeout:
            return {
                504, "Gateway Timeout", "dns_timeout", "name resolution",
                "name not resolved in time: {}"};
        case FailureCode::connection_refused:
            return {
                502, "Bad Gateway", "connection_refused", "connect", "connection refused by {}"};
        case FailureCode::unreachable:
            return {
                502, "Bad Gateway", "destination_ip_unroutable", "connect", "{} cannot be reached"};
        case FailureCode::connect_timeout:
            return {
                504, "Gateway Timeout", "connection_timeout", "connect",
                "no connection to {} in time"};
        case FailureCode::address_prohibited:
            return {
                403, "Forbidden", "destination_ip_prohibited", "connect",
                "address of {} may not be dialled"};
        case FailureCode::server_certificate:
            return {
                502, "Bad Gateway", "tls_certificate_error", "TLS handshake",
                "certificate of {} not accepted"};
        case FailureCode::alert_received:
            return {
                502, "Bad Gateway", "tls_alert_received", "TLS handshake",
                "TLS handshake ended by {}"};
        case FailureCode::tls_protocol:
            return {
                502, "Bad Gateway", "tls_protocol_error", "TLS handshake",
                "TLS handshake with {} failed"};
        case FailureCode::handshake_timeout:
            return {
                504, "Gateway Timeout", "connection_timeout", "TLS handshake",
                "no TLS handshake with {} in time"};
        case FailureCode::response_incomplete:
            return {
                502, "Bad Gateway", "http_response_incomplete", "response",
                "connection closed by {} before its response was complete"};
        case FailureCode::response_malformed:
            return {
                502, "Bad Gateway", "http_protocol_error", "response",
                "response from {} is not valid HTTP"};
        case FailureCode::response_too_long:
            return {
                502, "Bad Gateway", "http_response_body_size", "response",
                "response from {} too long to be held"};
        case FailureCode::response_timeout:
            return {
                504, "Gateway Timeout", "http_response_timeout", "response",
                "no response from {} in time"};
        case FailureCode::tunnel_lost:
            return {
                502, "Bad Gateway", "connection_terminated", "tunnel",
                "connection of a tunnel reset by {}"};
        case FailureCode::tunnel_idle:
            return {
                504, "Gateway Timeout", "connection_read_timeout", "tunnel",
                "tunnel to {} idle for too long"};
        case FailureCode::destination_unavailable:
            return {
                503, "Service Unavailable", "destination_unavailable", "connection",
                "{} could not be connected to, and is not tried again yet"};
        case FailureCode::connection_limit:
            return {
                503, "Service Unavailable", "connection_limit_reached", "limit",
                "connection limit reached"};
        case FailureCode::descriptors_exhausted:
            return {
                503, "Service Unavailable", "connection_limit_reached", "file descriptors",
                "proxy has no file descriptor left"};
        case FailureCode::draining:
            return {
                503, "Service Unavailable", "proxy_internal_response", "drain",
                "proxy is stopping"};
        case FailureCode::identity_unusable:
            return {
                503, "Service Unavailable", "proxy_configuration_error", "identity",
                "client certificate of this proxy for {} not valid now"};
        case FailureCode::internal:
            return {
                500, "Internal Server Error", "proxy_internal_error", "proxy",
                "error inside the proxy"};
    }
    return {
        500, "Internal Server Error", "proxy_internal_error", "proxy", "error inside the proxy"};
}

// IANA's registry of TLS alerts.
std::string_view alert_name(std::uint8_t number) {
    switch (number) {
        case 0:
            return "close_notify";
        case 10:
            return "unexpected_message";
        case 20:
            return "bad_record_mac";
        case 22:
            return "record_overflow";
        case 40:
            return "handshake_failure";
        case 42:
            return "bad_certificate";
        case 43:
            return "unsupported_certificate";
        case 44:
            return "certificate_revoked";
        case 45:
            return "certificate_expired";
        case 46:
            return "certificate_unknown";
        case 47:
            return "illegal_parameter";
        case 48:
            return "unknown_ca";
        case 49:
            return "access_denied";
        case 50:
            return "decode_error";
        case 51:
            return "decrypt_error";
        case 52:
            return "too_many_cids_requested";
        case 70:
            return "protocol_version";
        case 71:
            return "insufficient_security";
        case 80:
            return "internal_error";
        case 86:
            return "inappropriate_fallback";
        case 90:
            return "user_canceled";
        case 100:
            return "no_renegotiation";
        case 109:
            return "missing_extension";
        case 110:
            return "unsupported_extension";
        case 112:
            return "unrecognized_name";
        case 113:
            return "bad_certificate_status_response";
        case 115:
            return "unknown_psk_identity";
        case 116:
            return "certificate_required";
        case 120:
            return "no_application_protocol";
        default:
            return {};
    }
}

namespace {

constexpr std::size_t kMostBrief = 120;

/// "unknown CA".
std::string words_of(std::uint8_t alert) {
    const std::string_view name = alert_name(alert);
    if (name.empty()) return "TLS alert " + std::to_string(alert);
    std::string words{name};
    std::ranges::replace(words, '_', ' ');
    return words == "unknown ca" ? std::string{"unknown CA"} : words;
}

/// Whatever else a host may be one day, it is not to end a line.
bool is_plain(std::string_view host) {
    return !host.empty() && std::ranges::all_of(host, [](char c) {
        return certs::is_letter(c) || certs::is_digit(c) || c == '.' || c == '-' || c == '_' ||
               c == ':';
    });
}

}  // namespace

std::string brief_text(const Failure& failure, std::string_view host) {
    constexpr std::string_view kNobody = "the destination";
    std::string text{failure.brief()};
    if (failure.alert()) text += ": " + words_of(*failure.alert());
    const std::size_t at = text.find("{}");
    if (at == std::string::npos) return text;
    const bool fits = text.size() + host.size() <= kMostBrief + 2;
    text.replace(at, 2, is_plain(host) && fits ? host : kNobody);
    return text;
}

std::string_view error_of(const Failure* failure) {
    return failure == nullptr ? std::string_view{} : row_of(failure->code()).proxy_error;
}

}  // namespace countersign::proxy
