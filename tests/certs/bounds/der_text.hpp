#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace countersign::tests {

/// DER, element by element, for what no library would write.
std::string der(int tag, std::string_view content);
inline std::string sequence(std::string_view content) { return der(0x30, content); }
inline std::string set_of(std::string_view content) { return der(0x31, content); }
inline std::string octets(std::string_view content) { return der(0x04, content); }
inline std::string explicitly(int number, std::string_view content) {
    return der(0xa0 + number, content);
}

/// As often as it takes to fill `size` bytes.
std::string repeated(std::string_view piece, std::size_t size);

/// An OBJECT IDENTIFIER of one byte, an AlgorithmIdentifier of it, an INTEGER.
extern const std::string kOid;
extern const std::string kAlgorithm;
extern const std::string kOne;

/// The least that OpenSSL takes for a certificate, forty bytes; with some more in its subject, or
/// among its extensions.
std::string least_certificate(std::string_view subject = {}, std::string_view extensions = {});

/// A PKCS#7 bundle of these parts, each the elements of a set.
struct BundleParts {
    std::string algorithms = {};
    std::string certificates = {};
    std::string lists = {};
    std::string signers = {};
};
std::string bundle_of(const BundleParts& parts);
/// One signer with these unsigned attributes.
std::string signer_with(std::string_view attributes);
/// An attribute with these values.
std::string attribute_of(std::string_view values);

/// A PKCS#12 file without MAC or encryption, of one safe with these bags, or of these safes.
std::string pkcs12_of(std::string_view bags);
std::string pkcs12_of_safes(std::string_view safes);
/// A part of it that is not encrypted.
std::string safe_of(std::string_view bags);
/// A bag of the kind that RFC 7292 numbers so.
std::string bag_of(int kind, std::string_view value, std::string_view attributes = {});

}  // namespace countersign::tests
