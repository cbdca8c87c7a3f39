#pragma once

#include <string>
#include <string_view>

#include "tests/support/scripted_server.hpp"

namespace countersign::tests::bare {

// Records of TLS, byte by byte (RFC 5246, RFC 8446), for servers that OpenSSL cannot be.

inline constexpr int kTls11 = 0x0302;
inline constexpr int kTls12 = 0x0303;
inline constexpr int kSuite = 0xC02F;  ///< TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
inline constexpr int kRc4 = 0x0005;    ///< TLS_RSA_WITH_RC4_128_SHA

std::string alert(int number);  ///< a fatal one
std::string server_hello(int version, int suite = kSuite, int compression = 0);
/// Of TLS 1.2, with the sign of a server that can do TLS 1.3 (RFC 8446 4.1.3).
std::string weakened_server_hello();
/// A message with one certificate of these bytes.
std::string certificate(std::string_view bytes);
/// The beginning of one that is longer than any may be.
std::string long_record();
/// Encrypted, as it seems, and by no key: application data, and a Finished.
std::string noise();
std::string finished_of_noise();

/// Past the connection's own TLS.
void send_bare(const Peer& peer, std::string_view bytes);

}  // namespace countersign::tests::bare
