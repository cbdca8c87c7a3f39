#include "profiles/yaml/address_parts.hpp"

#include <algorithm>

#include "profiles/host_pattern.hpp"
#include "profiles/matching/path_prefix.hpp"
#include "profiles/units.hpp"

namespace countersign::profiles {
namespace {

std::string_view without_brackets(std::string_view host) {
    const bool has = host.size() > 2 && host.front() == '[' && host.back() == ']';
    return has ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

std::string yaml_value(std::string_view text) {
    const bool plain = text.find_first_of("*:") == text.npos;
    return plain ? std::string{text} : "\"" + std::string{text} + "\"";
}

std::string host_and_keys(std::string_view text) {
    const auto whole = text.size();
    if (const auto scheme = text.find("://"); scheme != text.npos) text.remove_prefix(scheme + 3);
    text = text.substr(0, text.find_first_of("?#"));
    const auto slash = std::min(text.find('/'), text.size());
    // What stands in front of it may be a name and a password with a '/' in it.
    if (text.find('@', slash) != text.npos && text.rfind('@', slash) == text.npos) return {};
    auto path = text.substr(slash);
    auto host = text.substr(0, slash);
    if (const auto at = host.rfind('@'); at != host.npos) host.remove_prefix(at + 1);

    std::string_view port;
    const auto colon = host.rfind(':');
    const bool has_port = colon != host.npos && host.back() != ']' &&
                          (host.front() == '[' || host.find(':') == colon);
    if (has_port) {
        port = host.substr(colon + 1);
        host = host.substr(0, colon);
    }
    host = without_brackets(host);
    if (host.size() == whole || !HostPattern::parse(host)) return {};
    const auto number = has_port ? parse_number(port) : 0;
    if (!number || *number > 65535) return {};

    std::string keys;
    if (has_port) keys += "ports: [" + std::string{port} + "]";
    while (path.ends_with('/')) path.remove_suffix(1);
    // One with a ':' or an '@' may be a password that was cut elsewhere.
    const bool sayable =
        !path.empty() && path.find_first_of(":@") == path.npos && PathPrefix::parse(path);
    if (sayable) keys += (has_port ? " and paths: [" : "paths: [") + std::string{path} + "]";
    if (keys.empty()) return yaml_value(host);
    const bool both = has_port && sayable;
    return yaml_value(host) + " here, and " + keys + (both ? " as keys" : " as a key") +
           " of the profile, for all its hosts";
}

}  // namespace countersign::profiles
