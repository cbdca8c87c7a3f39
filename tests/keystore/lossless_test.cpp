// Files as openssl, ssh-keygen, keytool and Python make them, changed by our commands: what the
// command was not asked to take away is there afterwards, as openssl and keytool see it.
#include <gtest/gtest.h>

#include "tests/keystore/user.hpp"

namespace countersign::tests {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

class Lossless : public testing::Test {
protected:
    Lossless() { user_.files().write("root.crt", root_.certificate_pem()); }

    std::string shell(const std::string& line) const {
        const Ended ended = user_.shell("set -e; " + line);
        EXPECT_EQ(ended.status, 0) << line << ": " << ended.errors << ended.output;
        return ended.output;
    }
    std::string bytes(const std::string& file) const { return read_bytes(user_ / file); }
    Ended keystore(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--password-file", "pw"});
        return user_.keystore(std::move(arguments));
    }
    void copy_data(const std::string& file) const {
        std::filesystem::copy_file(std::filesystem::path{CERTS_DATA} / file, user_ / file);
        user_.files().write("pw", "changeit");
    }

    /// acme.key, acme.crt: a key with a certificate that signs itself. all.pem: both, and what the
    /// files of HAProxy, of authorities and of OpenSSL's own commands hold besides.
    void make_pem() const {
        shell(
            "openssl ecparam -name prime256v1 -genkey -out acme.key 2>/dev/null;"
            "openssl req -new -key acme.key -subj /CN=acme -out acme.csr;"
            "openssl req -x509 -key acme.key -subj /CN=acme -days 90 -out acme.crt;"
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout ca.key "
            "    -subj /CN=CA -days 90 -out ca.crt 2>/dev/null;"
            "openssl x509 -in ca.crt -addtrust clientAuth -setalias ours -trustout -out "
            "trusted.crt;"
            "printf '[ca]\\ndefault_ca=t\\n[t]\\ndatabase=index\\ndefault_md=sha256\\n"
            "default_crl_days=9\\n' > ca.cnf; : > index;"
            "openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.crt -out ca.crl "
            "2>/dev/null;"
            "openssl dhparam -out dh.pem 512 2>/dev/null;"
            "{ echo '# made by the operator'; cat acme.crt acme.key dh.pem ca.crl acme.csr;"
            "  echo '# who signs our clients'; cat trusted.crt; } > all.pem"
        );
    }

    const Ca root_ = Ca::root("Partner Root");
    User user_;
};

TEST_F(Lossless, PemKeepsEveryByteWhereACertificateIsAdded) {
    make_pem();
    const std::string before = bytes("all.pem");
    for (const char* part :
         {"EC PARAMETERS", "EC PRIVATE KEY", "DH PARAMETERS", "X509 CRL", "CERTIFICATE REQUEST",
          "TRUSTED CERTIFICATE"}) {
        ASSERT_TRUE(has(before, part)) << part;
    }

    user_.must({"import", "all.pem", "root.crt", "--trusted"});

    EXPECT_EQ(bytes("all.pem"), before + root_.certificate_pem());
    shell(
        "openssl pkey -in all.pem -noout; openssl crl -in all.pem -noout; "
        "openssl req -in all.pem -noout"
    );
    // `openssl x509` alone would look at the first certificate of the file.
    const std::string trusted =
        shell("sed -n '/BEGIN TRUSTED/,/END TRUSTED/p' all.pem | openssl x509 -noout -text -alias");
    EXPECT_TRUE(has(trusted, "TLS Web Client")) << trusted;
    EXPECT_TRUE(has(trusted, "ours\n")) << trusted;
}

TEST_F(Lossless, PemKeepsAllButTheFormerCertificateWhereAReplyIsImported) {
    make_pem();
    user_.files().write("reply.crt", user_.sign(root_, "acme.csr").chain_pem());
    const std::string before = bytes("all.pem");

    user_.must({"import", "all.pem", "reply.crt", "root.crt"});

    const std::string after = bytes("all.pem");
    const std::string old = bytes("acme.crt");
    std::string expected = before;
    expected.replace(expected.find(old), old.size(), bytes("reply.crt") + root_.certificate_pem());
    EXPECT_EQ(after, expected);
}

TEST_F(Lossless, TheOnlyKeyOfAnOpensshFileIsNeverGone) {
    shell("ssh-keygen -q -t ed25519 -N '' -C me -f ssh.pem");
    const std::string before = bytes("ssh.pem");
    ASSERT_TRUE(has(before, "OPENSSH PRIVATE KEY"));

    user_.must({"import", "ssh.pem", "root.crt", "--trusted"});
    const Ended reply = keystore({"import", "ssh.pem", "root.crt"});
    const Ended second = keystore({"generate", "ssh.pem", "--subject", "CN=x", "--key", "ec"});
    const Ended converted = keystore({"convert", "ssh.pem", "ssh.p12"});

    EXPECT_EQ(bytes("ssh.pem"), before + root_.certificate_pem());
    EXPECT_EQ(shell("ssh-keygen -y -f ssh.pem"), shell("cut -d' ' -f1-3 ssh.pem.pub"));
    EXPECT_EQ(reply.status, 1);
    EXPECT_TRUE(has(reply.errors, "ssh-keygen -p -m PKCS8")) << reply.errors;
    EXPECT_EQ(second.status, 1);
    EXPECT_EQ(converted.status, 1);
    EXPECT_TRUE(has(converted.errors, "would be lost in PKCS#12: the block OPENSSH PRIVATE KEY"))
        << converted.errors;
    EXPECT_FALSE(std::filesystem::exists(user_ / "ssh.p12"));
}

TEST_F(Lossless, ConvertRefusesWhatTheNewKindHasNoPlaceForUnlessItIsToldTo) {
    make_pem();
    for (const std::string target : {"new.p12", "new.jks"}) {
        const Ended refused = keystore({"convert", "all.pem", target});
        const bool written = std::filesystem::exists(user_ / target);
        const Ended told = keystore({"convert", "all.pem", target, "--lossy"});

        EXPECT_EQ(refused.status, 1);
        EXPECT_FALSE(written);
        EXPECT_EQ(told.status, 0) << told.errors;
        for (const char* what :
             {"the block DH PARAMETERS", "the block EC PARAMETERS", "the block X509 CRL",
              "the block CERTIFICATE REQUEST",
              "the settings of the TRUSTED CERTIFICATE of CN=CA"}) {
            EXPECT_TRUE(has(refused.errors, what)) << what << ": " << refused.errors;
            EXPECT_TRUE(has(told.errors, what)) << what << ": " << told.errors;
        }
        EXPECT_TRUE(has(refused.errors, "Say --lossy")) << refused.errors;
        EXPECT_TRUE(has(told.errors, "left out: ")) << told.errors;
    }
}

TEST_F(Lossless, PemIntoPemKeepsBlocksAndLinesAndPutsTheKeyInFront) {
    make_pem();

    user_.must({"convert", "all.pem", "new.pem"});

    const std::string text = bytes("new.pem");
    EXPECT_TRUE(has(text, "BEGIN ENCRYPTED PRIVATE KEY"));
    for (const char* file : {"acme.crt", "dh.pem", "ca.crl", "acme.csr", "trusted.crt"}) {
        EXPECT_TRUE(has(text, bytes(file))) << file;
    }
    EXPECT_TRUE(has(text, "# made by the operator\n"));
    EXPECT_TRUE(has(text, "# who signs our clients\n"));
    // Onto itself, too: nothing of it is lost.
    user_.must({"convert", "new.pem", "new.pem", "--replace"});
    EXPECT_TRUE(has(bytes("new.pem"), "# who signs our clients\n" + bytes("trusted.crt")));
}

TEST_F(Lossless, Pkcs12GivesEveryKeyItsCertificateWhateverTheLocalKeyIdSays) {
    for (const std::string file : {"shared-id.p12", "crossed-id.p12", "bouncycastle.p12"}) {
        SCOPED_TRACE(file);
        copy_data(file);
        const bool one_key = file == "bouncycastle.p12";
        const std::string second = one_key ? "CN=client" : "CN=second";
        const auto expect_both = [&](const std::string& store) {
            EXPECT_TRUE(has(user_.must({"list", store, "--alias", "first"}), "subject  CN=client"));
            EXPECT_TRUE(has(user_.must({"list", store, "--alias", "second"}), "subject  " + second)
            );
            const Ended linted = keystore({"lint", store});
            EXPECT_EQ(linted.status, 0) << linted.output;
        };
        expect_both(file);

        user_.must({"import", file, "root.crt", "--trusted"});
        expect_both(file);
        user_.must({"convert", file, file + ".jks"});
        expect_both(file + ".jks");
        // keytool goes by the local key ID alone.
        const std::string listed =
            shell("keytool -list -v -keystore " + file + " -storepass:file pw");
        EXPECT_TRUE(has(listed, "contains 3 entries")) << listed;
        EXPECT_FALSE(has(listed, "Certificate chain length: 0")) << listed;
        user_.must({"delete", file, "--alias", "first"});
        EXPECT_TRUE(has(user_.must({"list", file}), "subject  " + second));
        std::filesystem::remove(user_ / (file + ".jks"));
    }
}

TEST_F(Lossless, Pkcs12KeepsWhatOpensslShowsOfBagsNamesAndAttributes) {
    copy_data("everything.p12");
    // Apart: what is told on the side comes in the middle of a line where both go to one pipe.
    const auto seen = [&] {
        return shell(
            "openssl pkcs12 -in everything.p12 -passin pass:changeit -noenc -info 2>told || true;"
            "cat told"
        );
    };
    const std::vector<std::string> parts{"friendlyName: My certificate",
                                         "friendlyName: Our issuer",
                                         "friendlyName: Our root",
                                         "friendlyName: somebody else",
                                         "Microsoft CSP Name: Some Provider",
                                         "friendlyName: aes",
                                         "unsupported bag type: crlBag",
                                         "unsupported bag type: 1.2.3.4.5"};
    for (const std::string& part : parts) ASSERT_TRUE(has(seen(), part)) << part;

    user_.must({"import", "everything.p12", "root.crt", "--trusted"});
    for (const std::string& part : parts) EXPECT_TRUE(has(seen(), part)) << part;
    user_.must({"delete", "everything.p12", "--alias", "partner-root"});
    for (const std::string& part : parts) EXPECT_TRUE(has(seen(), part)) << part;

    const Ended refused = keystore({"convert", "everything.p12", "new.jks"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(has(refused.errors, "the secret key aes")) << refused.errors;
    EXPECT_TRUE(has(refused.errors, "the name 'Our issuer'")) << refused.errors;
}

TEST_F(Lossless, JceksWithASecretKeyIsRefusedAndSaysHowToGoOn) {
    shell(
        "keytool -genkeypair -alias a -keyalg EC -dname CN=a -storetype JCEKS -keystore a.jceks "
        "    -storepass:file pw 2>&1;"
        "keytool -genseckey -alias aes -keyalg AES -keysize 128 -storetype JCEKS "
        "    -keystore a.jceks -storepass:file pw 2>&1"
    );
    const std::string before = bytes("a.jceks");

    const Ended refused = keystore({"import", "a.jceks", "root.crt", "--trusted"});
    const Ended also = keystore({"convert", "a.jceks", "b.jceks"});
    const Ended in_place = keystore({"convert", "a.jceks", "a.jceks", "--replace", "--lossy"});
    user_.must({"convert", "a.jceks", "b.jceks", "--lossy"});
    user_.must({"import", "b.jceks", "root.crt", "--trusted"});

    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(has(refused.errors, "alias aes is a secret key")) << refused.errors;
    EXPECT_TRUE(has(refused.errors, "Convert it to a new file with --lossy")) << refused.errors;
    EXPECT_EQ(also.status, 1);
    EXPECT_EQ(in_place.status, 1);
    EXPECT_TRUE(has(in_place.errors, "alias aes is a secret key")) << in_place.errors;
    EXPECT_TRUE(has(in_place.errors, "Name another file for the new store.")) << in_place.errors;
    EXPECT_EQ(bytes("a.jceks"), before);
}

}  // namespace
}  // namespace countersign::tests
