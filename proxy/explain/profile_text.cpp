#include "proxy/explain/profile_text.hpp"

#include "certs/certificate.hpp"
#include "certs/lifetime.hpp"
#include "certs/text/phrase.hpp"
#include "profiles/authority.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/tls/offer.hpp"

namespace countersign::proxy::explain {

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

std::string tls_text(const profiles::TlsRules& rules) {
    std::string text = tls::versions_text(rules);
    text += rules.session_resumption ? ", sessions resumed" : ", sessions not resumed";
    if (!rules.pins.empty()) text += ", " + std::to_string(rules.pins.size()) + " pin(s)";
    if (const std::string revocation = revocation_text(rules); !revocation.empty()) {
        text += ", " + revocation;
    }
    return text;
}

std::string revocation_text(const profiles::TlsRules& rules) {
    if (rules.revocation == profiles::RevocationRule::off) return {};
    std::string text = "revocation: ";
    text += certs::word_for(profiles::kRevocationRules, rules.revocation);
    if (rules.crl.empty()) return text;
    return text += " with " + certs::counted(rules.crl.size(), "CRL file");
}

std::string expiry_text(const tls::TlsContext& tls, std::chrono::system_clock::time_point now) {
    std::string why = generation::unusable_because(tls, now);
    if (!why.empty()) return why;
    const auto ends = tls.identity()->not_after();
    return certs::date_text(ends) + " (" + certs::days_left_text(certs::days_until(ends, now)) +
           ")";
}

std::string request_headers_text(const profiles::RequestHeaderRules& rules) {
    const std::string set = joined(rules.set, [](const auto& field) { return field.name; });
    const std::string removed = joined(rules.remove);
    std::string text = set.empty() ? "" : "sets " + set;
    if (!removed.empty()) text += (text.empty() ? "removes " : "; removes ") + removed;
    return text;
}

}  // namespace countersign::proxy::explain
