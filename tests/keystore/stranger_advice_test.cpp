// Files that are not read here, and the commands that their messages name: taken from the message,
// typed as they stand there, and what comes out is read.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "certs/text/base64.hpp"
#include "tests/keystore/user.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

/// The commands that a message has in backquotes.
std::vector<std::string> commands_in(const std::string& message) {
    std::vector<std::string> commands;
    for (std::size_t at = message.find('`'); at != message.npos; at = message.find('`', at + 1)) {
        const std::size_t end = message.find('`', at + 1);
        if (end == message.npos) break;
        commands.push_back(message.substr(at + 1, end - at - 1));
        at = end;
    }
    return commands;
}

struct Row {
    const char* name;
    /// Makes the stranger as "the file", in a shell, out of `whole.pem`, `alice.p12`, `data/`.
    const char* made_by;
    const char* is;      ///< what the first message says
    const char* typed;   ///< at the command's questions, for printf
    const char* listed;  ///< what `list` says of what comes out
    friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

class StrangerAdvice : public testing::TestWithParam<Row> {
protected:
    StrangerAdvice() {
        const Issued alice = Ca::root("Root").issue({.common_name = "alice", .client_auth = true});
        user_.files().write("whole.pem", alice.chain_pem() + alice.key_pem());
        user_.files().write("alice.p12", alice.pkcs12("changeit", "alice"));
        user_.files().write("pw", "changeit");
        std::filesystem::create_directory_symlink(CERTS_DATA, user_ / "data");
        std::filesystem::create_symlink("/usr/share/java/bcprov.jar", user_ / "bcprov.jar");
    }
    ~StrangerAdvice() override { user_.shell(kPrepared + "gpgconf --kill gpg-agent"); }

    Ended keystore(const std::string& verb, const std::string& file) const {
        return user_.keystore({verb, file, "--password-file", "pw"});
    }

    /// The files there, each with when it was written.
    std::set<std::string> files() const {
        std::set<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator{user_.files().path()}) {
            if (!entry.is_regular_file()) continue;
            const auto time = entry.last_write_time().time_since_epoch().count();
            found.insert(entry.path().filename().string() + '\n' + std::to_string(time));
        }
        return found;
    }

    /// What a file holds; of a lone key, where a request can be made with it.
    std::string read(const std::string& file) const {
        std::string listed = keystore("list", file).output;
        if (listed.find("without a certificate") == listed.npos) return listed;
        const Ended requested = user_.keystore(
            {"request", file, "--subject", "CN=a", "--out", "NEW.csr", "--password-file", "pw"}
        );
        return requested.status == 0 ? listed : requested.errors;
    }

    /// Follows what is said of the file, and of what comes out of that, until something is read.
    std::string read_by_following(std::string file) const {
        for (int step = 0; step < 4; ++step) {
            // What it finds in what it reads goes elsewhere.
            const std::string refused = keystore("lint", file).errors;
            if (refused.empty()) return read(file);
            const std::vector<std::string> commands = commands_in(refused);
            if (commands.size() != 1) return "no way on: " + refused;
            const std::set<std::string> before = files();
            const Ended ended = user_.shell(
                kPrepared + "printf '" + GetParam().typed + "' | {\n" + commands[0] + "\n}"
            );
            if (ended.status != 0) return commands[0] + ": " + ended.errors + ended.output;
            for (const std::string& each : files()) {
                const std::string name = each.substr(0, each.find('\n'));
                if (!before.contains(each) && !name.ends_with(".pub")) file = name;
            }
        }
        return "still not read";
    }

    const std::string kPrepared = "export GNUPGHOME=$PWD/gnupg\n";
    const User user_;
};

TEST_P(StrangerAdvice, MakesAFileThatIsRead) {
    const Ended made = user_.shell("set -e\n" + kPrepared + GetParam().made_by);
    ASSERT_EQ(made.status, 0) << made.errors << made.output;
    const std::string file = "the file";

    const std::string refused = keystore("lint", file).errors;
    EXPECT_NE(refused.find(GetParam().is), std::string::npos) << refused;
    const std::string read = read_by_following(file);

    EXPECT_NE(read.find(GetParam().listed), std::string::npos) << read;
}

constexpr const char* kAlice = "CN=alice";
constexpr const char* kLoneKey = "private key\n  without a certificate";
constexpr const char* kTwice = "changeit\\nchangeit\\nchangeit\\n";

INSTANTIATE_TEST_SUITE_P(
    Kinds, StrangerAdvice,
    testing::Values(
        Row{"Bks", "cp data/bouncycastle.bks 'the file'", "of the kind BKS", kTwice, "private key"},
        Row{"Uber", "cp data/bouncycastle.uber 'the file'", "of the kind UBER", kTwice,
            "private key"},
        Row{"Bcfks", "cp data/bouncycastle.bcfks 'the file'", "of the kind BCFKS", kTwice,
            "private key"},
        Row{"Base64OfPkcs12", "base64 alice.p12 > 'the file'",
            "is base64 of a key store in PKCS#12", "", kAlice},
        Row{"Base64OfPkcs12FromWindows",
            "(printf '\\xef\\xbb\\xbf'; base64 alice.p12 | sed 's/$/\\r/') > 'the file'",
            "is base64 of a key store in PKCS#12", "", kAlice},
        Row{"Base64OfJks", "base64 -w 0 data/client.jks > 'the file'",
            "is base64 of a key store in JKS", "", "private key"},
        Row{"Base64OfJceks", "base64 data/client.jceks > 'the file'",
            "is base64 of a key store in JCEKS", "", "private key"},
        Row{"Base64OfPem", "base64 -w 0 whole.pem > 'the file'", "is base64 of PEM", "", kAlice},
        Row{"Base64OfDer", "openssl x509 -in whole.pem -outform DER | base64 > 'the file'",
            "is base64 of DER", "", kAlice},
        Row{"Base64OfBase64", "base64 alice.p12 | iconv -f UTF-8 -t UTF-16 > 'the file'",
            "is text in UTF-16", "", kAlice},
        Row{"Json", "jq -n --rawfile p whole.pem '{NAME: $p}' > 'the file'", "is JSON", "", kAlice},
        Row{"JsonArray", "jq -n --rawfile p whole.pem '[{NAME: $p}]' > 'the file'", "is JSON", "",
            kAlice},
        Row{"JsonWithBase64",
            "jq -n --arg p \"$(base64 -w 0 alice.p12)\" '{NAME: $p}' > 'the file'", "is JSON", "",
            kAlice},
        Row{"KubernetesSecret",
            "printf 'apiVersion: v1\\ndata:\\n  NAME: %s\\nkind: Secret\\n' "
            "\"$(base64 -w 0 whole.pem)\" > 'the file'",
            "is a manifest of Kubernetes", "", kAlice},
        Row{"Pgp",
            "mkdir -m 700 gnupg; gpg --batch -q --passphrase '' --quick-gen-key a@b.example "
            "rsa2048 "
            "encrypt never; gpg --batch -q --trust-model always -r a@b.example -a -e "
            "-o 'the file' whole.pem",
            "holds a block of PGP", "", kAlice},
        Row{"OpensshRsa", "ssh-keygen -q -t rsa -b 2048 -N '' -f 'the file'; chmod 644 'the file'",
            "in OpenSSH's own form", "\\n\\n", kLoneKey},
        Row{"OpensshEcdsa", "ssh-keygen -q -t ecdsa -N '' -f 'the file'", "in OpenSSH's own form",
            "\\n\\n", kLoneKey},
        Row{"OpensshUnderAPassword", "ssh-keygen -q -t rsa -b 2048 -N sesame -f 'the file'",
            "in OpenSSH's own form", "sesame\\nchangeit\\nchangeit\\n", kLoneKey},
        Row{"OpensshBesideACertificate",
            "ssh-keygen -q -t ecdsa -N '' -f key; cat key whole.pem | sed '/BEGIN PRIVATE/,$d' > "
            "'the file'",
            "in OpenSSH's own form", "\\n\\n", kLoneKey},
        Row{"PuttyRsa",
            "puttygen -q -t rsa -b 2048 --random-device /dev/urandom --new-passphrase /dev/null -o "
            "'the file'",
            "is a private key of PuTTY", "\\n\\n", kLoneKey},
        Row{"PuttyEcdsa",
            "puttygen -q -t ecdsa -b 256 --random-device /dev/urandom --new-passphrase /dev/null "
            "-o 'the file'",
            "is a private key of PuTTY", "\\n\\n", kLoneKey}
    ),
    [](const auto& test) { return test.param.name; }
);

}  // namespace
}  // namespace countersign::tests
