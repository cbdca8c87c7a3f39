#include "proxy/upstream/handshake_failure.hpp"

#include <string>
#include <utility>
#include <vector>

#include "certs/certificate.hpp"
#include "certs/lint/remedies.hpp"
#include "certs/make/key_pair.hpp"
#include "profiles/network.hpp"
#include "profiles/units.hpp"
#include "proxy/tls/handshake_report.hpp"
#include "proxy/tls/own_signature.hpp"
#include "proxy/tls/protocol_report.hpp"
#include "proxy/upstream/connect_failure.hpp"

namespace countersign::proxy::upstream {

namespace {

/// Those above the leaf, from below, each once.
std::vector<std::string> issuers_of(const certs::Identity& identity) {
    std::vector<std::string> issuers{certs::issuer_of(identity.leaf())};
    for (const certs::X509Handle& above : identity.chain()) {
        std::string issuer = certs::issuer_of(above.get());
        if (issuer != issuers.back()) issuers.push_back(std::move(issuer));
    }
    return issuers;
}

tls::HandshakeFacts facts_of(const Origin& origin) {
    tls::HandshakeFacts facts;
    facts.profile = origin.rules->profile;
    facts.destination = destination_text(origin.goal());
    const profiles::TlsRules& rules = origin.key.tls->rules();
    const auto& names = rules.verify_names;
    facts.verify_names = !names.empty();
    facts.server_name = names.empty() ? origin.server_name() : to_text(names);
    if (const certs::Identity* identity = origin.key.tls->identity()) {
        facts.identity = identity->subject();
        facts.identity_issuers = issuers_of(*identity);
        facts.identity_key = certs::public_key_text(identity->leaf());
        facts.identity_signature = tls::signature_made_by(*identity->key());
        facts.identity_for_clients =
            certs::usage_wanted(identity->leaf()) != certs::UsageWanted::client;
    }
    facts.dangers = rules.dangers;
    facts.silenced = !rules.offer.server_name;
    const bool is_address = profiles::IpAddress::parse(origin.server_name()).has_value();
    if (!facts.silenced && !is_address) facts.announced = origin.server_name();
    facts.limited_by = rules.offer.limits();
    facts.fixed_name = names.empty() && rules.server_name.has_value();
    facts.min_version = rules.min_version;
    facts.max_version = rules.max_version;
    facts.trust = origin.key.tls->trust().describe();
    return facts;
}

}  // namespace

Failure handshake_failure(const Origin& origin, const tls::TlsFailure& found) {
    return tls::report_handshake(found, facts_of(origin));
}

Failure unfinished_handshake(
    const Origin& origin, tls::TlsEngine& tls, net::IoStatus status, bool halved
) {
    if (status == net::IoStatus::cancelled) return stopping_failure();
    const tls::TlsFailure found = tls.take_failure();
    if (status != net::IoStatus::timed_out) return handshake_failure(origin, found);
    // The failure says how far it had come.
    const auto limit = origin.rules->timeouts.handshake;
    std::string text = profiles::duration_text(halved ? limit / 2 : limit);
    text += halved ? " (half of timeouts.handshake)" : " (timeouts.handshake)";
    return tls::report_silence(text, found, facts_of(origin));
}

}  // namespace countersign::proxy::upstream
