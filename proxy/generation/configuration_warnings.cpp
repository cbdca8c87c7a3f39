#include "proxy/generation/configuration_warnings.hpp"

#include "certs/file_exposure.hpp"
#include "certs/printable.hpp"

namespace countersign::proxy::generation {

namespace {

void add_dangers(std::vector<std::string>& warnings, const profiles::Profile& profile) {
    for (const profiles::DangerSwitch& one : profiles::kDangerSwitches) {
        if (!profile.tls.dangers.has(one.danger)) continue;
        std::string text = at(profile.where) + "profile '" + profile.name + "': tls.";
        text += one.key;
        text += ": ";
        text += one.means;
        warnings.push_back(std::move(text));
    }
    if (!profile.tls.key_log) return;
    std::string text = at(profile.where) + "profile '" + profile.name + "': tls.";
    text += profiles::kKeyLog;
    text += ": " + certs::printable(profile.tls.key_log->string());
    warnings.push_back(text += profiles::kKeyLogMeans);
}

void add_open_folder(std::vector<std::string>& warnings, const profiles::ConsoleRules& console) {
    if (!console.directory) return;
    const std::string warning = certs::open_folder_warning(
        *console.directory, "and so add profiles and key stores to the configuration"
    );
    if (!warning.empty()) warnings.push_back("console.directory: " + warning);
}

}  // namespace

std::vector<std::string> warnings_of(const profiles::Configuration& configuration) {
    std::vector<std::string> warnings;
    for (const profiles::Warning& warning : configuration.warnings) {
        warnings.push_back(at(warning.where) + warning.text);
    }
    const bool refuses_all = configuration.profiles.empty() &&
                             configuration.unmatched == profiles::UnmatchedRule::reject;
    if (refuses_all) {
        warnings.emplace_back(
            "there are no profiles, so every request is refused; add one, such as profiles: "
            "[{ name: partner, hosts: [api.partner.example] }]"
        );
    }
    for (const profiles::Profile& profile : configuration.profiles) add_dangers(warnings, profile);
    add_open_folder(warnings, configuration.console);
    return warnings;
}

}  // namespace countersign::proxy::generation
