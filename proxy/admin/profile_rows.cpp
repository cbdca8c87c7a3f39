#include "proxy/admin/profile_rows.hpp"

#include "certs/text/phrase.hpp"
#include "proxy/explain/profile_text.hpp"
#include "proxy/tls/offer.hpp"

namespace countersign::proxy::admin {

namespace {

/// What else a reviewer should see.
std::string notes_of(const profiles::Profile& profile) {
    std::string text;
    const auto add = [&text](const std::string& note) {
        text += (text.empty() ? "" : "; ") + note;
    };
    const profiles::TlsRules& tls = profile.tls;
    if (profile.default_port != 443) add("default port " + std::to_string(profile.default_port));
    if (const auto& to = profile.connect_to) add("dials " + explain::authority_of(*to));
    if (!profile.preserve_host) add("Host names that");
    if (tls.server_name) add("announces " + *tls.server_name);
    if (!tls.offer.server_name) add("announces no name");
    for (const profiles::VerifyName& name : tls.verify_names) add("accepts " + name.text);
    if (!tls.pins.empty()) add(std::to_string(tls.pins.size()) + " pin(s)");
    const bool old = tls.dangers.has(profiles::Danger::tls10);
    if (!old && tls.min_version == tls.max_version) add(tls::versions_text(tls) + " only");
    if (const auto limits = tls.offer.limits(); !limits.empty())
        add("offers only its " + certs::enumerated(limits, "and"));
    if (!tls.offer.alpn) add("no ALPN");
    for (const profiles::DangerSwitch& one : profiles::kDangerSwitches) {
        if (tls.dangers.has(one.danger)) add(std::string{one.key});
    }
    if (tls.key_log) add(std::string{profiles::kKeyLog});
    if (tls.require_client_auth) add("require_client_auth");
    if (const std::string revocation = explain::revocation_text(tls); !revocation.empty())
        add(revocation);
    const std::string headers = explain::request_headers_text(profile.request_headers);
    if (!headers.empty()) add(headers);
    if (profile.connect_method == profiles::ConnectRule::tunnel) add("connect_method: tunnel");
    if (profile.upgrade == profiles::UpgradeRule::refuse) add("upgrade: refuse");
    if (const std::string lenient = to_text(profile.response_leniency); !lenient.empty()) {
        add("response_leniency: " + lenient);
    }
    return text;
}

}  // namespace

std::vector<ProfileRow> profile_rows(
    const generation::Generation& generation, std::chrono::system_clock::time_point now
) {
    std::vector<ProfileRow> rows;
    const auto& all = generation.profiles().profiles();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const tls::TlsContext& tls = *generation.route(static_cast<std::int32_t>(i)).tls;
        ProfileRow row;
        row.profile = all[i].name;
        row.hosts = explain::criteria_text(all[i]);
        row.clients = explain::clients_text(all[i]);
        row.notes = notes_of(all[i]);
        if (const certs::Identity* identity = tls.identity()) {
            row.identity = identity->subject();
            row.expiry = explain::expiry_text(tls, now);
        } else {
            row.identity = "none (server-only TLS)";
            row.expiry = "-";
        }
        row.trust = tls.trust().describe();
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace countersign::proxy::admin
