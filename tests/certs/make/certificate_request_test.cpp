#include "certs/make/certificate_request.hpp"

#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include "certs/certificate.hpp"
#include "certs/edit/certificate_path.hpp"
#include "certs/make/alternative_names.hpp"
#include "certs/make/distinguished_name.hpp"
#include "certs/make/key_pair.hpp"

namespace countersign::tests {
namespace {

using certs::KeySpec;
using RequestHandle = certs::OpensslHandle<X509_REQ, X509_REQ_free>;
using BitStringHandle = certs::OpensslHandle<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;
using std::chrono::system_clock;

/// A request read back, with its extensions put into a certificate, whose texts can be asked for.
struct ReadRequest {
    RequestHandle request;
    certs::X509Handle carrier{X509_new()};
};

ReadRequest read(const certs::SecretBytes& der) {
    const unsigned char* data = der.data();
    ReadRequest read{RequestHandle{d2i_X509_REQ(nullptr, &data, static_cast<long>(der.size()))}};
    STACK_OF(X509_EXTENSION)* extensions = X509_REQ_get_extensions(read.request.get());
    for (int i = 0; i < sk_X509_EXTENSION_num(extensions); ++i) {
        X509_add_ext(read.carrier.get(), sk_X509_EXTENSION_value(extensions, i), -1);
    }
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return read;
}

TEST(MakeRequest, SignsWithEveryKindOfKeyAndAsksForWhatIsWished) {
    for (const char* kind : {"rsa-2048", "rsa-3072", "ec-p256", "ec-p384", "ec-p521", "ed25519"}) {
        const auto key = certs::make_key_pair(KeySpec::parse(kind).value()).value();
        const auto subject = certs::parse_distinguished_name("CN=acme, O=Acme").value();
        const auto names = certs::parse_alternative_names({"DNS:a.example", "192.0.2.1",
                                                           "spiffe://example/a", "x@y.example"})
                               .value();

        const auto der = certs::make_request(key.get(), {subject.get(), names.get(), {}});

        ASSERT_TRUE(der) << der.error().sentence;
        const ReadRequest made = read(*der);
        ASSERT_NE(made.request, nullptr) << kind;
        EXPECT_EQ(X509_REQ_verify(made.request.get(), key.get()), 1) << kind;
        EXPECT_EQ(
            certs::name_text(X509_REQ_get_subject_name(made.request.get())), "CN=acme, O=Acme"
        );
        EXPECT_EQ(
            certs::subject_alt_names_of(made.carrier.get()),
            (std::vector<std::string>{
                "DNS:a.example", "IP:192.0.2.1", "URI:spiffe://example/a", "email:x@y.example"})
        );
        EXPECT_TRUE(certs::purpose_of(made.carrier.get()).client);
        EXPECT_FALSE(certs::purpose_of(made.carrier.get()).server);
        const BitStringHandle usage{static_cast<ASN1_BIT_STRING*>(
            X509_get_ext_d2i(made.carrier.get(), NID_key_usage, nullptr, nullptr)
        )};
        EXPECT_EQ(ASN1_BIT_STRING_get_bit(usage.get(), 0), 1) << kind;
    }
}

TEST(MakeSelfSigned, IsAnEndEntityCertificateForTheTimeThatIsAsked) {
    const auto key = certs::make_key_pair(KeySpec::parse("ec").value()).value();
    const auto subject = certs::parse_distinguished_name("CN=acme").value();
    const system_clock::time_point now{std::chrono::seconds{1'800'000'000}};

    const auto made = certs::make_self_signed(
        key.get(), {subject.get(), nullptr, {.client = true, .server = true}}, now, 30
    );

    ASSERT_TRUE(made) << made.error().sentence;
    X509* const certificate = made->get();
    EXPECT_TRUE(certs::is_root(certificate));
    EXPECT_EQ(certs::not_before_of(certificate), now);
    EXPECT_EQ(certs::not_after_of(certificate), now + std::chrono::days{30});
    EXPECT_EQ(X509_check_ca(certificate), 0);
    EXPECT_EQ(X509_get_extended_key_usage(certificate), unsigned{XKU_SSL_CLIENT | XKU_SSL_SERVER});
    const certs::Purpose purpose = certs::purpose_of(certificate);
    EXPECT_TRUE(purpose.client && purpose.server);
    EXPECT_NE(X509_get0_subject_key_id(certificate), nullptr);
}

TEST(PurposeOf, IsAClientsWhereNothingIsSaid) {
    EXPECT_TRUE(certs::purpose_of(nullptr).client);
    EXPECT_FALSE(certs::purpose_of(nullptr).server);
}

TEST(ParseAlternativeNames, RefusesWhatNoCertificateMaySay) {
    for (const char* text :
         {"", "DNS:", "IP:300.1.1.1", "IP:a", "DNS:bücher.example", "a b", "DNS:a,DNS:b"}) {
        const auto names = certs::parse_alternative_names({text});

        ASSERT_FALSE(names) << text;
        EXPECT_NE(names.error().sentence.find("DNS:api.example"), std::string::npos);
    }
    EXPECT_EQ(certs::parse_alternative_names({}).value(), nullptr);
}

TEST(KeySpec, NamesTheKeysThatAreMade) {
    for (const char* text :
         {"rsa", "RSA-2048", "rsa-2304", "rsa-4096", "ec", "EC-P521", "Ed25519"}) {
        EXPECT_TRUE(KeySpec::parse(text)) << text;
    }
    for (const char* text :
         {"", "rsa-1024", "rsa-2049", "rsa-8192", "rsa-", "rsa-2048x", "ec-p192", "dsa", "ed448"}) {
        const auto spec = KeySpec::parse(text);
        ASSERT_FALSE(spec) << text;
        EXPECT_NE(spec.error().sentence.find("ec-p256"), std::string::npos);
    }
}

TEST(DescribeKey, SaysKindAndStrength) {
    const auto described = [](const char* kind) {
        return certs::describe_key(certs::make_key_pair(KeySpec::parse(kind).value())->get());
    };
    EXPECT_EQ(described("rsa-2048"), "RSA 2048");
    EXPECT_EQ(described("ec-p384"), "EC P-384");
    EXPECT_EQ(described("ed25519"), "Ed25519");
}

}  // namespace
}  // namespace countersign::tests
