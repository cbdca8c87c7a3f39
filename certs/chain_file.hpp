#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// What a file holds that is named for the chain alone, beside the certificate and the key.
struct ChainFile {
    std::string where;                     ///< for messages
    std::vector<X509Handle> certificates;  ///< never empty, unless it has a key; as found
    bool has_key = false;                  ///< which is not used
};

/// Reads PEM, DER and PKCS#7, found by their bytes. Error: the first file that cannot be read, by
/// its name; unsupported for a key store; no_certificate.
LoadResult<std::vector<ChainFile>> read_chain_files(const std::vector<std::filesystem::path>& files
);

/// Of a chain file those that neither are the leaf nor stand above it in `chain`, for a note:
/// "x.crt holds what is not in the chain of …"; empty where there are none.
std::string surplus_in(
    const ChainFile& file, X509* leaf, const std::vector<X509Handle>& chain, X509* root
);

}  // namespace countersign::certs
