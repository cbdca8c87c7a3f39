#pragma once

#include <string>

namespace countersign::proxy::tls {

/// "0.1.0 (OpenSSL 3.0.22 …)": ours, and that of the library that does the cryptography.
std::string version();

}  // namespace countersign::proxy::tls
