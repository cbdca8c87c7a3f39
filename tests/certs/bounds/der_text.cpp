#include "tests/certs/bounds/der_text.hpp"

namespace countersign::tests {
namespace {

using namespace std::string_view_literals;

// Under 1.2.840.113549.1: 7.1, 7.2 and 12.10.1.
const std::string kData{"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"sv};
const std::string kSignedData{"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"sv};
constexpr std::string_view kBags = "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"sv;

const std::string kThree{"\x02\x01\x03"sv};
const std::string kNoBits{"\x03\x01\0"sv};
const std::string kNoTime{"\x17\0"sv};

}  // namespace

const std::string kOid{"\x06\x01\x2a"sv};
const std::string kAlgorithm = sequence(kOid);
const std::string kOne{"\x02\x01\x01"sv};

std::string der(int tag, std::string_view content) {
    std::string out(1, static_cast<char>(tag));
    std::string length;
    for (std::size_t left = content.size(); left > 0; left >>= 8) {
        length.insert(length.begin(), static_cast<char>(left));
    }
    if (content.size() >= 0x80) out += static_cast<char>(0x80 + length.size());
    return out.append(content.empty() ? std::string(1, '\0') : length).append(content);
}

std::string repeated(std::string_view piece, std::size_t size) {
    std::string out;
    while (out.size() + piece.size() <= size) out += piece;
    return out;
}

std::string least_certificate(std::string_view subject, std::string_view extensions) {
    const std::string version = extensions.empty() ? "" : explicitly(0, "\x02\x01\x02"sv);
    const std::string all = extensions.empty() ? "" : explicitly(3, sequence(extensions));
    const std::string signed_part = sequence(
        version + kOne + kAlgorithm + sequence("") + sequence(kNoTime + kNoTime) +
        sequence(subject) + sequence(kAlgorithm + kNoBits) + all
    );
    return sequence(signed_part + kAlgorithm + kNoBits);
}

std::string bundle_of(const BundleParts& parts) {
    std::string content = kOne + set_of(parts.algorithms) + sequence(kData);
    if (!parts.certificates.empty()) content += explicitly(0, parts.certificates);
    if (!parts.lists.empty()) content += explicitly(1, parts.lists);
    content += set_of(parts.signers);
    return sequence(kSignedData + explicitly(0, sequence(content)));
}

std::string signer_with(std::string_view attributes) {
    return sequence(
        kOne + sequence(sequence("") + kOne) + kAlgorithm + kAlgorithm + octets("") +
        explicitly(1, attributes)
    );
}

std::string attribute_of(std::string_view values) { return sequence(kOid + set_of(values)); }

std::string safe_of(std::string_view bags) {
    return sequence(kData + explicitly(0, octets(sequence(bags))));
}

std::string pkcs12_of_safes(std::string_view safes) {
    const std::string content = sequence(kData + explicitly(0, octets(sequence(safes))));
    return sequence(kThree + content);
}

std::string pkcs12_of(std::string_view bags) { return pkcs12_of_safes(safe_of(bags)); }

std::string bag_of(int kind, std::string_view value, std::string_view attributes) {
    const std::string set = attributes.empty() ? "" : set_of(attributes);
    return sequence(std::string{kBags} + static_cast<char>(kind) + explicitly(0, value) + set);
}

}  // namespace countersign::tests
