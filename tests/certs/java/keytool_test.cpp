#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <cstdlib>

#include "certs/certificate.hpp"
#include "certs/identity_loader.hpp"
#include "certs/key_store.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::load_identity;
using certs::LoadedIdentity;
using certs::LoadResult;

/// Stores made by the Java that is installed, along the steps of its users.
class Keytool : public testing::TestWithParam<const char*> {
protected:
    void run(const std::string& arguments) {
        const std::string command = "cd '" + directory_.path().native() +
                                    "' && LC_ALL=C.UTF-8 keytool -keystore store -storetype " +
                                    GetParam() + " -storepass 'pass word' -noprompt " + arguments +
                                    " >log 2>&1";
        ASSERT_EQ(std::system(command.c_str()), 0) << read_bytes(directory_ / "log");
    }

    LoadResult<LoadedIdentity> load(std::string_view alias) {
        certs::KeyStoreSource source = source_of(directory_ / "store", "pass word");
        source.alias = alias;
        return load_identity(source);
    }

    /// What a CA does with a request: the certificate for its public key.
    Issued sign_request(const Ca& ca, const std::string& name) {
        const std::string pem = read_bytes(directory_ / name);
        const certs::BioHandle bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
        const certs::OpensslHandle<X509_REQ, X509_REQ_free> request{
            PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr)};
        return ca.issue(
            {.common_name = "reply", .client_auth = true}, X509_REQ_get0_pubkey(request.get())
        );
    }

    TempDir directory_;
};

TEST_P(Keytool, MakesAKeyRequestsACertificateAndImportsTheReply) {
    const Ca issuing = Ca::root("Root").intermediate("Issuing");
    run("-genkeypair -alias mydomain -keyalg RSA -dname CN=placeholder -keypass 'pass word'");
    EXPECT_EQ(load("mydomain").value().identity.subject(), "CN=placeholder");

    run("-certreq -alias mydomain -file request.csr -keypass 'pass word'");
    const Issued reply = sign_request(issuing, "request.csr");
    directory_.write("merged.crt", reply.chain_pem());
    run("-importcert -alias mydomain -file merged.crt -keypass 'pass word'");
    const LoadResult<LoadedIdentity> loaded = load("MYDOMAIN");

    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->identity.subject(), "CN=reply");
    ASSERT_EQ(loaded->identity.chain().size(), 1u);
    EXPECT_EQ(certs::subject_of(loaded->identity.chain()[0].get()), "CN=Issuing");
}

INSTANTIATE_TEST_SUITE_P(
    StoreTypes, Keytool, testing::Values("JKS", "JCEKS", "PKCS12"),
    [](const auto& test) { return test.param; }
);

}  // namespace
}  // namespace countersign::tests
