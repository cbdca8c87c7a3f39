#include "tests/certs/bounds/hostile_files.hpp"

#include <openssl/evp.h>

#include <cstdint>
#include <string_view>

#include "certs/file.hpp"
#include "certs/java/java_key_store.hpp"
#include "certs/java/key_protector.hpp"
#include "tests/certs/bounds/der_text.hpp"
#include "tests/certs/stores.hpp"

namespace countersign::tests {
namespace {

using namespace std::string_view_literals;
using certs::kMaxStoreBytes;

/// What is left for the elements around what fills a file.
constexpr std::size_t kFull = kMaxStoreBytes - 1024;

std::string number(std::size_t value, int bytes) {
    std::string out;
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
    return out;
}

/// Fewer than a store that is changed may have.
constexpr std::size_t kEntries = 4900;

/// A JKS or JCEKS of version 1, in which certificates have no type, under the usual password.
std::string java_store_of(std::string_view magic, std::string_view entries, std::size_t count) {
    std::string store = std::string{magic} + number(1, 4) + number(count, 4);
    store += entries;
    const certs::JavaDigest digest = certs::java_digest(certs::as_bytes(store), kPassword);
    return store.append(digest.begin(), digest.end());
}

std::string java_store(std::string_view magic, std::string_view entry, std::size_t count) {
    std::string entries;
    for (std::size_t i = 0; i < count; ++i) entries += entry;
    return java_store_of(magic, entries, count);
}

std::string jks_full_of(std::string_view entry) {
    return java_store("\xfe\xed\xfe\xed"sv, entry, kFull / entry.size());
}

std::string jceks_full_of(std::string_view entry) {
    return java_store("\xce\xce\xce\xce"sv, entry, kFull / entry.size());
}

std::string java_entry(std::uint32_t tag, std::string_view content) {
    return number(tag, 4) + number(0, 2) + number(0, 8) + std::string{content};
}

/// A sealed key as Java serialises it, of a class with so many fields that are objects.
std::string java_object(std::size_t fields, std::string_view field, std::string_view values) {
    std::string bytes{"\xac\xed\0\x05\x73\x72"sv};
    bytes += number(1, 2) + "X" + number(0, 8) + "\x02" + number(fields, 2);
    for (std::size_t i = 0; i < fields; ++i) bytes += field;
    return bytes.append("\x78\x70").append(values);
}

/// One class has many fields, and many classes inherit them.
std::string jceks_of_heirs() {
    constexpr std::size_t kHeirs = 30'000;
    const auto array_of = [](std::string_view fields, std::size_t count, std::string_view parent) {
        return "\x75\x72" + number(2, 2) + "[B" + number(0, 8) + "\x02" + number(count, 2) +
               std::string{fields} + "\x78" + std::string{parent} + number(0, 4);
    };
    std::string fields;
    for (std::size_t i = 0; i < kHeirs; ++i) fields += "I" + number(0, 2);
    std::string values = array_of(fields, kHeirs, "\x70");
    const std::string heir = array_of("", 0, "\x71" + number(0x7e0002, 4));
    for (std::size_t i = 1; i < kHeirs; ++i) values += heir;
    return java_store(
        "\xce\xce\xce\xce"sv,
        java_entry(3, java_object(kHeirs, "L" + number(0, 2) + "\x70", values)), 1
    );
}

std::string jceks_of_strings() {
    constexpr std::size_t kStrings = 0xffff;
    const std::string string = "\x74" + number(0, 2);
    std::string values;
    for (std::size_t i = 0; i < kStrings; ++i) values += string;
    return java_store(
        "\xce\xce\xce\xce"sv,
        java_entry(3, java_object(kStrings, "L" + number(0, 2) + string, values)), 1
    );
}

std::string pem_full_of(std::string_view label, std::string_view base64) {
    const std::string name{label};
    return repeated(
        "-----BEGIN " + name + "-----\n" + std::string{base64} + "-----END " + name + "-----\n",
        kFull
    );
}

std::string pem_of(std::string_view label, const std::string& der_bytes) {
    std::string base64(der_bytes.size() * 2, '\0');
    const int length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(base64.data()),
        reinterpret_cast<const unsigned char*>(der_bytes.data()), static_cast<int>(der_bytes.size())
    );
    base64.resize(static_cast<std::size_t>(length));
    std::string text = "-----BEGIN " + std::string{label} + "-----\n";
    for (std::size_t i = 0; i < base64.size(); i += 64) text += base64.substr(i, 64) + "\n";
    return text + "-----END " + std::string{label} + "-----\n";
}

/// Four characters, another text for each number.
std::string distinct(std::size_t number) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (int i = 0; i < 4; ++i, number >>= 6) text += kDigits[number & 63];
    return text;
}

/// One that differs from all others, with a subject of about that size.
std::string certificate_of(std::size_t number, std::size_t size) {
    const std::string value = distinct(number) + std::string(size, 'x');
    return least_certificate(set_of(sequence(kOid + der(0x0c, value))));
}

std::string revoked(std::size_t size) {
    const std::string entry = sequence(kOne + "\x17" + std::string(1, '\0'));
    const std::string content =
        kAlgorithm + sequence("") + "\x17" + std::string(1, '\0') + sequence(repeated(entry, size));
    return sequence(sequence(content) + kAlgorithm + std::string{"\x03\x01\0"sv});
}

const std::string kAnyValue{"\x04\0"sv};

const std::vector<HostileFile> kFiles{
    {"JksOfKeys", [] { return jks_full_of(java_entry(1, number(0, 8))); }},
    {"JksOfTrusted",
     [] {
         const std::string certificate = least_certificate();
         return jks_full_of(java_entry(2, number(certificate.size(), 4) + certificate));
     }},
    {"JksOfOneChain",
     [] {
         const std::size_t length = kFull / 4;
         return java_store(
             "\xfe\xed\xfe\xed"sv,
             java_entry(1, number(0, 4) + number(length, 4) + std::string(length * 4, '\0')), 1
         );
     }},
    {"JceksOfSecretKeys", [] { return jceks_full_of(java_entry(3, java_object(0, "", ""))); }},
    {"JceksOfHeirs", jceks_of_heirs},
    {"JceksOfStrings", jceks_of_strings},
    {"DerOfCertificates", [] { return repeated(least_certificate(), kFull); }},
    {"DerOfOneName",
     [] {
         // OpenSSL takes no name above a megabyte.
         const std::string part = set_of(sequence(kOid + std::string{"\x0c\0"sv}));
         return least_certificate(repeated(part, 1'000'000));
     }},
    {"DerOfEmptyNameParts", [] { return least_certificate(repeated(set_of(""), 1'000'000)); }},
    {"DerOfExtensions",
     [] { return least_certificate("", repeated(sequence(kOid + octets("")), kFull)); }},
    {"Pkcs7OfCertificates",
     [] { return bundle_of({.certificates = repeated(least_certificate(), kFull)}); }},
    {"Pkcs7OfAlgorithms",
     [] { return bundle_of({.algorithms = repeated(sequence(kOid + octets("")), kFull)}); }},
    {"Pkcs7OfRevoked", [] { return bundle_of({.lists = revoked(kFull)}); }},
    {"Pkcs7OfLists", [] { return bundle_of({.lists = repeated(revoked(0), kFull)}); }},
    {"Pkcs7OfSigners", [] { return bundle_of({.signers = repeated(signer_with(""), kFull)}); }},
    {"Pkcs7OfAttributes",
     [] { return bundle_of({.signers = signer_with(repeated(attribute_of(""), kFull))}); }},
    {"Pkcs7OfValues",
     [] { return bundle_of({.signers = signer_with(attribute_of(repeated(kAnyValue, kFull)))}); }},
    {"Pkcs12OfSafes", [] { return pkcs12_of_safes(repeated(safe_of(""), kFull)); }},
    {"Pkcs12OfKeys",
     [] {
         const std::string key = sequence(std::string{"\x02\x01\0"sv} + kAlgorithm + octets(""));
         return pkcs12_of(repeated(bag_of(1, key), kFull));
     }},
    {"Pkcs12OfSealedKeys",
     [] { return pkcs12_of(repeated(bag_of(2, sequence(kAlgorithm + octets(""))), kFull)); }},
    {"Pkcs12OfCertificates",
     [] {
         const std::string kind{"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01"sv};
         const std::string value = sequence(kind + explicitly(0, octets(least_certificate())));
         return pkcs12_of(repeated(bag_of(3, value), kFull));
     }},
    {"Pkcs12OfLists",
     [] { return pkcs12_of(repeated(bag_of(4, sequence(kOid + explicitly(0, ""))), kFull)); }},
    {"Pkcs12OfSecrets",
     [] {
         const std::string secret = sequence(kOid + explicitly(0, octets("")));
         return pkcs12_of(repeated(bag_of(5, secret), kFull));
     }},
    {"Pkcs12OfNestedBags",
     [] { return pkcs12_of(bag_of(6, sequence(repeated(bag_of(6, sequence("")), kFull)))); }},
    {"Pkcs12OfUnknownBags",
     [] { return pkcs12_of(repeated(sequence(kOid + explicitly(0, kOne)), kFull)); }},
    {"Pkcs12OfAttributes",
     [] {
         const std::string key = sequence(kAlgorithm + octets(""));
         return pkcs12_of(bag_of(2, key, repeated(attribute_of(""), kFull)));
     }},
    {"Pkcs12OfValues",
     [] {
         const std::string key = sequence(kAlgorithm + octets(""));
         return pkcs12_of(bag_of(2, key, attribute_of(repeated(kAnyValue, kFull))));
     }},
    {"PemOfUnknownBlocks", [] { return pem_full_of("X", ""); }},
    {"PemOfKeys", [] { return pem_full_of("PRIVATE KEY", "MAA=\n"); }},
    {"PemOfCertificates",
     [] { return repeated(pem_of("CERTIFICATE", least_certificate()), kFull); }},
    {"PemOfOneBlock", [] { return pem_of("X", std::string(kFull / 4 * 3 / 66 * 64, '\0')); }},
    {"PemOfOneHeader",
     [] {
         return "-----BEGIN X-----\nA: " + std::string(kFull - 64, 'a') + "\n\n-----END X-----\n";
     }},
    {"PemOfValues",
     [] {
         const std::string values = repeated(kAnyValue, kFull / 4 * 3 / 66 * 64);
         return pem_of("PKCS7", bundle_of({.signers = signer_with(attribute_of(values))}));
     }},
    {"PemOfLines",
     [] {
         // Ones that differ, four characters each.
         std::string text = "-----BEGIN X-----\nAAAA\n-----END X-----\n";
         for (std::size_t i = 0; text.size() + 5 < kFull; ++i) text += distinct(i) + "\n";
         return text;
     }},
    {"PemOfDistinctBlocks",
     [] {
         std::string text;
         for (std::size_t i = 0; text.size() + 40 < kFull; ++i) {
             text += "-----BEGIN X-----\n" + distinct(i) + "\n-----END X-----\n";
         }
         return text;
     }},
    {"PemOfDistinctLabels",
     [] {
         std::string text;
         for (std::size_t i = 0; text.size() + 48 < kFull; ++i) {
             text += "-----BEGIN " + distinct(i) + "-----\n-----END " + distinct(i) + "-----\n";
         }
         return text;
     }},
    {"PemOfDistinctCertificates",
     [] {
         std::string text;
         for (std::size_t i = 0; text.size() + 256 < kFull; ++i) {
             const std::string part =
                 set_of(sequence(kOid + std::string{"\x0c\x04"sv} + distinct(i)));
             text += pem_of("CERTIFICATE", least_certificate(part));
         }
         return text;
     }},
    {"Pkcs12OfDistinctAttributes",
     [] {
         std::string attributes;
         for (std::size_t i = 0; attributes.size() + 64 < kFull; ++i) {
             attributes += attribute_of(octets(distinct(i)));
         }
         return pkcs12_of(bag_of(2, sequence(kAlgorithm + octets("")), attributes));
     }},
    {"Pkcs12OfAsManyEntriesAsAreTaken",
     [] {
         const std::string kind{"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01"sv};
         std::string bags;
         for (std::size_t i = 0; i < kEntries; ++i) {
             std::string attributes;
             for (std::size_t each = 0; each < 4; ++each) {
                 attributes += attribute_of(octets(distinct(4 * i + each)));
             }
             const std::string certificate = certificate_of(i, kFull / kEntries - 160);
             bags += bag_of(3, sequence(kind + explicitly(0, octets(certificate))), attributes);
         }
         return pkcs12_of(bags);
     }},
    {"JksOfAsManyEntriesAsAreTaken",
     [] {
         std::string entries;
         for (std::size_t i = 0; i < kEntries; ++i) {
             const std::string certificate = certificate_of(i, kFull / kEntries - 100);
             entries += number(2, 4) + number(4, 2) + distinct(i) + number(0, 8) +
                        number(certificate.size(), 4) + certificate;
         }
         return java_store_of("\xfe\xed\xfe\xed"sv, entries, kEntries);
     }},
    {"PemOfAsManyEntriesAsAreTaken",
     [] {
         std::string text;
         for (std::size_t i = 0; i < kEntries; ++i) {
             text += distinct(i) + "\n";
             text +=
                 pem_of("CERTIFICATE", certificate_of(i, (kFull / kEntries - 100) / 4 * 3 - 60));
         }
         return text;
     }},
    {"Pkcs12OfBagsOfDistinctAttributes",
     [] {
         std::string bags;
         for (std::size_t i = 0; bags.size() + 16'000 < kFull;) {
             std::string attributes;
             for (const std::size_t end = i + 900; i < end; ++i) {
                 attributes += attribute_of(octets(distinct(i)));
             }
             bags += bag_of(2, sequence(kAlgorithm + octets(distinct(i))), attributes);
         }
         return pkcs12_of(bags);
     }},
    {"Pkcs12OfCertificatesWithDistinctAttributes",
     [] {
         const std::string kind{"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01"sv};
         std::string bags;
         for (std::size_t i = 0; bags.size() + 16'000 < kFull;) {
             const std::string name =
                 set_of(sequence(kOid + std::string{"\x0c\x04"sv} + distinct(i)));
             std::string attributes;
             for (const std::size_t end = i + 900; i < end; ++i) {
                 attributes += attribute_of(octets(distinct(i)));
             }
             bags += bag_of(
                 3, sequence(kind + explicitly(0, octets(least_certificate(name)))), attributes
             );
         }
         return pkcs12_of(bags);
     }},
    {"Pkcs12OfDistinctUnknownBags",
     [] {
         std::string bags;
         for (std::size_t i = 0; bags.size() + 64 < kFull; ++i) {
             bags += sequence(kOid + explicitly(0, octets(distinct(i))));
         }
         return pkcs12_of(bags);
     }},
    {"Pkcs12OfDistinctCertificates",
     [] {
         const std::string kind{"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01"sv};
         std::string bags;
         for (std::size_t i = 0; bags.size() + 256 < kFull; ++i) {
             const std::string part =
                 set_of(sequence(kOid + std::string{"\x0c\x04"sv} + distinct(i)));
             bags += bag_of(
                 3, sequence(kind + explicitly(0, octets(least_certificate(part)))),
                 attribute_of(octets(distinct(i)))
             );
         }
         return pkcs12_of(bags);
     }},
};

}  // namespace

const std::vector<HostileFile>& hostile_files() { return kFiles; }

}  // namespace countersign::tests
