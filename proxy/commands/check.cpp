#include "proxy/commands/check.hpp"

#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include "certs/certificate.hpp"
#include "proxy/commands/lint_records.hpp"
#include "proxy/commands/load.hpp"
#include "proxy/json_text.hpp"

namespace countersign::proxy {

namespace {

/// One row of the table: what a reviewer wants to know of a profile.
struct Row {
    std::string profile;
    std::string hosts;
    std::string identity;
    std::string expiry;
    std::string trust;
};

std::string hosts_of(const profiles::Profile& profile) {
    std::string text;
    for (const profiles::HostPattern& host : profile.hosts) {
        if (!text.empty()) text += ", ";
        text += host.to_text();
    }
    if (text.empty()) text = profile.name + "://";
    for (std::size_t i = 0; i < profile.ports.size(); ++i) {
        text += (i == 0 ? " port " : ", ") + std::to_string(profile.ports[i]);
    }
    return text;
}

std::string expiry_of(const certs::Identity& identity, std::chrono::system_clock::time_point now) {
    const std::string why = unusable_because(identity, now);
    if (!why.empty()) return why;
    const auto days =
        std::chrono::duration_cast<std::chrono::hours>(identity.not_after() - now).count() / 24;
    return certs::to_text(identity.not_after()).substr(0, 10) + " (" + std::to_string(days) +
           " days)";
}

std::vector<Row> rows_of(const Generation& generation, std::chrono::system_clock::time_point now) {
    std::vector<Row> rows;
    const auto& all = generation.profiles().profiles();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const TlsContext& tls = *generation.route(static_cast<std::int32_t>(i)).tls;
        Row row;
        row.profile = all[i].name;
        row.hosts = hosts_of(all[i]);
        if (const certs::Identity* identity = tls.identity()) {
            row.identity = identity->subject();
            row.expiry = expiry_of(*identity, now);
        } else {
            row.identity = "none (server-only TLS)";
            row.expiry = "-";
        }
        row.trust = tls.trust().describe();
        rows.push_back(std::move(row));
    }
    return rows;
}

void print_table(const std::vector<Row>& rows) {
    const auto columns = {&Row::profile, &Row::hosts, &Row::identity, &Row::expiry, &Row::trust};
    const Row head{"PROFILE", "HOSTS", "IDENTITY", "EXPIRES", "TRUST"};
    std::vector<std::size_t> widths;
    for (const auto column : columns) {
        std::size_t width = (head.*column).size();
        for (const Row& row : rows) width = std::max(width, (row.*column).size());
        widths.push_back(width);
    }
    const auto print = [&](const Row& row) {
        std::string line;
        std::size_t i = 0;
        for (const auto column : columns) {
            std::string cell = row.*column;
            cell.resize(widths[i++], ' ');
            line += cell + "  ";
        }
        line.resize(line.find_last_not_of(' ') + 1);
        std::cout << line << '\n';
    };
    print(head);
    for (const Row& row : rows) print(row);
}

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

void print_json(
    const std::vector<std::string>& problems, const std::vector<std::string>& warnings,
    const std::vector<std::string>& notes, const std::vector<Row>& rows,
    const std::string& certificates
) {
    std::cout << "{\"problems\": " << json_list(problems)
              << ", \"warnings\": " << json_list(warnings) << ", \"notes\": " << json_list(notes)
              << ", \"profiles\": [";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        std::cout << (i > 0 ? ", " : "") << "{\"profile\": " << json_string(row.profile)
                  << ", \"hosts\": " << json_string(row.hosts)
                  << ", \"identity\": " << json_string(row.identity)
                  << ", \"expires\": " << json_string(row.expiry)
                  << ", \"trust\": " << json_string(row.trust) << "}";
    }
    std::cout << "], \"certificates\": [" << certificates << "]}\n";
}

}  // namespace

int check_command(const std::filesystem::path& configuration, bool json) {
    const auto now = std::chrono::system_clock::now();
    const auto generation = load(configuration);
    std::vector<std::string> problems;
    std::vector<std::string> warnings;
    std::vector<std::string> notes;
    std::vector<Row> rows;
    std::string certificates;
    if (generation) {
        lint_records((*generation)->configuration(), now, problems, warnings);
        notes = (*generation)->notes();
        for (ExpiryFinding& finding : expiry_findings((*generation)->terms(), now)) {
            (finding.grave ? problems : notes).push_back(std::move(finding.sentence));
        }
        certificates = json_certificates((*generation)->terms(), now);
        rows = rows_of(**generation, now);
    } else {
        problems = generation.error().lines;
        if (!generation.error().hint.empty()) notes.push_back(generation.error().hint);
    }
    if (json) {
        print_json(problems, warnings, notes, rows, certificates);
        return problems.empty() ? 0 : 1;
    }
    for (const std::string& problem : problems) std::cout << "problem: " << problem << '\n';
    for (const std::string& warning : warnings) std::cout << "warning: " << warning << '\n';
    for (const std::string& note : notes) std::cout << "note: " << note << '\n';
    if (!rows.empty()) print_table(rows);
    if (problems.empty()) {
        std::cout << configuration.string() << ": all is well\n";
        return 0;
    }
    std::cout << configuration.string() << ": " << problems.size() << " problem(s)\n";
    return 1;
}

}  // namespace countersign::proxy
