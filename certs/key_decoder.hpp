#pragma once

#include "certs/bytes.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// EVP_PKCS82PKEY and d2i_AutoPrivateKey without what these do for each key anew: OpenSSL 3.0 puts
/// the chain of its decoders together with several thousand locked look-ups, which costs ten times
/// what the decoding does, and more where threads meet at the lock. Here each thread keeps the
/// chains that it has used, one for each kind of key.
///
/// Null where it is no key that OpenSSL knows; the reasons are in its error queue then, as from the
/// function itself.
PrivateKeyHandle decode_key(const PKCS8_PRIV_KEY_INFO* info);
/// A key in its traditional form: PKCS#1, SEC1 and the like.
PrivateKeyHandle decode_traditional_key(ByteView der);

}  // namespace countersign::certs
