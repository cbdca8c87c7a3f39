#include "profiles/yaml_reader.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "profiles/yaml/admin.hpp"
#include "profiles/yaml/certificates.hpp"
#include "profiles/yaml/clients.hpp"
#include "profiles/yaml/console_directory.hpp"
#include "profiles/yaml/files.hpp"
#include "profiles/yaml/listen_address.hpp"
#include "profiles/yaml/listeners.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/parser.hpp"
#include "profiles/yaml/process_user.hpp"
#include "profiles/yaml/profiles.hpp"
#include "profiles/yaml/scalars.hpp"
#include "profiles/yaml/settings.hpp"

namespace countersign::profiles {
namespace {

/// Nobody asked for the default address: a listener that has it keeps it.
void give_way(AdminRules& admin, const std::vector<Listener>& listeners) {
    if (!admin.is_default || !admin.listener) return;
    const auto taken = std::ranges::find(listeners, admin.listener->address, &Listener::address);
    if (taken != listeners.end()) admin.listener.reset();
}

/// The certificates come before the profiles, which refer to them, whatever their order in the
/// file.
Configuration read_document(const YamlField& document, bool& sound_records) {
    Configuration configuration;
    YamlMap map{document, kDocument};
    configuration.listeners = {default_listener()};
    const auto listeners = map.find("listeners");
    if (listeners) configuration.listeners = read_listeners(*listeners);

    RecordNames records;
    if (const auto field = map.find("certificates")) {
        configuration.certificates = read_certificates(*field, records);
    }
    sound_records = records.any_sound();
    KnownNames known;
    known.default_listener = !listeners;
    for (const auto& listener : configuration.listeners) known.listeners.push_back(listener.name);
    if (const auto field = map.find("clients")) {
        configuration.clients = read_clients(*field);
        known.clients = names_in(*field);
    }
    const auto profiles = map.find("profiles");
    if (profiles) {
        configuration.profiles =
            read_profiles(*profiles, records, known, configuration.listener_kinds());
    }
    if (listeners) {
        check_fixed_listeners(
            *listeners, configuration.listeners, configuration.profiles,
            profiles ? names_in(*profiles) : std::vector<std::string>{}
        );
    }

    map.read("unmatched", configuration.unmatched, one_of(kUnmatchedRules));
    if (const auto field = map.find("addresses"))
        configuration.addresses = read_address_rules(*field);
    if (const auto field = map.find("limits")) configuration.limits = read_limits(*field);
    map.read("workers", configuration.workers, as_workers);
    if (const auto field = map.find("log")) configuration.log = read_log_rules(*field);
    map.read("trace", configuration.trace, one_of(kTraceRules));
    if (const auto field = map.find("shutdown"))
        configuration.shutdown = read_shutdown_rules(*field);
    if (const auto field = map.find("reload"))
        configuration.watch_configuration = read_watch_configuration(*field);
    if (const auto field = map.find("admin"))
        configuration.admin = read_admin_rules(*field, configuration.listeners, records);
    give_way(configuration.admin, configuration.listeners);
    if (const auto field = map.find("console"))
        configuration.console = read_console_rules(*field, configuration.admin);
    const auto& tls = configuration.admin.tls;
    const bool has_users = configuration.console.enabled && configuration.console.users;
    if (tls && !tls->trust.empty() && !has_users) {
        map.find("admin")->problem(
            "tls.trust says whose certificates are taken of who asks; who they are, and what they "
            "may, stands in console.users, with console: { enabled: true }, and there is none"
        );
    }
    map.read("sandbox", configuration.sandbox, one_of(kSandboxRules));
    if (const auto field = map.find("user")) configuration.user = as_process_user(*field);
    for (const auto* key : {"http_port", "listen", "port", "bind"}) {
        map.refuse(
            key,
            "unknown key; where to listen is written listeners: [{ name: apps, address: "
            "127.0.0.1:3128 }]"
        );
    }
    return configuration;
}

ReadResult<Configuration> read_tree(const std::optional<YamlNode>& root, YamlReport& report) {
    Configuration configuration;
    bool sound_records = false;
    if (root) {
        configuration = read_document(YamlField{*root, root->place, "", report}, sound_records);
    }
    if (report.problem_count() > 0) {
        Problems problems = report.take_problems();
        problems.unopened_stores = sound_records;
        return problems;
    }
    configuration.warnings = report.take_warnings();
    return configuration;
}

}  // namespace

ReadResult<Configuration> read_configuration(const std::filesystem::path& path) {
    YamlReport report;
    auto root = load_yaml(path, report);
    if (root) join_console_directory(*root, nullptr, report);
    return read_tree(root, report);
}

ReadResult<Configuration> read_configuration_with(
    const std::filesystem::path& path, const ConsoleFile& file
) {
    YamlReport report;
    auto root = load_yaml(path, report);
    if (root) join_console_directory(*root, &file, report);
    return read_tree(root, report);
}

std::optional<std::filesystem::path> read_console_directory(const std::filesystem::path& path) {
    YamlReport not_asked;
    const auto root = load_yaml(path, not_asked);
    return root ? console_directory_in(*root) : std::nullopt;
}

ReadResult<AdminAlone> read_admin(const std::filesystem::path& path, bool with_token) {
    YamlReport report;
    auto root = load_yaml(path, report);
    if (!root) return report.take_problems();
    AdminAlone rules;
    YamlReport not_asked;  // what is wrong with records and listeners
    join_console_directory(*root, nullptr, not_asked);
    auto& entries = root->entries;
    RecordNames names;
    std::vector<CertificateRecord> records;
    const auto all = std::ranges::find(entries, "certificates", &YamlEntry::key);
    if (all != entries.end()) {
        records =
            read_certificates({all->value, all->value.place, "certificates", not_asked}, names);
    }
    const auto entry = std::ranges::find(entries, "admin", &YamlEntry::key);
    if (entry != entries.end()) {
        YamlNode& admin = entry->value;
        if (!with_token)
            std::erase_if(admin.entries, [](const YamlEntry& one) { return one.key == "token"; });
        static_cast<AdminRules&>(rules) =
            read_admin_rules({admin, admin.place, "admin", report}, {}, names);
    }
    if (report.problem_count() > 0) return report.take_problems();
    if (rules.tls) {
        const auto shown =
            std::ranges::find(records, rules.tls->key_store, &CertificateRecord::name);
        if (shown != records.end()) rules.shown = std::move(*shown);
    }
    const auto list = std::ranges::find(entries, "listeners", &YamlEntry::key);
    if (list != entries.end()) {
        give_way(rules, read_listeners({list->value, list->value.place, "listeners", not_asked}));
    }
    return rules;
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
    return listen_address_of(text);
}

ReadResult<Configuration> read_configuration_text(
    std::string_view text, const std::filesystem::path& file
) {
    YamlReport report;
    const auto root = parse_yaml(text, std::make_shared<const std::string>(file.string()), report);
    return read_tree(root, report);
}

}  // namespace countersign::profiles
