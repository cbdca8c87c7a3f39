#pragma once

#include <string>
#include <vector>

#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// Why a certificate is too weak for today's servers, and for OpenSSL's security level 2.
struct Weakness {
    enum class Part { key, signature };

    Part part = Part::key;
    std::string says;  ///< behind its name: "is for a key of RSA 1024 bits, which …"
    /// The switch under `tls` by which a profile presents it all the same; empty: none would do.
    std::string accepted_by = {};
};

/// Empty where it is strong enough. `signature_counts`: false where nobody checks it, as of a root
/// and of what is trusted by itself; that of a certificate that names itself as its issuer never
/// does.
std::vector<Weakness> weaknesses_of(X509* certificate, bool signature_counts);

/// What to do about it, in sentences. `is_own`: it is the certificate of a key that is ours.
std::string remedy_of(const Weakness& weakness, bool is_own);

}  // namespace countersign::certs
