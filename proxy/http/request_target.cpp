#include "proxy/http/request_target.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "certs/text/ascii.hpp"
#include "profiles/host_pattern.hpp"
#include "proxy/http/field_value.hpp"

namespace countersign::proxy::http {

namespace {

constexpr std::uint16_t kHttpPort = 80;

/// A DNS name that is already as `normalise_host` would leave it. Names whose last label begins
/// with a digit are left to it: they may be an IPv4 literal in some spelling.
bool is_plain_name(std::string_view host) {
    if (host.empty() || host.size() > profiles::kLongestHost) return false;
    char before = '.';
    bool digit_first = false;
    for (const char c : host) {
        if (!certs::is_lower_case(c) && !is_digit(c) && c != '-' && c != '_' && c != '.')
            return false;
        if (before == '.') {
            if (c == '.') return false;
            digit_first = is_digit(c);
        }
        before = c;
    }
    return before != '.' && !digit_first;
}

TargetError read_host(std::string_view text, profiles::HostText& host) {
    if (is_plain_name(text)) {
        host.assign(text);
        return TargetError::none;
    }
    auto normal = profiles::normalise_host(text);
    if (!normal || normal->size() > profiles::kLongestHost) return TargetError::bad_host;
    host.assign(*normal);
    return TargetError::none;
}

/// What stands behind the colon; nothing at all means the default (RFC 3986 3.2.3).
TargetError read_port(std::string_view text, std::uint16_t& port) {
    port = 0;
    if (text.empty()) return TargetError::none;
    unsigned number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool all = error == std::errc{} && stop == text.data() + text.size();
    if (!all || number == 0 || number > std::numeric_limits<std::uint16_t>::max()) {
        return TargetError::bad_port;
    }
    port = static_cast<std::uint16_t>(number);
    return TargetError::none;
}

/// host[:port], where the host may be an IPv6 literal in brackets.
template <class HostAndPort>
TargetError read_authority(std::string_view text, HostAndPort& into) {
    if (text.find('@') != std::string_view::npos) return TargetError::user_info;
    std::size_t host_size = text.find(':');
    if (text.starts_with('[')) {
        const std::size_t bracket = text.find(']');
        if (bracket == std::string_view::npos) return TargetError::bad_host;
        host_size = bracket + 1;
    }
    host_size = std::min(host_size, text.size());
    // Several colons are an IPv6 address without its brackets.
    if (host_size == 0 && text.find(':', 1) == std::string_view::npos) return TargetError::no_host;
    if (const TargetError error = read_host(text.substr(0, host_size), into.host);
        error != TargetError::none) {
        return error;
    }
    const std::string_view rest = text.substr(host_size);
    if (rest.empty()) return TargetError::none;
    if (rest.front() != ':') return TargetError::bad_host;
    return read_port(rest.substr(1), into.port);
}

/// "http" says that the client speaks plainly, not which port the TLS is on: its own port 80 is
/// none.
TargetError forget_http_port(TargetError error, Destination& into) {
    if (into.port == kHttpPort && into.scheme == "http") into.port = 0;
    return error;
}

/// No fragment, which is the client's own affair, and nothing that cannot stand in a target.
bool is_clean(std::string_view target) {
    const char* const end = target.data() + target.size();
    return find_target_end(target.data(), end) == end && target.find('#') == std::string_view::npos;
}

/// A scheme as in RFC 3986 3.1, but a digit may come first: so may it in a profile's name.
bool read_scheme(std::string_view text, std::string_view& scheme) {
    const auto is_scheme_char = [](char c) {
        return certs::is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    };
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_scheme_char)) return false;
    const auto is_one_of = [text](std::string_view plain, std::string_view web_socket) {
        return same_ignoring_case(text, plain) || same_ignoring_case(text, web_socket);
    };
    scheme = is_one_of("http", "ws") ? "http" : is_one_of("https", "wss") ? "https" : text;
    return true;
}

TargetError read_absolute_form(const Head& head, Destination& into) {
    const std::size_t colon = head.target.find(':');
    if (colon == std::string_view::npos) return TargetError::bad_target;
    std::string_view rest = head.target.substr(colon + 1);
    if (!read_scheme(head.target.substr(0, colon), into.scheme) || !rest.starts_with("//")) {
        return TargetError::bad_target;
    }
    rest.remove_prefix(2);
    const auto ends_authority = [](char c) { return c == '/' || c == '?'; };
    const auto authority_end = std::find_if(rest.begin(), rest.end(), ends_authority);
    const auto authority_size = static_cast<std::size_t>(authority_end - rest.begin());
    into.path = rest.substr(authority_size);
    // RFC 9112 3.2.4: an OPTIONS without path and query means the server as a whole.
    if (into.path.empty()) into.path = head.method == "OPTIONS" ? "*" : "/";
    const std::string_view authority = rest.substr(0, authority_size);
    const TargetError error = forget_http_port(read_authority(authority, into), into);
    if (error != TargetError::none || head.host.empty() || head.host == authority) return error;
    // What Host says does not count, but it has to be a host (RFC 9112 3.2).
    Authority ignored;
    return parse_authority(head.host, ignored);
}

TargetError read_origin_form(const Head& head, Destination& into) {
    into.scheme = "http";
    into.path = head.target;
    if (head.host.empty()) return TargetError::missing_host;
    return forget_http_port(read_authority(head.host, into), into);
}

/// The authority-form of RFC 9112 3.2.3, where the port is not optional.
TargetError read_connect(const Head& head, Destination& into) {
    const TargetError error = read_authority(head.target, into);
    if (error != TargetError::none) return error;
    return into.port == 0 ? TargetError::bad_port : TargetError::connect;
}

}  // namespace

TargetError parse_destination(const Head& head, Destination& into) {
    into.scheme = {};
    into.host.clear();
    into.port = 0;
    into.path = {};
    if (head.method == "CONNECT") return read_connect(head, into);

    if (!is_clean(head.target)) return TargetError::bad_target;
    if (head.target.starts_with('/')) return read_origin_form(head, into);
    if (head.target == "*") {
        return head.method == "OPTIONS" ? read_origin_form(head, into) : TargetError::bad_target;
    }
    return read_absolute_form(head, into);
}

TargetError parse_authority(std::string_view text, Authority& into) {
    into.host.clear();
    into.port = 0;
    return read_authority(text, into);
}

std::string_view to_text(TargetError error) {
    switch (error) {
        case TargetError::none:
            return "no error";
        case TargetError::connect:
            return "the method is CONNECT, which asks for a tunnel; Countersign adds the TLS "
                   "itself: send "
                   "the request with an http:// URL";
        case TargetError::bad_target:
            return "its target is neither a URL (http://HOST/PATH) nor a path, or has a '#' or a "
                   "character that none may have";
        case TargetError::user_info:
            return "its URL or Host field has a user name or a password before an '@', which is "
                   "not passed on";
        case TargetError::no_host:
            return "its URL or Host field has nothing where the host should stand";
        case TargetError::bad_host:
            return "the host in its URL or Host field is neither a DNS name nor an IP address";
        case TargetError::bad_port:
            return "the port in its URL or Host field is no number from 1 to 65535";
        case TargetError::missing_host:
            return "its target is a path, and no Host field names the host";
    }
    return "unknown error";
}

}  // namespace countersign::proxy::http
