#include "proxy/http/upgrade.hpp"

#include <algorithm>

#include "proxy/http/field_value.hpp"

namespace countersign::proxy::http {

namespace {

bool is_whole_token(std::string_view text) {
    const char* const end = text.data() + text.size();
    return !text.empty() && find_token_end(text.data(), end) == end;
}

/// A name, and perhaps a version behind a "/".
bool is_protocol(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos && !is_whole_token(text.substr(slash + 1))) return false;
    return is_whole_token(text.substr(0, slash));
}

/// Another HTTP (h2c, h2c-14, HTTP/2.0): its requests would go past the profile's paths and
/// methods.
bool is_http(std::string_view protocol) {
    return starts_ignoring_case(protocol, "h2") || starts_ignoring_case(protocol, "http");
}

bool lists(std::string_view protocols, std::string_view wanted) {
    ListElements elements(protocols);
    std::string_view element;
    while (elements.next(element)) {
        if (same_ignoring_case(element, wanted)) return true;
    }
    return false;
}

}  // namespace

std::string_view wanted_protocols(const Head& request, std::string_view value) {
    const bool has_body = request.framing == Framing::chunked || request.content_length > 0;
    if (request.minor_version == 0 || has_body) return {};
    const auto is_upgrade = [](std::string_view option) {
        return same_ignoring_case(option, "upgrade");
    };
    const auto& options = request.connection_options;
    if (std::none_of(options.begin(), options.end(), is_upgrade)) return {};
    ListElements elements(value);
    std::string_view element;
    while (elements.next(element)) {
        if (!is_protocol(element) || is_http(element)) return {};
    }
    return value;
}

bool are_among(std::string_view chosen, std::string_view wanted) {
    ListElements elements(chosen);
    std::string_view element;
    while (elements.next(element)) {
        if (element.empty() || !lists(wanted, element)) return false;
    }
    return true;
}

}  // namespace countersign::proxy::http
