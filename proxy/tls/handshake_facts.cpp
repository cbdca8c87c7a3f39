#include "proxy/tls/handshake_facts.hpp"

#include "certs/text/phrase.hpp"

namespace countersign::proxy::tls {

std::string profile_name(const HandshakeFacts& facts) {
    return facts.profile.empty() ? "the profile" : "profile " + certs::in_quotes(facts.profile);
}

}  // namespace countersign::proxy::tls
