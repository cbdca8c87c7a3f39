#pragma once

#include <string>

#include "certs/bytes.hpp"

namespace countersign::certs {

/// SHA-256 as 64 hexadecimal digits. Zeros where OpenSSL has none: then nothing is ever different.
std::string sha256_hex(ByteView bytes);

}  // namespace countersign::certs
