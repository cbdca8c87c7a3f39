#include "proxy/upstream/revocation/http_url.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "profiles/host_pattern.hpp"

namespace countersign::proxy::upstream::revocation {

namespace {

constexpr std::string_view kHttp = "http://";

bool begins_with_http(std::string_view text) {
    const auto lower = [](char one) {
        return one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one;
    };
    return text.size() > kHttp.size() &&
           std::ranges::equal(kHttp, text.substr(0, kHttp.size()), {}, {}, lower);
}

std::optional<std::uint16_t> port_in(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && port != 0 ? std::optional{port} : std::nullopt;
}

}  // namespace

std::optional<HttpUrl> HttpUrl::parse(std::string_view text) {
    const bool printable =
        std::ranges::all_of(text, [](char one) { return one > ' ' && one < 0x7F; });
    if (!printable || !begins_with_http(text)) return std::nullopt;
    text.remove_prefix(kHttp.size());
    text = text.substr(0, text.find('#'));
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    std::string_view at = text.substr(0, end);
    HttpUrl url;
    const std::size_t colon = at.rfind(':');
    if (colon != std::string_view::npos && at.find(']', colon) == std::string_view::npos) {
        const auto port = port_in(at.substr(colon + 1));
        if (!port) return std::nullopt;
        url.port = *port;
        at = at.substr(0, colon);
    }
    auto host = profiles::normalise_host(at);  // takes no '@' either
    if (!host) return std::nullopt;
    url.host = std::move(*host);
    const std::string_view target = text.substr(end);
    url.target = target.starts_with('/') ? std::string{target} : "/" + std::string{target};
    return url;
}

}  // namespace countersign::proxy::upstream::revocation
