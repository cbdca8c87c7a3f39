#include "proxy/commands/probe/other_identities.hpp"

#include <stdexcept>
#include <utility>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::proxy::commands {

std::shared_ptr<const tls::TlsContext> without_identity(const tls::TlsContext& tls) {
    tls::TlsContextParts parts = tls.parts();
    parts.identity = nullptr;
    parts.rules.require_client_auth = false;
    auto made = tls::TlsContext::make(std::move(parts));
    if (!made) throw std::runtime_error{made.error()};  // the same with an identity could be made
    return std::move(*made);
}

std::string find_identities(
    const generation::Generation& generation, const std::vector<std::string>& records,
    const tls::TlsContext& tls, std::vector<OtherIdentity>& out
) {
    for (const std::string& name : records) {
        auto made = generation.tls_with(tls, name);
        if (!made) return "--also " + certs::printable(name) + ": " + made.error();
        out.push_back({"with the identity of record " + certs::in_quotes(name), std::move(*made)});
    }
    return {};
}

}  // namespace countersign::proxy::commands
