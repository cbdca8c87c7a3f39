#include "proxy/records/inspection.hpp"

#include <gtest/gtest.h>

#include <string>

#include "certs/certificate.hpp"
#include "tests/support/ca.hpp"

namespace countersign::proxy::records {
namespace {

class InspectionOf : public testing::Test {
protected:
    static Inspection look(RecordDraft draft, const std::string& bytes) {
        draft.content.assign(bytes.begin(), bytes.end());
        return inspect(draft, std::chrono::system_clock::now());
    }

    const tests::Ca root_ = tests::Ca::root("Root");
    const tests::Issued client_ = root_.issue({.common_name = "client", .client_auth = true});
};

TEST_F(InspectionOf, AKeyStoreShowsWhatIsInItAndWhatLintSays) {
    const auto found = look(
        {.name = "acme", .file_name = "acme.p12", .password = certs::Secret{"geheim"}},
        client_.pkcs12("geheim", "mydomain")
    );
    EXPECT_EQ(found.problem, "");
    EXPECT_EQ(found.container, "PKCS#12");
    EXPECT_EQ(found.type, "pkcs12_key_store");
    ASSERT_FALSE(found.entries.empty());
    EXPECT_EQ(found.entries[0].kind, "key");
    EXPECT_EQ(found.entries[0].alias, "mydomain");
    EXPECT_EQ(found.entries[0].certificates.size(), 1U);
}

TEST_F(InspectionOf, APemFileShowsTheKeyWithItsOwnCertificate) {
    const auto found = look(
        {.file_name = "acme.pem"},
        root_.certificate_pem() + client_.key_pem() + client_.certificate_pem()
    );
    EXPECT_EQ(found.problem, "");
    ASSERT_EQ(found.entries.size(), 2U);
    EXPECT_EQ(found.entries[0].kind, "key");
    ASSERT_EQ(found.entries[0].certificates.size(), 1U);
    EXPECT_EQ(certs::subject_of(found.entries[0].certificates[0].get()), "CN=client");
    EXPECT_EQ(found.entries[1].kind, "certificate");
    EXPECT_EQ(certs::subject_of(found.entries[1].certificates.at(0).get()), "CN=Root");
}

TEST_F(InspectionOf, AWrongPasswordOrAliasIsTold) {
    const std::string store = client_.pkcs12("geheim", "mydomain");
    const auto none = look({.file_name = "acme.p12"}, store);
    EXPECT_EQ(none.problem, "acme.p12 is encrypted and no password is given. Type its password.");
    const auto wrong = look({.file_name = "acme.p12", .password = certs::Secret{"x"}}, store);
    EXPECT_TRUE(wrong.problem.starts_with("acme.p12 is not opened by the password given"))
        << wrong.problem;
    const auto alias = look(
        {.file_name = "acme.p12", .password = certs::Secret{"geheim"}, .alias = "other"}, store
    );
    EXPECT_NE(alias.problem.find("mydomain"), alias.problem.npos) << alias.problem;
    EXPECT_EQ(alias.entries.at(0).alias, "mydomain") << "to choose from";
}

TEST_F(InspectionOf, PartsAreTold) {
    const auto key = look({.name = "k"}, client_.key_pem());
    EXPECT_EQ(key.type, "pem_key_store");
    EXPECT_EQ(
        key.problem,
        "k gives no certificate: the private key stands alone; put the certificate that was issued "
        "for it, and those of its authorities, into the same text."
    );
    const auto request = look(
        {.file_name = "a.csr"},
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"
    );
    EXPECT_NE(request.problem, "") << "a request alone";
    const std::string store = client_.pkcs12("geheim", "mydomain");
    const auto cut = look(
        {.file_name = "acme.p12", .password = certs::Secret{"geheim"}},
        store.substr(0, store.size() / 2)
    );
    EXPECT_NE(cut.problem, "") << "a file that was cut";
    const auto empty = look({}, "");
    EXPECT_NE(empty.problem, "");
    EXPECT_TRUE(empty.problem.find("the file") != empty.problem.npos) << empty.problem;
}

TEST_F(InspectionOf, CertificatesAloneAreTrust) {
    const auto found = look({.name = "ca"}, root_.certificate_pem());
    EXPECT_EQ(found.problem, "");
    EXPECT_EQ(found.type, "trust_store_cert");
    EXPECT_EQ(found.entries.at(0).kind, "certificate");
    const auto leaf = look({.name = "leaf"}, client_.certificate_pem());
    EXPECT_EQ(leaf.type, "trust_store_cert");
    EXPECT_FALSE(leaf.findings.empty()) << "a client's certificate vouches for nobody";
}

TEST_F(InspectionOf, WhatIsAnotherKindThanWasSaidIsTold) {
    const auto trust = look(
        {.type = "trust_store_cert", .file_name = "a.p12", .password = certs::Secret{"geheim"}},
        client_.pkcs12("geheim", "mydomain")
    );
    EXPECT_EQ(
        trust.problem,
        "a.p12 holds a private key, and a trust_store_cert holds certificates alone. "
        "Choose pkcs12_key_store."
    );
    const auto store =
        look({.type = "pem_key_store", .file_name = "a.pem"}, root_.certificate_pem());
    EXPECT_NE(store.problem.find("a.pem"), store.problem.npos) << store.problem;
}

}  // namespace
}  // namespace countersign::proxy::records
