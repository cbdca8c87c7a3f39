#pragma once

#include <string>
#include <string_view>

namespace countersign::proxy::tls {

/// "0.1.0 (OpenSSL 3.0.22 …)": ours, and that of the library that does the cryptography.
std::string version();
/// "0.1.0"
std::string_view program_version();
/// "3.0.22", of OpenSSL.
std::string_view library_version();

}  // namespace countersign::proxy::tls
