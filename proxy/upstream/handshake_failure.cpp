#include "proxy/upstream/handshake_failure.hpp"

#include "proxy/tls/handshake_report.hpp"
#include "proxy/upstream/connect_failure.hpp"

namespace countersign::proxy::upstream {

Failure handshake_failure(const Origin& origin, const tls::TlsFailure& found) {
    tls::HandshakeFacts facts;
    facts.profile = origin.rules->profile;
    facts.destination = destination_text(origin.goal());
    const auto& names = origin.key.tls->rules().verify_names;
    facts.verify_names = !names.empty();
    facts.server_name = names.empty() ? origin.server_name() : to_text(names);
    if (const certs::Identity* identity = origin.key.tls->identity()) {
        facts.identity = identity->subject();
    }
    facts.trust = origin.key.tls->trust().describe();
    return tls::report_handshake(found, facts);
}

}  // namespace countersign::proxy::upstream
