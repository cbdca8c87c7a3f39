#include "proxy/commands/probe/other_identities.hpp"

#include <utility>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::proxy::commands {

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
