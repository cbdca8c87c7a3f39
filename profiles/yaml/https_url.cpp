#include "profiles/yaml/https_url.hpp"

#include <algorithm>
#include <string_view>

#include "profiles/yaml/host_port.hpp"

namespace countersign::profiles {

namespace {

constexpr std::string_view kScheme = "https://";

/// Whether a request line can have it as it stands.
bool is_path(std::string_view path) {
    return std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
}

std::optional<HostPort> read_authority(std::string_view text) {
    const bool has_port = text.find(':', text.rfind(']') + 1) != text.npos;  // npos + 1 is 0
    const auto parts = has_port ? split_host_port(text, 1) : HostPortText{text, 443};
    const auto host = parts ? normalise_host(parts->host) : std::nullopt;
    return host ? std::optional{HostPort{*host, parts->port}} : std::nullopt;
}

}  // namespace

std::optional<HttpsUrl> as_https_url(const YamlField& field) {
    constexpr std::string_view kExpected = "a URL such as https://api.partner.example/health";
    if (field.node().kind == YamlNode::Kind::null) return std::nullopt;
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    if (text->starts_with(kScheme)) {
        const std::string_view rest = text->substr(kScheme.size());
        const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
        const auto at = read_authority(rest.substr(0, end));
        const std::string path{rest.substr(end)};
        if (at && is_path(path)) return HttpsUrl{*at, path.starts_with('/') ? path : "/" + path};
    }
    field.unexpected(kExpected);
    return std::nullopt;
}

}  // namespace countersign::profiles
