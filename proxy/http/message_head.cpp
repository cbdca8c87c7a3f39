#include "proxy/http/message_head.hpp"

#include <algorithm>

#include "proxy/http/field_value.hpp"
#include "proxy/http/line_copier.hpp"

namespace countersign::proxy::http {

namespace {

constexpr std::string_view kVersion = "HTTP/1.1";
/// RFC 9112 4: the blank in front of a reason is there even where that is empty.
constexpr std::size_t kWithoutReason = std::string_view{"HTTP/1.1 200\r\n"}.size();
constexpr std::string_view kConnectionUpgrade = "Connection: Upgrade\r\n";
/// The one thing that TE says which we can say, too (RFC 9110 10.1.4): trailers are passed on.
constexpr std::string_view kTakesTrailers = "TE: trailers\r\nConnection: TE\r\n";
/// What is written besides the lines that came: versions, Via, Connection, Transfer-Encoding,
/// Proxy-Support, Countersign-Identity.
constexpr std::size_t kRoomForOwn = 256;

/// RFC 4559 6: no client may use NTLM or Negotiate through a proxy that does not say this with the
/// server's 401. It is said of this hop alone.
constexpr std::string_view kProxySupport =
    "Proxy-Support: Session-Based-Authentication\r\nConnection: Proxy-Support\r\n";

/// Connection names the field, so it was meant for this hop (RFC 9110 7.6.1).
bool is_listed(const Head& head, const Field& field) {
    const auto names = [&field](std::string_view option) {
        return same_ignoring_case(option, field.name);
    };
    return std::any_of(head.connection_options.begin(), head.connection_options.end(), names);
}

bool is_dropped_from_request(const Head& head, const Field& field) {
    switch (field.id) {
        case FieldName::connection:
        case FieldName::countersign_profile:
        case FieldName::keep_alive:
        case FieldName::proxy_authorization:
        case FieldName::proxy_connection:
        case FieldName::te:
            return true;
        case FieldName::upgrade:
            return head.upgrade.empty();
        case FieldName::expect:
            // An HTTP/1.0 client cannot read the 100 that this would bring about (RFC 9110 10.1.1).
            return head.minor_version == 0;
        case FieldName::content_length:
        case FieldName::host:
        case FieldName::max_forwards:
        case FieldName::transfer_encoding:  // a single "chunked", or the parser had refused it
        case FieldName::via:
            return false;
        case FieldName::authorization:
        case FieldName::countersign_identity:
        case FieldName::origin:
        case FieldName::proxy_authenticate:
        case FieldName::proxy_status:
        case FieldName::sec_fetch_site:
        case FieldName::trace_parent:
        case FieldName::trace_state:
        case FieldName::trailer:
        case FieldName::www_authenticate:
        case FieldName::x_request_id:
        case FieldName::other:
            return is_listed(head, field);
    }
    return false;
}

bool is_dropped_from_response(const Head& head, const Field& field, ResponseFraming framing) {
    switch (field.id) {
        case FieldName::connection:
        case FieldName::countersign_identity:  // what a server says there would be believed
        case FieldName::keep_alive:
        case FieldName::proxy_authenticate:
        case FieldName::proxy_connection:
        case FieldName::te:
            return true;
        case FieldName::upgrade:
            return head.upgrade.empty();
        case FieldName::content_length:
            // These have no body: a client that believes the length would wait for one (RFC 9110
            // 8.6).
            return (head.status < 200 || head.status == 204) && head.content_length > 0;
        case FieldName::transfer_encoding:
            return framing != ResponseFraming::as_is || head.framing != Framing::chunked;
        case FieldName::proxy_status:
        case FieldName::via:
            return false;
        case FieldName::authorization:
        case FieldName::countersign_profile:
        case FieldName::expect:
        case FieldName::host:
        case FieldName::max_forwards:
        case FieldName::origin:
        case FieldName::proxy_authorization:
        case FieldName::sec_fetch_site:
        case FieldName::trace_parent:
        case FieldName::trace_state:
        case FieldName::trailer:
        case FieldName::www_authenticate:
        case FieldName::x_request_id:
        case FieldName::other:
            return is_listed(head, field);
    }
    return false;
}

std::size_t came(const Head& head) {
    const Field* const last = head.fields.empty() ? nullptr : &head.fields.back();
    const std::string_view end = last == nullptr ? head.start_line : last->line;
    return static_cast<std::size_t>(end.data() + end.size() - head.start_line.data());
}

void append_via(std::uint8_t minor_version, std::string_view own_via, std::string& out) {
    constexpr std::size_t kMinor = std::string_view{"Via: 1."}.size();
    const std::size_t at = out.size();
    out += own_via;
    if (minor_version == 0) out[at + kMinor] = '0';
}

/// RFC 9110 7.6.2. Who sends it to 0 is answered by the proxy.
bool counts_forwards(const Head& head) {
    return head.max_forwards.has_value() && (head.method == "OPTIONS" || head.method == "TRACE");
}

void append_request_line(const Head& head, std::string_view path, std::string& out) {
    out += head.method;
    out += path.starts_with('?') ? " /" : " ";
    out += path;
    out += ' ';
    out += kVersion;
}

}  // namespace

std::string via_line(std::string_view name) {
    std::string line{"Via: 1.1 "};
    line += name;
    return line += "\r\n";
}

bool ends_here(const Head& request) {
    return request.max_forwards == 0 && counts_forwards(request);
}

void write_request_head(
    const Head& head, std::string_view path, std::string_view authority, std::string& out,
    const RequestEdits* edits, const MadeIds& made, std::string_view own_via
) {
    out.clear();
    const std::size_t added = edits == nullptr ? 0 : edits->lines.size();
    out.reserve(came(head) + path.size() + authority.size() + added + kRoomForOwn);
    append_request_line(head, path, out);
    // The first run begins with the CRLF of the start line.
    const char* const first_line = head.start_line.data() + head.start_line.size();
    LineCopier copier(head, first_line - 2, out);
    if (head.host.data() == nullptr) {
        copier.copy_until(first_line);
        out.append("Host: ").append(authority).append("\r\n");
    }
    for (const Field& field : head.fields) {
        if (is_dropped_from_request(head, field) ||
            (edits != nullptr && edits->drops(field.name)) || made.replaces(field)) {
            copier.replace(field.line);
        } else if (field.id == FieldName::content_length) {
            copier.copy_length(field);
        } else if (field.id == FieldName::transfer_encoding) {
            copier.copy_encoding(field);
        } else if (field.id == FieldName::host && field.value != authority) {
            copier.replace(field.line, {field.name, ": ", authority, "\r\n"});
        } else if (field.id == FieldName::max_forwards && counts_forwards(head)) {
            const std::uint64_t left =
                *head.max_forwards - std::min<std::uint64_t>(*head.max_forwards, 1);
            copier.replace(field.line, {field.name, ": ", std::to_string(left), "\r\n"});
        }
    }
    copier.copy_rest();
    if (edits != nullptr) out += edits->lines.reveal();
    if (!made.trace_parent.empty()) {
        out.append("traceparent: ").append(made.trace_parent).append("\r\n");
    }
    if (!made.request_id.empty()) {
        out.append("X-Request-Id: ").append(made.request_id).append("\r\n");
    }
    append_via(head.minor_version, own_via, out);
    if (!head.upgrade.empty()) {
        out += kConnectionUpgrade;
    } else if (head.takes_trailers) {
        out += kTakesTrailers;
    }
    out += "\r\n";
}

ResponseFraming response_framing(const Head& response, std::uint8_t client_minor_version) {
    switch (response.framing) {
        case Framing::none:
        case Framing::length:
            return ResponseFraming::as_is;
        case Framing::chunked:
            return client_minor_version > 0 ? ResponseFraming::as_is : ResponseFraming::close;
        case Framing::until_close:
            return client_minor_version > 0 ? ResponseFraming::chunked : ResponseFraming::close;
    }
    return ResponseFraming::close;
}

void write_response_head(
    const Head& response, ResponseFraming framing, std::uint8_t client_minor_version,
    bool keep_alive, std::string& out, const ResponseEdits& edits
) {
    out.clear();
    out.reserve(came(response) + kRoomForOwn);
    out += kVersion;
    LineCopier copier(response, response.start_line.data() + kVersion.size(), out);
    if (response.start_line.size() == kWithoutReason) {
        copier.copy_until(response.start_line.data() + response.start_line.size() - 2);
        out += ' ';
    }
    for (const Field& field : response.fields) {
        if (is_dropped_from_response(response, field, framing)) {
            copier.replace(field.line);
        } else if (std::string value; edits.rewrite != nullptr &&
                                      edits.rewrite->apply(field, response.status, value)) {
            copier.replace(field.line, {field.name, ": ", value, "\r\n"});
        } else if (field.id == FieldName::content_length) {
            copier.copy_length(field);
        } else if (field.id == FieldName::transfer_encoding) {
            copier.copy_encoding(field);
        }
    }
    copier.copy_rest();
    append_via(response.minor_version, edits.own_via, out);
    if (response.has_proxy_status) {
        // What stands there is of those behind: this hop has nothing to add but that.
        out.append("Proxy-Status: countersign; received-status=")
            .append(std::to_string(response.status))
            .append("\r\n");
    }
    if (!edits.identity.empty()) {
        out.append("Countersign-Identity: ").append(edits.identity).append("\r\n");
    }
    if (framing == ResponseFraming::chunked) out += "Transfer-Encoding: chunked\r\n";
    if (!response.upgrade.empty()) out += kConnectionUpgrade;
    if (response.status >= 200) {  // the connection's fate is the final response's to tell
        if (!keep_alive) {
            out += "Connection: close\r\n";
        } else if (client_minor_version == 0) {
            out += "Connection: keep-alive\r\n";
        }
    }
    const bool asks = response.status == 401 && response.connection_auth != ConnectionAuth::none;
    if (asks && keep_alive) out += kProxySupport;
    out += "\r\n";
}

}  // namespace countersign::proxy::http
