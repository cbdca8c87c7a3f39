#include "proxy/commands/check.hpp"

#include <cerrno>
#include <chrono>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/text/phrase.hpp"
#include "proxy/admin/generation_document.hpp"
#include "proxy/client/listening_problem.hpp"
#include "proxy/client/socket_access.hpp"
#include "proxy/commands/as_user.hpp"
#include "proxy/commands/lint_records.hpp"
#include "proxy/commands/print_document.hpp"
#include "proxy/commands/profile_table.hpp"
#include "proxy/generation/crl_findings.hpp"
#include "proxy/generation/load.hpp"
#include "proxy/generation/refused_identities.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/server/descriptor_limit.hpp"

namespace countersign::proxy::commands {

namespace {

namespace json = boost::json;

/// `generation`: null where there is none, because of the problems.
void print_json(
    const std::vector<std::string>& problems, const std::vector<std::string>& warnings,
    const std::vector<std::string>& notes, const generation::Generation* generation,
    std::chrono::system_clock::time_point now
) {
    json::object document{
        {"problems", json_list(problems)},
        {"warnings", json_list(warnings)},
        {"notes", json_list(notes)},
    };
    if (generation == nullptr) {
        document["profiles"] = json::array();
        document["certificates"] = json::array();
        return print_document(document);
    }
    const profiles::Configuration& configuration = generation->configuration();
    document["profiles"] = admin::profile_objects(*generation, now);
    document["listeners"] = admin::listener_objects(configuration);
    document["unmatched"] =
        json_text(certs::word_for(profiles::kUnmatchedRules, configuration.unmatched));
    document["tunnel_private"] = configuration.addresses.tunnel_private;
    document["certificates"] = admin::certificate_objects(*generation, now);
    print_document(document);
}

/// Whether `run` could listen, asked of the system. Where the address is in use, that may be by the
/// proxy that runs with this very configuration: no problem of it. `otherwise`: what would come of
/// it if not. Whether it is in use.
bool look_at_listener(
    const profiles::Listener& listener, std::string_view otherwise,
    std::vector<std::string>& problems, std::vector<std::string>& notes
) {
    if (std::string problem = client::group_problem(listener); !problem.empty()) {
        problems.push_back(std::move(problem));
    }
    const int obstacle = client::listening_obstacle(listener);
    if (obstacle == EADDRINUSE) {
        notes.push_back(
            "listener '" + listener.name + "': " + profiles::to_text(listener.address) +
            " is in use now; unless that is by Countersign with this configuration, or by the "
            "service manager for it, " +
            std::string{otherwise}
        );
    } else if (obstacle != 0) {
        problems.push_back(client::listening_failure(listener, obstacle));
    }
    return obstacle == EADDRINUSE;
}

void look_at_listeners(
    const profiles::Configuration& configuration, std::vector<std::string>& problems,
    std::vector<std::string>& notes
) {
    constexpr std::string_view kNoStart = "it cannot start";
    bool one_runs = false;
    for (const profiles::Listener& listener : configuration.listeners) {
        one_runs |= look_at_listener(listener, kNoStart, problems, notes);
    }
    // The one thing that no reload changes.
    if (one_runs && configuration.workers != 0) {
        notes.emplace_back(
            "workers: a proxy that runs keeps the number with which it was started; a change takes "
            "a restart"
        );
    }
    const profiles::AdminRules& admin = configuration.admin;
    if (!admin.listener) return;
    const std::string_view otherwise =
        admin.is_default ? "it runs without an admin address" : kNoStart;
    look_at_listener(*admin.listener, otherwise, problems, notes);
}

std::string verdict(std::size_t problems, std::size_t warnings) {
    if (problems == 0 && warnings == 0) return "all is well";
    std::string text = problems == 0 ? "no problem" : std::to_string(problems) + " problem(s)";
    if (warnings > 0) text += ", " + certs::counted(warnings, "warning");
    return text;
}

}  // namespace

int check_command(const std::filesystem::path& configuration, bool json) {
    const auto now = std::chrono::system_clock::now();
    const auto generation =
        generation::load(configuration, nullptr, {}, as_user(configuration, NotRoot::stays));
    std::vector<std::string> problems;
    std::vector<std::string> warnings;
    std::vector<std::string> notes;
    if (generation) {
        const profiles::Configuration& read = (*generation)->configuration();
        warnings = (*generation)->warnings();
        lint_records(**generation, now, problems, warnings);
        if (std::string problem = log::AccessLog::problem(read.log); !problem.empty()) {
            problems.push_back(std::move(problem));
        }
        notes = (*generation)->notes();
        look_at_listeners(read, problems, notes);
        std::string shortage =
            server::descriptor_shortage(read, server::possible_descriptor_limit());
        if (!shortage.empty()) notes.push_back(std::move(shortage));
        const auto take = [&](std::vector<generation::ExpiryFinding> findings) {
            for (generation::ExpiryFinding& finding : findings) {
                (finding.grave ? problems : warnings).push_back(std::move(finding.sentence));
            }
        };
        take(generation::expiry_findings((*generation)->terms(), now));
        take(generation::crl_findings(**generation, now));
        take(generation::refused_identities(**generation));
    } else {
        problems = generation.error().lines;
        if (!generation.error().hint.empty()) notes.emplace_back(generation.error().hint);
    }
    if (json) {
        print_json(problems, warnings, notes, generation ? generation->get() : nullptr, now);
        return problems.empty() ? 0 : 1;
    }
    for (const std::string& problem : problems) std::cout << "problem: " << problem << '\n';
    for (const std::string& warning : warnings) std::cout << "warning: " << warning << '\n';
    for (const std::string& note : notes) std::cout << "note: " << note << '\n';
    if (generation) {
        for (const std::string& line : profile_table(**generation, now)) std::cout << line << '\n';
        for (const std::string& line : beside_profiles(**generation)) {
            std::cout << line << '\n';
        }
    }
    std::cout << configuration.string() << ": " << verdict(problems.size(), warnings.size())
              << '\n';
    return problems.empty() ? 0 : 1;
}

}  // namespace countersign::proxy::commands
