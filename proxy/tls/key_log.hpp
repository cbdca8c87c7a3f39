#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <string>

namespace countersign::proxy::tls {

/// Has the secrets of each handshake of the context written to the end of a file, in the format
/// that Wireshark reads (NSS key log). Empty, or why it could not be: "tls.danger_key_log: others
/// may open /tmp/keys, …". The first secret opens the file, and makes it where there is none, for
/// this user alone; it stays open as long as the context. What cannot be written then is lost; that
/// it could not be opened is logged.
std::string write_keys_to(SSL_CTX& context, const std::filesystem::path& file);

}  // namespace countersign::proxy::tls
