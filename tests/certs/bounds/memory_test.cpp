#include <gtest/gtest.h>

#include <functional>

#include "certs/file.hpp"
#include "certs/identity_loader.hpp"
#include "certs/java/java_key_store.hpp"
#include "certs/java/key_protector.hpp"
#include "certs/key_store.hpp"
#include "certs/lint/lint.hpp"
#include "certs/trust_file.hpp"
#include "tests/certs/bounds/der_text.hpp"
#include "tests/certs/bounds/memory_count.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

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

/// A JKS or JCEKS of version 1, in which certificates have no type, under the usual password.
std::string java_store(std::string_view magic, std::string_view entry, std::size_t count) {
    std::string store = std::string{magic} + number(1, 4) + number(count, 4);
    for (std::size_t i = 0; i < count; ++i) store += entry;
    const certs::JavaDigest digest = certs::java_digest(certs::as_bytes(store), kPassword);
    return store.append(digest.begin(), digest.end());
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

std::string revoked(std::size_t size) {
    const std::string entry = sequence(kOne + "\x17" + std::string(1, '\0'));
    const std::string content =
        kAlgorithm + sequence("") + "\x17" + std::string(1, '\0') + sequence(repeated(entry, size));
    return sequence(sequence(content) + kAlgorithm + std::string{"\x03\x01\0"sv});
}

struct HostileFile {
    const char* name;
    std::function<std::string()> make;

    friend void PrintTo(const HostileFile& file, std::ostream* out) { *out << file.name; }
};

const std::string kAnyValue{"\x04\0"sv};

const HostileFile kFiles[] = {
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
};

std::size_t bound_for(std::size_t size) { return (std::size_t{64} << 20) + 20 * size; }

class HostileMemory : public testing::TestWithParam<HostileFile> {
protected:
    /// What OpenSSL loads once and keeps.
    static void SetUpTestSuite() {
        for (const char* file : {"legacy.p12", "client.jceks", "client.pem", "bundle.p7b"}) {
            static_cast<void>(certs::load_identity(source_of(data(file))));
        }
    }

    const TempDir directory_;
};

TEST_P(HostileMemory, OfAFileIsBoundedByItsSize) {
    const std::string bytes = GetParam().make();
    ASSERT_LE(bytes.size(), kMaxStoreBytes);
    ASSERT_GT(bytes.size(), kMaxStoreBytes / 4);
    const auto file = directory_.write("store.pem", bytes);
    const certs::Secret password{std::string{kPassword}};

    std::size_t most = 0;
    const auto measure = [&](const char* how, auto read) {
        const PeakMemory peak;
        read();
        const double times = static_cast<double>(peak.bytes()) / static_cast<double>(bytes.size());
        RecordProperty(how, std::to_string(times));
        most = std::max(most, peak.bytes());
    };
    measure("identity", [&] { return certs::load_identity(source_of(file)).has_value(); });
    measure("trust", [&] { return certs::read_trusted({file, password}).has_value(); });
    measure("lint", [&] { return certs::lint_key_store(source_of(file), {}).has_value(); });
    measure("lint_trust", [&] {
        return certs::lint_trust(certs::TrustFile{file, password}, {}).has_value();
    });

    EXPECT_LE(most, bound_for(bytes.size()));
    RecordProperty("mebibytes", static_cast<int>(most >> 20));
}

INSTANTIATE_TEST_SUITE_P(Files, HostileMemory, testing::ValuesIn(kFiles), [](const auto& test) {
    return test.param.name;
});

}  // namespace
}  // namespace countersign::tests
