#include "certs/chain_file.hpp"

#include <gtest/gtest.h>

#include "certs/certificate.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::KeyStoreSource;
using certs::load_identity;
using certs::LoadedIdentity;
using certs::LoadErrorCode;
using certs::LoadResult;

/// What authorities send: a certificate, theirs, and the key that stayed here; in this directory.
class ChainFiles : public testing::Test {
protected:
    ChainFiles() {
        directory_.write("client.crt", client_.certificate_pem());
        directory_.write("client.key", client_.key_pem());
        directory_.write("lower.crt", lower_.certificate_pem());
        directory_.write("upper.der", upper_.certificate_der());
        directory_.write("root.crt", root_.certificate_pem());
    }

    KeyStoreSource source(const std::vector<std::string>& chain) const {
        KeyStoreSource source = source_of(directory_ / "client.crt", std::nullopt);
        source.declared = certs::KeyStoreFormat::pem;
        source.key_file = directory_ / "client.key";
        for (const std::string& name : chain) source.chain_files.push_back(directory_ / name);
        return source;
    }

    /// The subjects of what is sent above the leaf, then each note in a line, without the
    /// directory.
    std::string loaded(const KeyStoreSource& source) const {
        const LoadResult<LoadedIdentity> loaded = load_identity(source);
        std::string text;
        if (loaded) {
            for (const auto& above : loaded->identity.chain()) {
                text += certs::subject_of(above.get()) + ";";
            }
            for (const std::string& note : loaded->notes) text += "\n" + note;
        } else {
            text = loaded.error().message();
        }
        const std::string prefix = directory_.path().string() + "/";
        for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix)) {
            text.erase(at, prefix.size());
        }
        return text;
    }
    std::string loaded(const std::vector<std::string>& chain) const {
        return loaded(source(chain));
    }

    TempDir directory_;
    Ca root_ = Ca::root("Root");
    Ca upper_ = root_.intermediate("Upper");
    Ca lower_ = upper_.intermediate("Lower");
    Issued client_ = lower_.issue({.common_name = "client", .client_auth = true});
};

TEST_F(ChainFiles, GiveTheChainInAnyOrderAndContainer) {
    directory_.write("all.crt", root_.certificate_pem() + upper_.certificate_pem());

    EXPECT_EQ(loaded({"lower.crt", "upper.der"}), "CN=Lower;CN=Upper;");
    EXPECT_EQ(loaded({"root.crt", "upper.der", "lower.crt"}), "CN=Lower;CN=Upper;");
    EXPECT_EQ(loaded({"all.crt", "lower.crt"}), "CN=Lower;CN=Upper;");
    EXPECT_EQ(loaded(std::vector<std::string>{}), "");
}

TEST_F(ChainFiles, AreTakenFromABundle) {
    KeyStoreSource source = source_of(data("client.pem"), kPassword);
    source.chain_files = {data("bundle.p7b")};

    const LoadedIdentity loaded = load_identity(source).value();

    EXPECT_EQ(loaded.notes, std::vector<std::string>{});
    EXPECT_FALSE(loaded.identity.chain().empty());
}

TEST_F(ChainFiles, MayRepeatTheLeafAndEachOther) {
    directory_.write("full.crt", client_.chain_pem());

    EXPECT_EQ(loaded({"full.crt", "lower.crt", "lower.crt"}), "CN=Lower;CN=Upper;");
}

TEST_F(ChainFiles, AreNotedForWhatIsNotInTheChain) {
    const Issued other = lower_.issue({.common_name = "other", .client_auth = true});
    directory_.write(
        "odd.crt",
        lower_.certificate_pem() + other.certificate_pem() + Ca::root("Stranger").certificate_pem()
    );

    EXPECT_EQ(
        loaded({"odd.crt", "upper.der"}),
        "CN=Lower;CN=Upper;\n"
        "odd.crt holds what is not in the chain of 'CN=client', and is not sent: 'CN=other' (no "
        "authority), 'CN=Stranger'"
    );
}

TEST_F(ChainFiles, MayHoldTheLeafInTheFilesStead) {
    KeyStoreSource exchanged = source({"client.crt", "upper.der"});
    exchanged.file = directory_ / "lower.crt";

    EXPECT_EQ(
        loaded(exchanged),
        "CN=Lower;CN=Upper;\n"
        "the certificate of the key is in client.crt, under `chain`, and not in lower.crt; it is "
        "used all the same"
    );
}

TEST_F(ChainFiles, LendNoKey) {
    directory_.write("both.pem", lower_.certificate_pem() + client_.key_pem());
    KeyStoreSource keyless = source({"both.pem"});
    keyless.key_file.reset();

    EXPECT_EQ(
        loaded({"both.pem", "upper.der"}),
        "CN=Lower;CN=Upper;\n"
        "both.pem, under `chain`, holds a private key, which is not used; take it out"
    );
    EXPECT_EQ(
        loaded(keyless),
        "client.crt gives no private key: the one in both.pem, under `chain`, is not looked at; "
        "name its file under `key`."
    );
}

TEST_F(ChainFiles, AreNamedByWhatIsWrongWithThem) {
    directory_.write("empty.crt", "");
    directory_.write("text.crt", "hello\n");
    directory_.write("cut.crt", lower_.certificate_pem().substr(0, 200));
    directory_.write("store.p12", client_.pkcs12(kPassword, "client"));
    directory_.write("crl.pem", "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n");
    const struct {
        const char* file;
        LoadErrorCode code;
        const char* says;
    } kFailures[] = {
        {"absent.crt", LoadErrorCode::unreadable, "absent.crt cannot be read"},
        {"empty.crt", LoadErrorCode::no_certificate, "empty.crt gives no certificate"},
        {"text.crt", LoadErrorCode::not_recognised, "text.crt is in no format"},
        {"cut.crt", LoadErrorCode::malformed,
         "cut.crt is incomplete: its first block has no line -----END CERTIFICATE-----"},
        {"store.p12", LoadErrorCode::unsupported,
         "store.p12 is of a kind that is not supported: it is a key store, and `chain` names"},
        {"crl.pem", LoadErrorCode::no_certificate, "it is PEM and holds 1 other block (X509 CRL)"},
    };
    for (const auto& [file, code, says] : kFailures) {
        const LoadResult<LoadedIdentity> loaded = load_identity(source({"lower.crt", file}));

        ASSERT_FALSE(loaded) << file;
        EXPECT_EQ(loaded.error().code, code) << file;
        EXPECT_NE(loaded.error().message().find(says), std::string::npos)
            << loaded.error().message();
    }
}

/// Each of these files in the place of another is a mistake that people make.
TEST_F(ChainFiles, AndFileAndKeyAreToldApartWhereOneStandsForAnother) {
    directory_.write(
        "client.csr",
        "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n"
        "-----END CERTIFICATE REQUEST-----\n"
    );
    const auto with = [&](const char* file, const char* key) {
        KeyStoreSource changed = source({});
        changed.file = directory_ / file;
        changed.key_file.reset();
        if (key != nullptr) changed.key_file = directory_ / key;
        return loaded(changed);
    };
    EXPECT_EQ(
        with("client.csr", "client.key"),
        "client.csr holds a certificate request and no certificate. Send it to the authority, and "
        "name under `file` the certificate that comes back."
    );
    EXPECT_EQ(
        with("client.crt", "client.csr"),
        "client.csr holds a certificate request and no private key. Name under `key` the file with "
        "the private key from which the request was made (openssl: the file behind -key or "
        "-keyout)."
    );
    EXPECT_EQ(
        with("client.key", "client.crt"),
        "client.crt gives no private key: it holds 1 certificate; exchange `file` and `key`."
    );
    EXPECT_EQ(
        with("client.key", "client.key"),
        "client.key gives no certificate: it holds a private key; `file` names the certificate, "
        "`key` the private key."
    );
    EXPECT_EQ(
        with("client.crt", nullptr),
        "client.crt gives no private key: it holds only certificates: CN=client; name the file "
        "with its private key under `key`."
    );
}

}  // namespace
}  // namespace countersign::tests
