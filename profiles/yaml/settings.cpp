#include "profiles/yaml/settings.hpp"

#include <algorithm>

#include "profiles/units.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/networks.hpp"
#include "profiles/yaml/paths.hpp"
#include "profiles/yaml/scalars.hpp"

namespace countersign::profiles {
namespace {

constexpr std::uint32_t kMostWorkers = 1024;
constexpr std::uint64_t kLeastHeaderBytes = 1024;
constexpr std::uint64_t kMostHeaderBytes = 16 * 1024 * 1024;
constexpr std::uint32_t kMostHeaders = 10'000;

auto size_from(std::uint64_t least, std::uint64_t most) {
    return [=](const YamlField& field) { return as_size(field, least, most); };
}

/// The word or a path. One with neither '/' nor '.' is rather a word mistyped: 'stdot', 'false'.
std::optional<std::string> as_access_target(const YamlField& field) {
    constexpr std::string_view kExpected =
        "stdout, stderr, off or a file's path, such as ./access.log";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    if (*text == "stdout" || *text == "stderr" || *text == "off") return std::string{*text};
    if (text->find_first_of("/.") == text->npos) {
        field.unexpected(kExpected);
        return std::nullopt;
    }
    const auto path = as_path(field);
    return path ? std::optional{path->string()} : std::nullopt;
}

void warn_of_metadata(const std::vector<Network>& deny, const YamlField& field) {
    const auto metadata = IpAddress::v4({169, 254, 169, 254});
    const auto denies = [&](const Network& network) { return network.contains(metadata); };
    if (std::ranges::any_of(deny, denies)) return;
    field.report().warn(
        field.place(), field.path() + ": upstream connections may reach 169.254.169.254, the " +
                           "clouds' metadata service, which gives out credentials"
    );
}

}  // namespace

std::optional<std::uint32_t> as_workers(const YamlField& field) {
    const auto& node = field.node();
    if (node.kind == YamlNode::Kind::scalar && node.text == "auto") return 0;
    const bool digits = node.kind == YamlNode::Kind::scalar &&
                        node.text.find_first_of("0123456789") != node.text.npos;
    if (digits) return number_from(1U, kMostWorkers)(field);
    field.unexpected("auto or a number from 1 to 1024");
    return std::nullopt;
}

AddressRules read_address_rules(const YamlField& field) {
    AddressRules rules;
    YamlMap map{field, "a map with deny"};
    const auto deny = map.find("deny");
    if (const auto networks = deny ? as_networks(*deny) : std::nullopt) {
        rules.deny = *networks;
        warn_of_metadata(rules.deny, *deny);
    }
    map.read("tunnel_private", rules.tunnel_private, as_bool);
    return rules;
}

Limits read_limits(const YamlField& field) {
    Limits limits;
    YamlMap map{field, "a map with keys such as header_bytes"};
    map.read("header_bytes", limits.header_bytes, size_from(kLeastHeaderBytes, kMostHeaderBytes));
    map.read("header_count", limits.header_count, number_from(1U, kMostHeaders));
    map.read(
        "client_connections", limits.client_connections, number_from(1U, kMostClientConnections)
    );
    map.read(
        "client_connections_per_address", limits.client_connections_per_address,
        number_from(0U, kMostClientConnections)
    );
    map.read("body_bytes", limits.body_bytes, size_from(0, kAnySize));
    map.read("tunnel_idle", limits.tunnel_idle, as_time_limit);
    map.read("client_idle", limits.client_idle, as_time_limit);
    map.read("client_head", limits.client_head, as_time_limit);
    map.read("client_min_rate", limits.client_min_rate, size_from(0, kAnySize));
    map.read("buffered", limits.buffered, size_from(0, kAnySize));
    return limits;
}

LogRules read_log_rules(const YamlField& field) {
    LogRules rules;
    YamlMap map{field, "a map with keys such as level"};
    map.read("level", rules.level, one_of(kLogLevels));
    map.read("format", rules.format, one_of(kLogFormats));
    map.read("access", rules.access, as_access_target);
    map.read("query", rules.query, as_bool);
    return rules;
}

ShutdownRules read_shutdown_rules(const YamlField& field) {
    ShutdownRules rules;
    YamlMap map{field, "a map with delay and drain"};
    map.read("delay", rules.delay, as_duration);
    map.read("drain", rules.drain, as_duration);
    return rules;
}

bool read_watch_configuration(const YamlField& field) {
    bool watches = Configuration{}.watch_configuration;
    YamlMap map{field, "a map with watch_configuration"};
    map.read("watch_configuration", watches, as_bool);
    return watches;
}

}  // namespace countersign::profiles
