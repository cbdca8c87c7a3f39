#pragma once

#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// A stretch of a PEM text as it stands in the file: what is before a block, and the block.
struct PemPiece {
    enum class Kind {
        key,
        certificate,
        bundle,  ///< PKCS#7
        other,   ///< DH PARAMETERS, X509 CRL, OPENSSH PRIVATE KEY …
        end,     ///< the text behind the last block
    };

    Kind kind = Kind::end;
    std::string label = {};
    SecretBytes text = {};
    SecretBytes block = {};  ///< from BEGIN to the line end behind END
    SecretBytes key = {};    ///< a key's `SealedKey::der`, by which it is found again
    std::vector<X509Handle> certificates = {};
    /// The block says more than its certificates: a TRUSTED CERTIFICATE's settings, a bundle's
    /// CRLs.
    bool says_more = false;
};

/// The bag of a certificate in PKCS#12, with its name and whatever else the file says of it.
struct CertificateBag {
    X509Handle certificate;
    SecretBytes der;  ///< the whole SafeBag
    std::string name;
    bool trusted = false;
};

/// A bag of PKCS#12 that is neither key nor certificate.
struct ForeignBag {
    SecretBytes der;         ///< the whole SafeBag
    bool encrypted = false;  ///< it stood in a part of the file that is encrypted
    std::string what;        ///< "a CRL", "the secret key aes"
};

/// What a file held beside its entries, and how the entries stood in it: so that writing the file
/// again loses none of it.
struct Carried {
    std::vector<PemPiece> pem;
    std::vector<CertificateBag> certificate_bags;
    std::vector<ForeignBag> foreign_bags;
};

}  // namespace countersign::certs
