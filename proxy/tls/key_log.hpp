#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <string>

namespace countersign::proxy::tls {

/// Has the secrets of each handshake of the context written to the end of a file, in the format
/// that Wireshark reads (NSS key log). The file is made where there is none, for this user alone,
/// and stays open as long as the context. Empty, or why it is not written to: "tls.danger_key_log:
/// others may open /tmp/keys, …". What cannot be written later is lost.
std::string write_keys_to(SSL_CTX& context, const std::filesystem::path& file);

}  // namespace countersign::proxy::tls
