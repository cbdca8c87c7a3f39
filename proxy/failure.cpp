#include "proxy/failure.hpp"

#include "certs/text/ascii.hpp"
#include "proxy/log/json_text.hpp"

namespace countersign::proxy {

Failure Failure::of_client(FailureCode code, std::string reason, std::string remedy) {
    return {code, Side::client, std::move(reason), std::move(remedy)};
}

Failure Failure::of_upstream(FailureCode code, std::string reason, std::string remedy) {
    return {code, Side::upstream, std::move(reason), std::move(remedy)};
}

Failure Failure::of_proxy(FailureCode code, std::string reason, std::string remedy) {
    return {code, Side::proxy, std::move(reason), std::move(remedy)};
}

Failure Failure::with_more(std::string_view sentence) && {
    reason_ += ' ';
    reason_ += sentence;
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
            return {400, "Bad Request", "http_request_error", "request"};
        case FailureCode::no_profile:
            return {403, "Forbidden", "http_request_denied", "profile"};
        case FailureCode::client_not_allowed:
            return {403, "Forbidden", "http_request_denied", "client"};
        case FailureCode::client_unknown:
            return {407, "Proxy Authentication Required", "http_request_denied", "client"};
        case FailureCode::connect_refused:
            return {403, "Forbidden", "http_request_denied", "request"};
        case FailureCode::body_too_large:
            return {413, "Content Too Large", "http_request_error", "request"};
        case FailureCode::head_too_large:
            return {431, "Request Header Fields Too Large", "http_request_error", "request"};
        case FailureCode::request_timeout:
            return {408, "Request Timeout", "http_request_error", "request"};
        case FailureCode::dns_not_found:
            return {502, "Bad Gateway", "dns_error", "name resolution"};
        case FailureCode::dns_timeout:
            return {504, "Gateway Timeout", "dns_timeout", "name resolution"};
        case FailureCode::connection_refused:
            return {502, "Bad Gateway", "connection_refused", "connect"};
        case FailureCode::unreachable:
            return {502, "Bad Gateway", "destination_ip_unroutable", "connect"};
        case FailureCode::connect_timeout:
            return {504, "Gateway Timeout", "connection_timeout", "connect"};
        case FailureCode::address_prohibited:
            return {403, "Forbidden", "destination_ip_prohibited", "connect"};
        case FailureCode::server_certificate:
            return {502, "Bad Gateway", "tls_certificate_error", "TLS handshake"};
        case FailureCode::alert_received:
            return {502, "Bad Gateway", "tls_alert_received", "TLS handshake"};
        case FailureCode::tls_protocol:
            return {502, "Bad Gateway", "tls_protocol_error", "TLS handshake"};
        case FailureCode::handshake_timeout:
            return {504, "Gateway Timeout", "connection_timeout", "TLS handshake"};
        case FailureCode::response_incomplete:
            return {502, "Bad Gateway", "http_response_incomplete", "response"};
        case FailureCode::response_malformed:
            return {502, "Bad Gateway", "http_protocol_error", "response"};
        case FailureCode::response_too_long:
            return {502, "Bad Gateway", "http_response_body_size", "response"};
        case FailureCode::response_timeout:
            return {504, "Gateway Timeout", "http_response_timeout", "response"};
        case FailureCode::connection_limit:
            return {503, "Service Unavailable", "connection_limit_reached", "limit"};
        case FailureCode::descriptors_exhausted:
            return {503, "Service Unavailable", "connection_limit_reached", "file descriptors"};
        case FailureCode::draining:
            return {503, "Service Unavailable", "proxy_internal_response", "drain"};
        case FailureCode::identity_unusable:
            return {503, "Service Unavailable", "proxy_configuration_error", "identity"};
        case FailureCode::internal:
            return {500, "Internal Server Error", "proxy_internal_error", "proxy"};
    }
    return {500, "Internal Server Error", "proxy_internal_error", "proxy"};
}

std::string_view error_of(const Failure* failure) {
    return failure == nullptr ? std::string_view{} : row_of(failure->code()).proxy_error;
}

namespace {

void append_json_member(std::string& out, std::string_view name, std::string_view value) {
    out += ",\n  \"";
    out += name;
    out += "\": \"";
    log::append_json_text(out, value);
    out += '"';
}

std::string json_body(const Failure& failure, const FailureRow& row, std::string_view profile) {
    std::string body = "{\n  \"type\": \"about:blank\",\n  \"title\": \"";
    body += row.title;
    body += "\",\n  \"status\": " + std::to_string(row.status);
    append_json_member(body, "error", row.proxy_error);
    append_json_member(body, "stage", row.stage);
    if (!profile.empty()) append_json_member(body, "profile", profile);
    append_json_member(body, "detail", failure.reason());
    if (!failure.remedy().empty()) append_json_member(body, "remedy", failure.remedy());
    body += "\n}\n";
    return body;
}

std::string text_body(const Failure& failure, const FailureRow& row, std::string_view profile) {
    std::string body = "Countersign: ";
    body += std::to_string(row.status) + " ";
    body += row.title;
    body += "\n\nstage:   ";
    body += row.stage;
    if (!profile.empty()) {
        body += "\nprofile: ";
        body += profile;
    }
    body += "\nreason:  " + failure.reason();
    if (!failure.remedy().empty()) body += "\nremedy:  " + failure.remedy();
    body += '\n';
    return body;
}

}  // namespace

void write_answer(const Failure& failure, const AnswerContext& context, std::string& out) {
    const FailureRow row = row_of(failure.code());
    const std::string body = context.text ? text_body(failure, row, context.profile)
                                          : json_body(failure, row, context.profile);
    out.clear();
    out += "HTTP/1.1 ";
    out += std::to_string(row.status) + " ";
    out += row.title;
    out += "\r\nProxy-Status: countersign; error=";
    out += row.proxy_error;
    out += "\r\nContent-Type: ";
    out += context.text ? "text/plain; charset=utf-8" : "application/problem+json";
    if (row.status == 407) {
        out += "\r\nProxy-Authenticate: Basic realm=\"countersign\", charset=\"UTF-8\"";
    }
    out += "\r\nCache-Control: no-store";
    out += "\r\nContent-Length: " + std::to_string(body.size());
    if (!context.keep_alive) {
        out += "\r\nConnection: close";
    } else if (context.minor_version == 0) {
        out += "\r\nConnection: keep-alive";
    }
    out += "\r\n\r\n";
    if (!context.head_request) out += body;
}

bool prefers_text(std::string_view accept) {
    const std::string lower = certs::in_lower_case(accept);
    const std::size_t text = lower.find("text/");
    return text != std::string::npos && text < lower.find("json");
}

}  // namespace countersign::proxy
