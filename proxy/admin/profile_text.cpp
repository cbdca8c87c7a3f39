#include "proxy/admin/profile_text.hpp"

#include "certs/certificate.hpp"
#include "certs/text/phrase.hpp"
#include "profiles/authority.hpp"
#include "proxy/generation/generation.hpp"

namespace countersign::proxy::admin {

using certs::joined;

std::string authority_of(const profiles::HostPort& to) {
    return profiles::authority_text(to.host, to.port).text();
}

std::string criteria_text(const profiles::Profile& profile) {
    std::string text = joined(profile.hosts, [](const auto& host) { return host.to_text(); });
    if (text.empty()) text = profile.name + ":// to any host";
    const auto add = [&text](std::string_view what, const std::string& list) {
        if (list.empty()) return;
        text += ' ';
        text += what;
        text += ' ' + list;
    };
    add("port", joined(profile.ports, [](std::uint16_t port) { return std::to_string(port); }));
    add("path", joined(profile.paths, [](const auto& path) { return path.text(); }));
    add("method", joined(profile.methods));
    add("listener", joined(profile.listeners));
    return text;
}

std::string clients_text(const profiles::Profile& profile) {
    if (profile.clients.empty()) return "any";
    return joined(profile.clients, [](const auto& client) { return profiles::to_text(client); });
}

std::string versions_text(const profiles::TlsRules& rules) {
    const bool old = rules.dangers.has(profiles::Danger::tls10);
    std::string text = "TLS ";
    text += old ? "1.0" : certs::word_for(profiles::kTlsVersions, rules.min_version);
    if (!old && rules.min_version == rules.max_version) return text;
    text += " to ";
    return text += certs::word_for(profiles::kTlsVersions, rules.max_version);
}

std::string tls_text(const profiles::TlsRules& rules) {
    std::string text = versions_text(rules);
    text += rules.session_resumption ? ", sessions resumed" : ", sessions not resumed";
    if (!rules.pins.empty()) text += ", " + std::to_string(rules.pins.size()) + " pin(s)";
    return text;
}

std::string expiry_text(
    const certs::Identity& identity, std::chrono::system_clock::time_point now
) {
    const std::string why = generation::unusable_because(identity, now);
    if (!why.empty()) return why;
    return certs::date_text(identity.not_after()) + " (" +
           std::to_string(certs::days_until(identity.not_after(), now)) + " days)";
}

std::string request_headers_text(const profiles::RequestHeaderRules& rules) {
    const std::string set = joined(rules.set, [](const auto& field) { return field.name; });
    const std::string removed = joined(rules.remove);
    std::string text = set.empty() ? "" : "sets " + set;
    if (!removed.empty()) text += (text.empty() ? "removes " : "; removes ") + removed;
    return text;
}

}  // namespace countersign::proxy::admin
