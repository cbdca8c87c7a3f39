#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/carried.hpp"
#include "certs/error.hpp"
#include "certs/sealed_key.hpp"

namespace countersign::certs {

/// What a PEM text held, each kind in its order; text between the blocks means nothing, and is kept
/// for whoever writes the file again.
struct PemContent {
    std::vector<X509Handle> certificates;
    std::vector<SealedKey> keys;
    std::vector<std::string>
        others;  ///< labels of blocks that are neither: "CERTIFICATE REQUEST", "X509 CRL"
    std::vector<PemPiece> pieces;  ///< all of it, byte for byte; none for a text without a block

    /// "2 certificates, 1 private key, 1 other block (X509 CRL)" or "nothing": for a message that
    /// says what was there.
    std::string describe() const;
};

/// Blocks that are neither key nor certificate, for a message: "a certificate request", "2 other
/// blocks (X509 CRL, DH PARAMETERS)"; empty for none.
std::string describe_other_blocks(const std::vector<std::string>& labels);

/// Whether one of them is a certificate request: what goes to the authority, and comes back as a
/// certificate.
bool has_request(const std::vector<std::string>& labels);

/// Whether a PEM block begins somewhere in the bytes, which may be UTF-16 with a byte order mark.
bool is_pem(ByteView bytes);

/// Reads every block; a PKCS#7 bundle gives its certificates, also under the label CERTIFICATE, as
/// some authorities send it. Lines that were lost on the way are mended where it is clear what is
/// meant (`with_lines_mended`); the pieces are of the mended text then. Error: malformed, where one
/// cannot be read: a certificate is never left out in silence.
LoadResult<PemContent> read_pem(ByteView bytes, const std::string& where);

}  // namespace countersign::certs
