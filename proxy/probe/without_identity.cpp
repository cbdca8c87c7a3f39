#include "proxy/probe/without_identity.hpp"

#include <stdexcept>
#include <utility>

namespace countersign::proxy::probe {

std::shared_ptr<const tls::TlsContext> without_identity(const tls::TlsContext& tls) {
    tls::TlsContextParts parts = tls.parts();
    parts.identity = nullptr;
    parts.rules.require_client_auth = false;
    auto made = tls::TlsContext::make(std::move(parts));
    if (!made) throw std::runtime_error{made.error()};  // the same with an identity could be made
    return std::move(*made);
}

}  // namespace countersign::proxy::probe
