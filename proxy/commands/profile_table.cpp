#include "proxy/commands/profile_table.hpp"

#include <utility>

#include "certs/text/phrase.hpp"
#include "proxy/admin/profile_rows.hpp"
#include "proxy/commands/table.hpp"
#include "proxy/explain/profile_text.hpp"

namespace countersign::proxy::commands {

using admin::ProfileRow;

namespace {

std::string without_profile(profiles::UnmatchedRule rule) {
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

}  // namespace

std::vector<std::string> profile_table(
    const generation::Generation& generation, std::chrono::system_clock::time_point now
) {
    const std::vector<ProfileRow> rows = admin::profile_rows(generation, now);
    if (rows.empty()) return {};
    std::vector<std::vector<std::string>> cells{
        {"PROFILE", "HOSTS", "CLIENTS", "IDENTITY", "EXPIRES", "TRUST", "NOTES"}};
    for (const ProfileRow& row : rows) {
        cells.push_back(
            {row.profile, row.hosts, row.clients, row.identity, row.expiry, row.trust, row.notes}
        );
    }
    return table_lines(cells);
}

std::vector<std::string> beside_profiles(const generation::Generation& generation) {
    const profiles::Configuration& configuration = generation.configuration();
    std::vector<std::string> lines;
    for (const profiles::Listener& listener : configuration.listeners) {
        const bool forwards = !listener.profile && !listener.upstream;
        if (forwards && !listener.rewrite.any()) continue;
        std::string line = "listener '" + listener.name + "', " + to_text(listener.address) + ":";
        if (forwards) line += " requests go where they say";
        if (listener.profile) line += " every request gets profile '" + *listener.profile + "'";
        if (listener.upstream) {
            line += listener.profile ? ", and goes to " : " every request goes to ";
            line += explain::authority_of(*listener.upstream);
            if (listener.cross_site == profiles::CrossSiteRule::allow) {
                line += ", for pages of any origin too (cross_site: allow)";
            }
        }
        if (const auto words = profiles::words_of(listener.rewrite); !words.empty()) {
            line += "; responses are rewritten (" + certs::enumerated(words, "and") + ")";
        }
        lines.push_back(std::move(line));
    }
    lines.push_back("without a profile: " + without_profile(configuration.unmatched));
    if (generation.tunnels()) {
        lines.push_back(
            configuration.addresses.tunnel_private
                ? "tunnels: to any address, private and loopback too; nothing verifies the server"
                : "tunnels: to public addresses only; nothing verifies the server"
        );
    }
    return lines;
}

}  // namespace countersign::proxy::commands
