#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <string>
#include <vector>

#include "proxy/generation/key_material.hpp"
#include "proxy/tls/tls_context.hpp"

namespace countersign::proxy::generation {

/// The TLS of a route that is to be made.
struct WantedTls {
    tls::TlsContextParts parts;  ///< the identity's chain as its key store has it
    /// What the route had in the load before; may be null.
    std::shared_ptr<const tls::TlsContext> before = {};
};

using TlsResult = boost::system::result<std::shared_ptr<const tls::TlsContext>, std::string>;

/// Of each, with the identity's chain completed from its trust: `before`, where that is made of the
/// very same parts; else a new context. No two are equal, but those of equal parts share OpenSSL's
/// part of it. Many are made by several threads. `completed`: where completed identities are
/// looked for, and kept; `completed_before`: of the load before.
std::vector<TlsResult> make_tls(
    std::vector<WantedTls> wanted, KeyMaterial::Completed& completed,
    const KeyMaterial::Completed& completed_before
);

}  // namespace countersign::proxy::generation
