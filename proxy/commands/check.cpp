#include "proxy/commands/check.hpp"

#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include "certs/certificate.hpp"
#include "proxy/commands/lint_records.hpp"
#include "proxy/commands/load.hpp"
#include "proxy/commands/profile_text.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/json_text.hpp"

namespace countersign::proxy {

namespace {

/// One row of the table: what a reviewer wants to know of a profile.
struct Row {
    std::string profile;
    std::string hosts;  ///< and all else that requests are told apart by, but clients
    std::string clients;
    std::string identity;
    std::string expiry;
    std::string trust;
    std::string notes;  ///< what else a reviewer should see
};

std::string notes_of(const profiles::Profile& profile) {
    std::string text;
    const auto add = [&text](const std::string& note) {
        text += (text.empty() ? "" : "; ") + note;
    };
    if (const auto& to = profile.connect_to) {
        std::string dialled = "dials ";
        append_authority(dialled, to->host, to->port, 0);
        add(dialled);
    }
    if (profile.tls.server_name) add("announces " + *profile.tls.server_name);
    for (const profiles::VerifyName& name : profile.tls.verify_names) add("accepts " + name.text);
    if (!profile.tls.pins.empty()) add(std::to_string(profile.tls.pins.size()) + " pin(s)");
    const std::string headers = request_headers_text(profile.request_headers);
    if (!headers.empty()) add(headers);
    if (profile.connect_method == profiles::ConnectRule::tunnel) add("CONNECT gets a tunnel");
    return text;
}

std::vector<Row> rows_of(const Generation& generation, std::chrono::system_clock::time_point now) {
    std::vector<Row> rows;
    const auto& all = generation.profiles().profiles();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const TlsContext& tls = *generation.route(static_cast<std::int32_t>(i)).tls;
        Row row;
        row.profile = all[i].name;
        row.hosts = criteria_text(all[i]);
        row.clients = clients_text(all[i]);
        row.notes = notes_of(all[i]);
        if (const certs::Identity* identity = tls.identity()) {
            row.identity = identity->subject();
            row.expiry = expiry_text(*identity, now);
        } else {
            row.identity = "none (server-only TLS)";
            row.expiry = "-";
        }
        row.trust = tls.trust().describe();
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string unmatched_text(profiles::UnmatchedRule rule) {
    switch (rule) {
        case profiles::UnmatchedRule::reject:
            return "refused";
        case profiles::UnmatchedRule::tls:
            return "server-only TLS, the system's trust";
        case profiles::UnmatchedRule::report:
            return "server-only TLS, the system's trust, and a line in the log";
        case profiles::UnmatchedRule::tunnel_connect:
            return "CONNECT gets a tunnel, everything else is refused";
    }
    return {};
}

/// What decides about requests beside the profiles: fixed listeners, and what is done without one.
std::vector<std::string> beside_profiles(const Generation& generation) {
    const profiles::Configuration& configuration = generation.configuration();
    std::vector<std::string> lines;
    for (const profiles::Listener& listener : configuration.listeners) {
        if (!listener.profile && !listener.upstream) continue;
        std::string line = "listener '" + listener.name + "', " + to_text(listener.address) + ":";
        if (listener.profile) line += " every request is profile '" + *listener.profile + "'s";
        if (listener.upstream) {
            line += listener.profile ? ", and goes to " : " every request goes to ";
            append_authority(line, listener.upstream->host, listener.upstream->port, 0);
        }
        lines.push_back(std::move(line));
    }
    lines.push_back("without a profile: " + unmatched_text(configuration.unmatched));
    if (generation.tunnels()) {
        lines.push_back(
            configuration.addresses.tunnel_private
                ? "tunnels: to any address, private and loopback too; nothing verifies the server"
                : "tunnels: to public addresses only; nothing verifies the server"
        );
    }
    return lines;
}

void print_table(const std::vector<Row>& rows) {
    const auto columns = {&Row::profile, &Row::hosts, &Row::clients, &Row::identity,
                          &Row::expiry,  &Row::trust, &Row::notes};
    const Row head{"PROFILE", "HOSTS", "CLIENTS", "IDENTITY", "EXPIRES", "TRUST", "NOTES"};
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
                  << ", \"clients\": " << json_string(row.clients)
                  << ", \"identity\": " << json_string(row.identity)
                  << ", \"expires\": " << json_string(row.expiry)
                  << ", \"trust\": " << json_string(row.trust)
                  << ", \"notes\": " << json_string(row.notes) << "}";
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
    std::vector<std::string> beside;
    if (generation) {
        lint_records((*generation)->configuration(), now, problems, warnings);
        notes = (*generation)->notes();
        for (ExpiryFinding& finding : expiry_findings((*generation)->terms(), now)) {
            (finding.grave ? problems : notes).push_back(std::move(finding.sentence));
        }
        certificates = json_certificates((*generation)->terms(), now);
        rows = rows_of(**generation, now);
        beside = beside_profiles(**generation);
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
    for (const std::string& line : beside) std::cout << line << '\n';
    if (problems.empty()) {
        std::cout << configuration.string() << ": all is well\n";
        return 0;
    }
    std::cout << configuration.string() << ": " << problems.size() << " problem(s)\n";
    return 1;
}

}  // namespace countersign::proxy
