#include "certs/stranger.hpp"

#include <gtest/gtest.h>

#include "certs/text/base64.hpp"
#include "certs/trust_store.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/revocation_list.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using namespace std::string_literals;
using certs::encode_base64;
using certs::LoadErrorCode;

struct Stranger {
    const char* name;
    std::string bytes;
    std::string_view is;      ///< the cause
    std::string_view advice;  ///< part of the remedy
};

/// The head of a store of BouncyCastle; what follows it tells the kinds apart.
std::string bouncy_castle(char version, const std::string& rest) {
    return "\0\0\0"s + version + "\0\0\0\x14"s + std::string(20, 's') + "\0\0\x04\x21"s + rest;
}

std::string sequence(const std::string& content) {
    const auto size = static_cast<unsigned>(content.size());
    return "\x30\x82"s + static_cast<char>(size >> 8) + static_cast<char>(size & 0xff) + content;
}

std::vector<Stranger> strangers() {
    const std::string p12 = read_bytes(data("modern.p12"));
    const std::string certificate = read_bytes(data("client.der"));
    const std::string pbes2 = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"s;
    std::string lines;
    for (const char c : encode_base64(p12))
        lines += lines.size() % 65 == 64 ? "\r\n"s + c : ""s + c;
    return {
        {"nothing", "", "is empty", "Get a new copy"},
        {"blanks", " \r\n\n", "holds nothing but blanks", "Get a new copy"},
        {"BKS", bouncy_castle(2, "\x04\0\x04"s + "acme"),
         "is a key store of BouncyCastle of the kind BKS",
         "-srckeystore stranger -srcstoretype BKS"},
        {"empty BKS", bouncy_castle(1, "\0"s), "is a key store of BouncyCastle of the kind BKS",
         "-srcstoretype BKS"},
        {"UBER", bouncy_castle(1, "\x93\x11\x5a"s),
         "is a key store of BouncyCastle of the kind UBER", "-srcstoretype UBER"},
        {"BCFKS", sequence(sequence(sequence(pbes2 + "\x30\0"s) + "\x04\x01x"s)),
         "is a key store of BouncyCastle of the kind BCFKS", "-srcstoretype BCFKS"},
        {"a real BKS", read_bytes(data("bouncycastle.bks")),
         "is a key store of BouncyCastle of the "
         "kind BKS",
         "-srcstoretype BKS"},
        {"a real UBER", read_bytes(data("bouncycastle.uber")),
         "is a key store of BouncyCastle of "
         "the kind UBER",
         "-srcstoretype UBER"},
        {"a real BCFKS", read_bytes(data("bouncycastle.bcfks")),
         "is a key store of BouncyCastle of "
         "the kind BCFKS",
         "-srcstoretype BCFKS"},
        {"Oracle's wallet", "\xa1\xf8\x4e\x36\0\0\0\x06"s, "is an auto-login wallet of Oracle",
         "Take ewallet.p12"},
        {"PKIPath", sequence(certificate), "is a PKIPath", "PKCS#7"},
        {"ZIP", "PK\x03\x04\x14"s, "is a ZIP archive", "Unpack it"},
        {"gzip", "\x1f\x8b\x08"s, "is compressed with gzip", "Unpack it"},
        {"PuTTY", "PuTTY-User-Key-File-3: ssh-rsa\r\n", "is a private key of PuTTY",
         "puttygen stranger"},
        {"ssh", "ssh-ed25519 AAAAC3 me@host\n", "is a public key of OpenSSH", "TLS needs"},
        {"JSON", "\xef\xbb\xbf\n{\"value\": 1}", "is JSON", "jq -r .NAME stranger"},
        {"a key of PuTTY without another form", "PuTTY-User-Key-File-3: ssh-ed25519\r\n",
         "is a private key of PuTTY", "writes a key of the kind ssh-ed25519 in the common form"},
        {"ssh in RFC 4716", "---- BEGIN SSH2 PUBLIC KEY ----\n", "is a public key of SSH",
         "TLS needs"},
        {"an array in JSON", "[{\"value\": 1}]", "is JSON", "jq -r '.[0].NAME' stranger"},
        {"a Secret", "apiVersion: v1\nkind: Secret\n", "is a manifest of Kubernetes",
         "sed -n 's/^ *NAME: //p' stranger | base64 -d"},
        {"a page", "\n<!DOCTYPE html>", "seems to be a web page", "Download"},
        {"a text", "Certificate:\n    Data:\n", "is a certificate as text",
         "Take the certificate itself"},
        {"UTF-16", "\xff\xfe-\0-\0"s, "is text in UTF-16", "iconv -f UTF-16 -t UTF-8 stranger"},
        {"big-endian UTF-16", "\xfe\xff\0-\0-"s, "is text in UTF-16", "iconv"},
        {"base64 of PKCS#12", encode_base64(p12), "is base64 of a key store in PKCS#12",
         "base64 -di stranger > store.p12"},
        {"the same in lines", lines, "is base64 of a key store in PKCS#12", "> store.p12"},
        {"base64 of JKS", encode_base64(read_bytes(data("client.jks"))) + "\n",
         "is base64 of a key store in JKS", "> store.jks"},
        {"base64 of JCEKS", encode_base64(read_bytes(data("client.jceks"))),
         "is base64 of a key store in JCEKS", "> store.jceks"},
        {"base64 of a certificate", encode_base64(certificate),
         "is base64 of DER, without the BEGIN", "> decoded.der"},
        {"base64 of PEM", encode_base64(read_bytes(data("client.pem"))), "is base64 of PEM",
         "> decoded.pem"},
        {"DER that was cut", certificate.substr(0, certificate.size() - 1),
         "is damaged: its end is missing", "transferred as binary"},
        {"PEM in JSON", "{\"pem\": \"-----BEGIN CERTIFICATE-----\\nMIIB", "is JSON", "jq -r"},
        {"a public block of PGP",
         "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQE\n=aaaa\n-----END PGP PUBLIC KEY BLOCK-----\n",
         "holds a block of PGP", "TLS needs a certificate"},
        {"PGP",
         "-----BEGIN PGP MESSAGE-----\nVersion: 1\n\nhQEMA\n=aaaa\n-----END PGP MESSAGE-----\n",
         "holds a block of PGP", "gpg -d stranger"},
    };
}

/// Without the directory's path.
std::string short_message(const certs::LoadError& error, const TempDir& directory) {
    const std::string path = directory.path().native() + "/";
    std::string message = error.message();
    for (std::size_t at = message.find(path); at != message.npos; at = message.find(path)) {
        message.erase(at, path.size());
    }
    return message;
}

TEST(Strangers, AreNamedWhereverAFileIsRead) {
    const TempDir directory;
    for (const auto& [name, bytes, is, advice] : strangers()) {
        const std::filesystem::path file = directory.write("stranger", bytes);
        certs::KeyStoreSource with_key = source_of(data("client.pem"));
        with_key.key_file = file;

        const auto store = certs::load_identity(source_of(file));
        const auto key = certs::load_identity(with_key);
        const auto trust = certs::TrustStore::load({certs::TrustFile{file}});

        ASSERT_FALSE(store) << name;
        ASSERT_FALSE(key) << name;
        ASSERT_FALSE(trust) << name;
        const bool in_trust_empty = bytes.empty();  // says so in words of its own
        for (const std::string& message :
             {short_message(store.error(), directory), short_message(key.error(), directory),
              in_trust_empty ? short_message(store.error(), directory)
                             : short_message(trust.error(), directory)}) {
            EXPECT_NE(message.find("stranger " + std::string{is}), message.npos) << name << message;
            EXPECT_NE(message.find(advice), message.npos) << name << message;
        }
    }
}

TEST(Strangers, AreRevocationListsInTheWrongPlace) {
    const TempDir directory;
    const auto file = directory.write("stranger", crl_der(Ca::root("Root"), {}));

    const auto store = certs::load_identity(source_of(file));
    const auto trust = certs::TrustStore::load({certs::TrustFile{file}});

    ASSERT_FALSE(store);
    ASSERT_FALSE(trust);
    for (const certs::LoadError& error : {store.error(), trust.error()}) {
        EXPECT_EQ(
            short_message(error, directory),
            "stranger is a certificate revocation list (CRL), and holds no certificate. Name it in "
            "a profile: tls: { crl: [FILE] }."
        );
    }
}

TEST(Strangers, OfNoKnownKindAreToldWhatIsExpected) {
    const std::string whole = sequence(sequence("whole"));
    const std::string padded = encode_base64(read_bytes(data("modern.p12")) + "x") + "== end";
    for (const std::string& bytes :
         {whole, padded, "text"s, "\0\0\0\x01"s, "\x30\x82"s, "MII"s, "\x7f"s}) {
        const certs::LoadError error =
            certs::name_stranger(certs::as_bytes(bytes), "stranger", "a key is expected");

        EXPECT_EQ(error.code, LoadErrorCode::not_recognised);
        EXPECT_EQ(
            error.message(), "stranger is in no format that is read here: a key is expected."
        );
    }
}

TEST(Strangers, ByTheirNameAreOfIbm) {
    const certs::LoadError error = certs::name_stranger(certs::as_bytes("\1\2"), "key.kdb", "");

    EXPECT_NE(error.message().find("key.kdb seems to be a key database of IBM"), std::string::npos);
}

/// A block as OpenSSH writes it, as far as anybody can read it without the password.
std::string openssh_block(const std::string& kind) {
    const auto text = [](const std::string& of) {
        return "\0\0\0"s + static_cast<char>(of.size()) + of;
    };
    const std::string inside = "openssh-key-v1\0"s + text("aes256-ctr") + text("bcrypt") +
                               text(std::string(24, 's')) + "\0\0\0\1"s + "\0\0\0\x33"s +
                               text(kind) + std::string(60, 'k');
    return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + encode_base64(inside) +
           "\n-----END OPENSSH PRIVATE KEY-----\n";
}

TEST(Strangers, HaveTheirKeyInOpensshsForm) {
    const TempDir directory;
    const struct {
        std::string block;
        std::string_view alone;   ///< in the remedy, where nothing else is in the file
        std::string_view beside;  ///< where certificates are
    } kKeys[] = {
        {openssh_block("ssh-rsa"), "`chmod 600 FILE && ssh-keygen -p -m PKCS8 -f FILE`.",
         "'/BEGIN OPENSSH/,/END OPENSSH/p' FILE > id) && ssh-keygen -p -m PKCS8 -f id`."},
        {openssh_block("ecdsa-sha2-nistp256"), "ssh-keygen -p -m PKCS8", "-m PKCS8 -f id`."},
        {openssh_block("ssh-ed25519"), "writes a key of the kind ssh-ed25519 in the common form",
         "writes a key of the kind ssh-ed25519 in the common form"},
        {openssh_block("sk-ssh-ed25519@openssh.com"), "keystore generate", "keystore generate"},
        {"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
         "ssh-keygen -p -m PKCS8", "-m PKCS8 -f id`."},
    };
    for (const auto& [block, in_alone, in_beside] : kKeys) {
        const auto alone = directory.write("id", block);
        const auto beside = directory.write("both", read_bytes(data("chain.pem")) + block);
        certs::KeyStoreSource with_key = source_of(data("chain.pem"));
        with_key.key_file = alone;
        for (const auto& source : {source_of(alone), source_of(beside), with_key}) {
            const auto loaded = certs::load_identity(source);

            ASSERT_EQ(code_of(loaded), LoadErrorCode::no_private_key);
            const std::string message = loaded.error().message();
            EXPECT_NE(message.find("in OpenSSH's own form"), message.npos) << message;
            const bool has_more = source.file == beside;
            std::string expected{has_more ? in_beside : in_alone};
            const std::string file = (has_more ? beside : alone).string();
            for (auto at = expected.find("FILE"); at != expected.npos; at = expected.find("FILE")) {
                expected.replace(at, 4, file);
            }
            EXPECT_NE(message.find(expected), message.npos) << message;
        }
    }
}

}  // namespace
}  // namespace countersign::tests
