#pragma once

#include <openssl/core.h>

namespace countersign::proxy::tls {

/// A function of a provider, as OpenSSL takes it: without its type, which the number tells.
template <class Function>
OSSL_DISPATCH dispatch_entry(int number, Function* function) {
    return {number, reinterpret_cast<void (*)()>(function)};
}

}  // namespace countersign::proxy::tls
