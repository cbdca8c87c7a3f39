#pragma once

#include <memory>

#include "proxy/tls/tls_context.hpp"

namespace countersign::proxy::probe {

/// The same TLS without an identity, to compare: also where the profile wants the server to have
/// seen one.
std::shared_ptr<const tls::TlsContext> without_identity(const tls::TlsContext& tls);

}  // namespace countersign::proxy::probe
