#include "proxy/commands/check.hpp"

#include <chrono>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "certs/certificate.hpp"
#include "proxy/commands/lint_records.hpp"
#include "proxy/commands/load.hpp"
#include "proxy/commands/profile_table.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/log/json_text.hpp"
#include "proxy/server/descriptor_limit.hpp"

namespace countersign::proxy {

namespace {

std::string json_list(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items) out += (out.size() > 1 ? ", " : "") + json_string(item);
    return out + "]";
}

/// Every certificate with its end, for programs that watch over them.
std::string json_certificates(
    const std::vector<CertificateTerm>& terms, std::chrono::system_clock::time_point now
) {
    std::string out;
    for (const CertificateTerm& term : terms) {
        out += (out.empty() ? "" : ", ") + std::string{"{\"record\": "} + json_string(term.record) +
               ", \"role\": " + json_string(to_text(term.role)) +
               ", \"subject\": " + json_string(term.subject) +
               ", \"sha256\": " + json_string(term.fingerprint) +
               ", \"not_before\": " + json_string(certs::to_text(term.not_before)) +
               ", \"not_after\": " + json_string(certs::to_text(term.not_after)) +
               ", \"days_left\": " + std::to_string(days_left(term, now)) + "}";
    }
    return out;
}

std::string joined(const std::vector<std::string>& objects) {
    std::string out;
    for (const std::string& object : objects) out += (out.empty() ? "" : ", ") + object;
    return out;
}

/// `generation`: null where there is none, because of the problems.
void print_json(
    const std::vector<std::string>& problems, const std::vector<std::string>& warnings,
    const std::vector<std::string>& notes, const Generation* generation,
    std::chrono::system_clock::time_point now
) {
    std::cout << "{\"problems\": " << json_list(problems)
              << ", \"warnings\": " << json_list(warnings) << ", \"notes\": " << json_list(notes);
    if (generation == nullptr) {
        std::cout << ", \"profiles\": [], \"certificates\": []}\n";
        return;
    }
    const profiles::Configuration& configuration = generation->configuration();
    std::cout << ", \"profiles\": [" << joined(profile_objects(*generation, now))
              << "], \"listeners\": [" << joined(listener_objects(configuration))
              << "], \"unmatched\": " << json_string(to_text(configuration.unmatched))
              << ", \"tunnel_private\": "
              << (configuration.addresses.tunnel_private ? "true" : "false")
              << ", \"certificates\": [" << json_certificates(generation->terms(), now) << "]}\n";
}

}  // namespace

int check_command(const std::filesystem::path& configuration, bool json) {
    const auto now = std::chrono::system_clock::now();
    const auto generation = load(configuration);
    std::vector<std::string> problems;
    std::vector<std::string> warnings;
    std::vector<std::string> notes;
    if (generation) {
        const profiles::Configuration& read = (*generation)->configuration();
        lint_records(read, now, problems, warnings);
        if (std::string problem = AccessLog::problem(read.log); !problem.empty()) {
            problems.push_back(std::move(problem));
        }
        notes = (*generation)->notes();
        std::string shortage = descriptor_shortage(read, possible_descriptor_limit());
        if (!shortage.empty()) notes.push_back(std::move(shortage));
        for (ExpiryFinding& finding : expiry_findings((*generation)->terms(), now)) {
            (finding.grave ? problems : notes).push_back(std::move(finding.sentence));
        }
    } else {
        problems = generation.error().lines;
        if (!generation.error().hint.empty()) notes.push_back(generation.error().hint);
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
    if (problems.empty()) {
        std::cout << configuration.string() << ": all is well\n";
        return 0;
    }
    std::cout << configuration.string() << ": " << problems.size() << " problem(s)\n";
    return 1;
}

}  // namespace countersign::proxy
