#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/generation/generation.hpp"
#include "proxy/tls/tls_context.hpp"

namespace countersign::proxy::commands {

/// Another identity for a destination's TLS.
struct OtherIdentity {
    std::string with;  ///< as of OtherTrial: "with the identity of record 'acme-new'"
    std::shared_ptr<const tls::TlsContext> tls;
};

/// Those of the records, beside that of `tls`. What is wrong with one of them, in a sentence;
/// empty: all are there.
std::string find_identities(
    const generation::Generation& generation, const std::vector<std::string>& records,
    const tls::TlsContext& tls, std::vector<OtherIdentity>& out
);

}  // namespace countersign::proxy::commands
