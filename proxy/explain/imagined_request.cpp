#include "proxy/explain/imagined_request.hpp"

#include <algorithm>

#include "certs/text/ascii.hpp"
#include "profiles/host_pattern.hpp"

namespace countersign::proxy::explain {

namespace {

/// A URL as a client of the proxy would send it: without its fragment, and an international name as
/// A-labels.
std::string as_sent(std::string url) {
    url.resize(std::min(url.find('#'), url.size()));
    const std::size_t scheme = url.find("://");
    if (scheme == std::string::npos) return url;
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(url.find_first_of(":/?", begin), url.size());
    const std::string host = url.substr(begin, end - begin);
    const auto normal = certs::is_ascii(host) ? std::nullopt : profiles::normalise_host(host);
    return normal ? url.replace(begin, host.size(), *normal) : url;
}

}  // namespace

std::string head_text(const ImaginedRequest& asked) {
    const std::string url = as_sent(asked.url);
    const std::size_t scheme = url.find("://");
    std::string host;
    if (scheme != std::string::npos) {
        host = url.substr(scheme + 3);
        host.resize(std::min(host.find_first_of("/?"), host.size()));
    }
    std::string text = asked.method + " " + url + " HTTP/1.1\r\n";
    const auto is_host = [](const std::string& header) {
        return certs::starts_ignoring_case(header, "host:");
    };
    if (std::none_of(asked.headers.begin(), asked.headers.end(), is_host)) {
        text += "Host: " + host + "\r\n";
    }
    for (const std::string& header : asked.headers) text += header + "\r\n";
    return text + "\r\n";
}

}  // namespace countersign::proxy::explain
