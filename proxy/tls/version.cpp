#include "proxy/tls/version.hpp"

#include <openssl/crypto.h>

namespace countersign::proxy::tls {

std::string_view program_version() { return COUNTERSIGN_VERSION; }

std::string_view library_version() { return OpenSSL_version(OPENSSL_VERSION_STRING); }

std::string version() {
    return std::string{COUNTERSIGN_VERSION} + " (" + OpenSSL_version(OPENSSL_VERSION) + ")";
}

}  // namespace countersign::proxy::tls
