#include "proxy/commands/profile_table.hpp"

#include <algorithm>
#include <string_view>

#include "certs/text/utf8.hpp"
#include "proxy/admin/profile_rows.hpp"
#include "proxy/admin/profile_text.hpp"

namespace countersign::proxy::commands {

using admin::ProfileRow;

namespace {

/// How many columns of a terminal a text takes: one for each character, as near as makes no
/// difference here.
std::size_t width_of(std::string_view text) {
    const auto begins_character = [](char c) { return !certs::continues_character(c); };
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

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
    const auto columns = {&ProfileRow::profile,  &ProfileRow::hosts,  &ProfileRow::clients,
                          &ProfileRow::identity, &ProfileRow::expiry, &ProfileRow::trust,
                          &ProfileRow::notes};
    std::vector<ProfileRow> rows = admin::profile_rows(generation, now);
    if (rows.empty()) return {};
    rows.insert(
        rows.begin(), {"PROFILE", "HOSTS", "CLIENTS", "IDENTITY", "EXPIRES", "TRUST", "NOTES"}
    );
    std::vector<std::string> lines(rows.size());
    for (const auto column : columns) {
        std::size_t width = 0;
        for (const ProfileRow& row : rows) width = std::max(width, width_of(row.*column));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::string& cell = rows[i].*column;
            lines[i] += cell + std::string(width - width_of(cell) + 2, ' ');
        }
    }
    for (std::string& line : lines) line.resize(line.find_last_not_of(' ') + 1);
    return lines;
}

std::vector<std::string> beside_profiles(const generation::Generation& generation) {
    const profiles::Configuration& configuration = generation.configuration();
    std::vector<std::string> lines;
    for (const profiles::Listener& listener : configuration.listeners) {
        if (!listener.profile && !listener.upstream) continue;
        std::string line = "listener '" + listener.name + "', " + to_text(listener.address) + ":";
        if (listener.profile) line += " every request gets profile '" + *listener.profile + "'";
        if (listener.upstream) {
            line += listener.profile ? ", and goes to " : " every request goes to ";
            line += admin::authority_of(*listener.upstream);
            if (listener.cross_site == profiles::CrossSiteRule::allow) {
                line += ", for pages of any origin too (cross_site: allow)";
            }
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
