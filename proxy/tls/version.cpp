#include "proxy/tls/version.hpp"

#include <openssl/crypto.h>

namespace countersign::proxy::tls {

std::string version() {
    return std::string{COUNTERSIGN_VERSION} + " (" + OpenSSL_version(OPENSSL_VERSION) + ")";
}

}  // namespace countersign::proxy::tls
