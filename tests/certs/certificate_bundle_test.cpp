#include "certs/certificate_bundle.hpp"

#include <gtest/gtest.h>

#include "certs/certificate.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::LoadErrorCode;
using certs::LoadResult;
using certs::X509Handle;

using Subjects = std::vector<std::string>;

LoadResult<std::vector<X509Handle>> read(std::string_view bytes) {
    return certs::read_certificates(certs::as_bytes(bytes), secret(kPassword), "acme.crt");
}

const std::string kClient = "CN=client, O=Acme, C=DE";

TEST(ReadCertificates, FindsThemInEveryContainer) {
    const struct {
        const char* file;
        Subjects subjects;
    } kFiles[] = {
        {"client.pem", {"CN=Test Root", "CN=Test Issuing", kClient}},
        {"chain.pem", {kClient, "CN=Test Issuing"}},
        {"client.der", {kClient}},
        {"bundle.p7b", {kClient, "CN=Test Issuing", "CN=Test Root"}},
        {"bundle-pem.p7b", {kClient, "CN=Test Issuing", "CN=Test Root"}},
        {"bundle-labelled-certificate.p7b", {kClient, "CN=Test Issuing", "CN=Test Root"}},
        {"trusted.jks", {"CN=Test Root"}},
        {"client.jks", {kClient, "CN=Test Issuing", "CN=Test Root"}},
        {"client.jceks", {kClient, "CN=Test Issuing", "CN=Test Root"}},
        {"modern.p12", {kClient, "CN=Test Issuing", "CN=Test Root"}},
        {"java.p12", {kClient, "CN=Test Issuing", "CN=Test Root", "CN=Test Root"}},
    };
    for (const auto& [file, subjects] : kFiles) {
        const auto certificates = read(read_bytes(data(file)));

        ASSERT_TRUE(certificates) << certificates.error().message();
        EXPECT_EQ(certs::subjects_of(*certificates), subjects) << file;
    }
}

TEST(ReadCertificates, ReadsSeveralInDerOneAfterTheOther) {
    const Ca a = Ca::root("A");
    const Ca b = Ca::root("B");

    const auto certificates = read(a.certificate_der() + b.certificate_der());

    EXPECT_EQ(certs::subjects_of(certificates.value()), (Subjects{"CN=A", "CN=B"}));
}

TEST(ReadCertificates, SaysWhyThereIsNone) {
    const std::string der = Ca::root("A").certificate_der();
    const struct {
        const char* name;
        std::string bytes;
        LoadErrorCode code;
        const char* says;
    } kBytes[] = {
        {"nothing", "", LoadErrorCode::not_recognised, "empty"},
        {"text", "certificate", LoadErrorCode::not_recognised, "DER or PKCS#7"},
        {"key", read_bytes(data("pkcs8.key")), LoadErrorCode::no_certificate, "only a private key"},
        {"key in DER", read_bytes(data("pkcs8-key.der")), LoadErrorCode::no_certificate,
         "only a private key"},
        {"rest", der + "x", LoadErrorCode::malformed, "after certificate 1"},
        {"cut", der + der.substr(0, 20), LoadErrorCode::malformed, "after certificate 1"},
    };
    for (const auto& [name, bytes, code, says] : kBytes) {
        const auto certificates = read(bytes);

        ASSERT_FALSE(certificates) << name;
        EXPECT_EQ(certificates.error().code, code) << certificates.error().message();
        EXPECT_NE(certificates.error().message().find(says), std::string::npos)
            << certificates.error().message();
    }
}

TEST(ReadCertificates, NeedsTheContainersPassword) {
    const std::string store = read_bytes(data("trusted.jks"));

    const auto none = certs::read_certificates(certs::as_bytes(store), std::nullopt, "acme.jks");
    const auto wrong = certs::read_certificates(certs::as_bytes(store), secret("no"), "acme.jks");

    EXPECT_EQ(none.error().code, LoadErrorCode::password_needed);
    EXPECT_EQ(wrong.error().code, LoadErrorCode::wrong_password);
}

}  // namespace
}  // namespace countersign::tests
