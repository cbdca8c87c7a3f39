#include "proxy/commands/profile_table.hpp"

#include <algorithm>
#include <string_view>

#include "certs/text/utf8.hpp"
#include "profiles/authority.hpp"
#include "proxy/commands/json_document.hpp"
#include "proxy/commands/profile_text.hpp"

namespace countersign::proxy::commands {

namespace {

struct Row {
    std::string profile;
    std::string hosts;  ///< and all else that requests are told apart by, but clients
    std::string clients;
    std::string identity;
    std::string expiry;
    std::string trust;
    std::string notes;
};

std::string authority(const profiles::HostPort& to) {
    return profiles::authority_text(to.host, to.port).text();
}

/// What else a reviewer should see.
std::string notes_of(const profiles::Profile& profile) {
    std::string text;
    const auto add = [&text](const std::string& note) {
        text += (text.empty() ? "" : "; ") + note;
    };
    const profiles::TlsRules& tls = profile.tls;
    if (profile.default_port != 443) add("default port " + std::to_string(profile.default_port));
    if (const auto& to = profile.connect_to) add("dials " + authority(*to));
    if (!profile.preserve_host) add("Host names that");
    if (tls.server_name) add("announces " + *tls.server_name);
    for (const profiles::VerifyName& name : tls.verify_names) add("accepts " + name.text);
    if (!tls.pins.empty()) add(std::to_string(tls.pins.size()) + " pin(s)");
    if (tls.min_version == tls.max_version) add(versions_text(tls) + " only");
    const std::string headers = request_headers_text(profile.request_headers);
    if (!headers.empty()) add(headers);
    if (profile.connect_method == profiles::ConnectRule::tunnel) add("connect_method: tunnel");
    return text;
}

std::vector<Row> rows_of(
    const generation::Generation& generation, std::chrono::system_clock::time_point now
) {
    std::vector<Row> rows;
    const auto& all = generation.profiles().profiles();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const tls::TlsContext& tls = *generation.route(static_cast<std::int32_t>(i)).tls;
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
    const auto columns = {&Row::profile, &Row::hosts, &Row::clients, &Row::identity,
                          &Row::expiry,  &Row::trust, &Row::notes};
    std::vector<Row> rows = rows_of(generation, now);
    if (rows.empty()) return {};
    rows.insert(
        rows.begin(), {"PROFILE", "HOSTS", "CLIENTS", "IDENTITY", "EXPIRES", "TRUST", "NOTES"}
    );
    std::vector<std::string> lines(rows.size());
    for (const auto column : columns) {
        std::size_t width = 0;
        for (const Row& row : rows) width = std::max(width, width_of(row.*column));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::string& cell = rows[i].*column;
            lines[i] += cell + std::string(width - width_of(cell) + 2, ' ');
        }
    }
    for (std::string& line : lines) line.resize(line.find_last_not_of(' ') + 1);
    return lines;
}

boost::json::array profile_objects(
    const generation::Generation& generation, std::chrono::system_clock::time_point now
) {
    const auto texts = [](const auto& list) {
        return json_list(list, [](const auto& item) { return json_text(item.to_text()); });
    };
    boost::json::array objects;
    const auto& all = generation.profiles().profiles();
    const std::vector<Row> rows = rows_of(generation, now);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const profiles::Profile& profile = all[i];
        objects.push_back(boost::json::object{
            {"profile", json_text(profile.name)},
            {"hosts", texts(profile.hosts)},
            {"ports", boost::json::array(profile.ports.begin(), profile.ports.end())},
            {"clients", json_list(
                            profile.clients,
                            [](const auto& client) { return json_text(profiles::to_text(client)); }
                        )},
            {"listeners", json_list(profile.listeners)},
            {"paths",
             json_list(profile.paths, [](const auto& path) { return json_text(path.text()); })},
            {"methods", json_list(profile.methods)},
            {"identity", json_text(rows[i].identity)},
            {"expires", json_text(rows[i].expiry)},
            {"trust", json_text(rows[i].trust)},
            {"connect_method",
             json_text(certs::word_for(profiles::kConnectRules, profile.connect_method))},
            {"notes", json_text(rows[i].notes)},
        });
    }
    return objects;
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
            line += authority(*listener.upstream);
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

boost::json::array listener_objects(const profiles::Configuration& configuration) {
    return json_list(configuration.listeners, [](const profiles::Listener& listener) {
        std::optional<std::string> upstream;
        std::optional<std::string> cross_site;
        if (listener.upstream) {
            upstream = authority(*listener.upstream);
            cross_site = certs::word_for(profiles::kCrossSiteRules, listener.cross_site);
        }
        std::optional<std::string> mode;
        if (listener.mode) mode = profiles::mode_text(*listener.mode);
        std::optional<std::string> group;
        if (listener.group) group = listener.group->text;
        return boost::json::object{
            {"listener", json_text(listener.name)},
            {"address", json_text(to_text(listener.address))},
            {"allow",
             json_list(
                 listener.allow, [](const auto& network) { return json_text(network.to_text()); }
             )},
            {"profile", json_text_or_null(listener.profile)},
            {"upstream", json_text_or_null(upstream)},
            {"cross_site", json_text_or_null(cross_site)},
            {"mode", json_text_or_null(mode)},
            {"group", json_text_or_null(group)},
        };
    });
}

}  // namespace countersign::proxy::commands
