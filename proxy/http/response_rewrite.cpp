#include "proxy/http/response_rewrite.hpp"

#include <algorithm>
#include <charconv>

#include "profiles/host_pattern.hpp"
#include "proxy/http/field_value.hpp"

namespace countersign::proxy::http {

namespace {

/// "host:port" of a URL; the scheme's own port where there is none. 0: it is no such thing.
std::uint16_t split_authority(std::string_view text, bool https, std::string& host) {
    const std::size_t bracket = text.find(']');
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto normal = profiles::normalise_host(text.substr(0, colon));
    if (!normal) return 0;
    host = *normal;
    const std::string_view digits = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    std::uint16_t port = https ? 443 : 80;
    if (digits.empty()) return port;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return error == std::errc{} && stop == digits.data() + digits.size() ? port : std::uint16_t{0};
}

/// Whether a cookie's Domain has the host in it.
bool covers(std::string_view domain, std::string_view host) {
    if (domain.starts_with('.')) domain.remove_prefix(1);
    if (domain.empty() || domain.size() > host.size()) return false;
    const std::size_t before = host.size() - domain.size();
    return same_ignoring_case(host.substr(before), domain) &&
           (before == 0 || host[before - 1] == '.');
}

/// What a client asks for of a URL's rest, behind its authority.
std::string requested(std::string_view rest) {
    std::string path{rest.substr(0, rest.find('#'))};
    if (!path.starts_with('/')) path.insert(0, 1, '/');
    return path;
}

/// The URL in a Refresh, which no RFC has: seconds, ';' or ',', "url=", and a URL, which quotes may
/// be around. Empty where it is written otherwise, as browsers read it in their own ways.
std::string_view url_of_refresh(std::string_view value) {
    const auto skip = [&value](std::string_view these) {
        const std::size_t to = std::min(value.find_first_not_of(these), value.size());
        value.remove_prefix(to);
        return to > 0;
    };
    if (!skip("0123456789")) return {};
    skip(" \t");
    if (value.empty() || (value.front() != ';' && value.front() != ',')) return {};
    value.remove_prefix(1);
    skip(" \t");
    if (!starts_ignoring_case(value, "url")) return {};
    value.remove_prefix(3);
    skip(" \t");
    if (!value.starts_with('=')) return {};
    value.remove_prefix(1);
    skip(" \t");
    if (value.starts_with('"') || value.starts_with('\'')) {
        const char quote = value.front();
        value.remove_prefix(1);
        if (value.find(quote) != value.size() - 1 || value.empty()) return {};
        value.remove_suffix(1);
    }
    return value.find_first_of("\"' \t") == value.npos ? value : std::string_view{};
}

}  // namespace

bool ResponseRewrite::apply(const Field& field, std::uint16_t status, std::string& out) const {
    if (rules.location && same_ignoring_case(field.name, "location")) {
        return apply_to_location(field.value, status, out);
    }
    if (rules.location && same_ignoring_case(field.name, "refresh")) {
        return apply_to_refresh(field.value, out);
    }
    const bool cookies = rules.cookie_domain || rules.cookie_secure;
    return cookies && same_ignoring_case(field.name, "set-cookie") &&
           apply_to_cookie(field.value, out);
}

bool ResponseRewrite::apply_to_location(
    std::string_view value, std::uint16_t status, std::string& out
) const {
    const bool https = starts_ignoring_case(value, "https://");
    const bool relative = value.starts_with("//");
    if (!https && !relative && !starts_ignoring_case(value, "http://")) return false;
    std::string_view rest = value.substr(value.find("//") + 2);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    rest.remove_prefix(authority.size());
    std::string host;
    const std::uint16_t port = split_authority(authority, https || relative, host);
    // http:// without a port: what a server says that does not know of the TLS in front of it.
    const bool same_port = port == upstream_port || (!https && port == 80);
    const bool of_upstream = host == upstream_host && same_port;
    if (of_upstream) {
        out = client_authority;
    } else if (plain != nullptr && port != 0 && (https || relative)) {
        out = plain->authority_of(host, port, requested(rest), status);
        if (out.empty()) return false;
    } else {
        return false;
    }
    if (!out.empty()) {
        out.insert(0, "http://");
    } else {
        if (!rest.starts_with('/')) out = "/";
        // "//host" and "/\\host" would be another authority (RFC 3986 4.2).
        if (rest.starts_with("//") || rest.starts_with("/\\")) out = "/.";
    }
    out += rest;
    return true;
}

bool ResponseRewrite::apply_to_refresh(std::string_view value, std::string& out) const {
    constexpr std::uint16_t kSeeOther = 303;  // it is followed as that is: by GET
    const std::string_view url = url_of_refresh(value);
    std::string other;
    if (url.empty() || !apply_to_location(url, kSeeOther, other)) return false;
    const auto before = static_cast<std::size_t>(url.data() - value.data());
    out = value.substr(0, before);
    out += other;
    out += value.substr(before + url.size());
    return true;
}

bool ResponseRewrite::apply_to_cookie(std::string_view value, std::string& out) const {
    std::string_view rest = value;
    bool needs_secure =
        starts_ignoring_case(value, "__Secure-") || starts_ignoring_case(value, "__Host-");
    bool changed = false;
    bool first = true;
    out.clear();
    const auto is_secure = [](std::string_view part) { return same_ignoring_case(part, "secure"); };
    const auto next = [](std::string_view& from) {
        const std::size_t end = std::min(from.find(';'), from.size());
        const std::string_view part = from.substr(0, end);
        from.remove_prefix(std::min(end + 1, from.size()));
        return part;
    };
    for (std::string_view look = value; !look.empty();) {
        std::string_view part = trim(next(look));
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) {
            needs_secure = needs_secure || same_ignoring_case(part, "partitioned");
            continue;
        }
        const bool same_site = same_ignoring_case(trim(part.substr(0, equals)), "samesite");
        if (same_site && same_ignoring_case(trim(part.substr(equals + 1)), "none")) {
            needs_secure = true;
        }
    }
    while (!rest.empty()) {
        const std::string_view part = next(rest);
        const std::string_view word = trim(part);
        const std::size_t equals = word.find('=');
        const std::string_view name = trim(word.substr(0, equals));
        const bool is_domain = !first && equals != word.npos && same_ignoring_case(name, "domain");
        const std::string_view value_of = is_domain ? trim(word.substr(equals + 1)) : "";
        const bool domain = covers(value_of, upstream_host) && !covers(value_of, client_host);
        const bool drop = (!first && rules.cookie_secure && !needs_secure && is_secure(word)) ||
                          (rules.cookie_domain && domain);
        changed = changed || drop;
        if (!drop) {
            if (!first) out += ';';
            out += part;
        }
        first = false;
    }
    return changed;
}

}  // namespace countersign::proxy::http
