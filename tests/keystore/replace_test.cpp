// What a command is told to replace, and what that would cost: a private key is never lost without
// a word, whatever file it is in.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/keystore/user.hpp"
#include "tests/support/process.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

class Replace : public testing::Test {
protected:
    void generate(const std::string& store, const std::string& alias) const {
        user_.must({"generate", store, "--alias", alias, "--subject", "CN=" + alias, "--key", "ec"}
        );
    }
    Ended keystore(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--password-file", "pw"});
        return user_.keystore(std::move(arguments));
    }
    std::string bytes(const std::string& file) const { return read_bytes(user_ / file); }

    /// The command ends with that sentence, and the file is what it was.
    void expect_refused(
        const std::vector<std::string>& arguments, const std::string& file, std::string_view says
    ) const {
        std::string line;
        for (const std::string& each : arguments) line += each + " ";
        const std::string before = bytes(file);

        const Ended ended = keystore(arguments);

        EXPECT_EQ(ended.status, 1) << line;
        EXPECT_TRUE(has(ended.errors, says)) << line << ": " << ended.errors;
        EXPECT_EQ(bytes(file), before) << line;
    }

    User user_;
};

TEST_F(Replace, NeverTheStoreByWhatIsTakenOutOfIt) {
    for (const std::string store : {"acme.pem", "acme.p12", "acme.jks"}) {
        generate(store, "acme");
        std::filesystem::create_symlink(store, user_ / ("link." + store));
        std::filesystem::create_hard_link(user_ / store, user_ / ("hard." + store));
        std::filesystem::create_directory(user_ / "more");
        for (const std::string& out :
             {store, "./more/../" + store, "link." + store, "hard." + store,
              (user_ / store).string()}) {
            for (const std::vector<std::string>& command :
                 {std::vector<std::string>{"request", store},
                  {"export", store},
                  {"export", store, "--private-key"}}) {
                std::vector<std::string> arguments = command;
                arguments.insert(arguments.end(), {"--out", out, "--replace"});

                expect_refused(arguments, store, "is the key store itself, and all that it holds");
            }
        }
        EXPECT_TRUE(std::filesystem::is_symlink(user_ / ("link." + store)));
        std::filesystem::remove(user_ / "more");
    }
}

TEST_F(Replace, NoFileWithAPrivateKeyByARequestOrACertificate) {
    generate("acme.jks", "acme");
    for (const std::string other : {"other.jks", "other.jceks", "other.p12", "other.pem"}) {
        generate(other, "precious");
    }
    user_.files().write("pw2", "another-42");
    user_.keystore(
        {"generate", "sealed.p12", "--alias", "x", "--subject", "CN=x", "--key", "ec",
         "--password-file", "pw2"}
    );
    user_.shell(
        "set -e; openssl ecparam -name prime256v1 -genkey -noout -out sec1.key;"
        "openssl pkey -in sec1.key -outform DER -out key.der;"
        "ssh-keygen -q -t ed25519 -N '' -C me -f id_ed25519;"
        "{ echo broken; cat sec1.key; echo -----BEGIN X; } > broken.pem;"
        "printf '\\000\\000\\000\\002\\000\\000\\000\\024' > bouncycastle.bks;"
        "printf 'PuTTY-User-Key-File-3: ssh-ed25519\\nPrivate-Lines: 1\\nAAAA\\n' > putty.ppk;"
        "{ echo data:; echo -n ' tls.key: '; base64 -w0 sec1.key; } > secret.yaml;"
        "base64 sealed.p12 > base64.p12;"
        "head -c 1600000 /dev/zero > large.bin"
    );
    const struct {
        const char* file;
        const char* says;
    } kFiles[] = {
        {"other.jks", "other.jks holds what would be lost: the private key under the alias prec"},
        {"other.jceks", "holds what would be lost: the private key under the alias precious"},
        {"other.p12", "holds what would be lost: the private key under the alias precious"},
        {"other.pem", "other.pem holds what would be lost: the private key. Name another file"},
        {"sealed.p12",
         "is a key store, PKCS#12, that no password given here opens: its private keys would be "
         "lost unseen. Name another file, or move sealed.p12 away first."},
        {"sec1.key", "sec1.key holds what would be lost: the private key."},
        {"key.der", "holds what would be lost: the private key"},
        {"id_ed25519", "holds what would be lost: the block OPENSSH PRIVATE KEY"},
        {"broken.pem", "holds what would be lost: the block EC PRIVATE KEY"},
        {"bouncycastle.bks", "would be lost unseen: bytes in a form that is not read here. Name"},
        {"base64.p12", "would be lost unseen: bytes in a form that is not read here. Name"},
        {"secret.yaml", "would be lost unseen: bytes in a form that is not read here. Name"},
        {"putty.ppk", "would be lost unseen: bytes in a form that is not read here. Name"},
        {"large.bin", "It may hold a private key, so it is not replaced unseen."},
    };
    for (const auto& [file, says] : kFiles) {
        expect_refused({"request", "acme.jks", "--out", file, "--replace"}, file, says);
        expect_refused({"export", "acme.jks", "--out", file, "--replace"}, file, says);
        expect_refused({"export", "acme.jks", "--der", "--out", file, "--replace"}, file, says);
        expect_refused(
            {"export", "acme.jks", "--private-key", "--out", file, "--replace"}, file, says
        );
    }
}

TEST_F(Replace, WhatWasWrittenBeforeAsOftenAsWanted) {
    generate("acme.jks", "acme");
    for (int i = 0; i < 2; ++i) {
        user_.must({"request", "acme.jks", "--out", "acme.csr", "--replace"});
        user_.must({"request", "acme.jks", "--der", "--out", "request.der", "--replace"});
        user_.must({"export", "acme.jks", "--out", "acme.crt", "--replace"});
        user_.must({"export", "acme.jks", "--out", "acme.csr", "--replace"});
        // The same key is not lost, also under another password.
        user_.must({"export", "acme.jks", "--private-key", "--out", "acme.key", "--replace"});
        user_.must(
            {"export", "acme.jks", "--private-key", "--no-password", "--out", "acme.key",
             "--replace"}
        );
        user_.must({"convert", "acme.jks", "acme.p12", "--replace"});
    }
    generate("other.jks", "other");
    expect_refused(
        {"export", "other.jks", "--private-key", "--out", "acme.key", "--replace"}, "acme.key",
        "acme.key holds what would be lost: the private key."
    );
    // Perhaps the same key: nobody knows.
    user_.files().write("pw3", "third-42");
    user_.must(
        {"export", "acme.jks", "--private-key", "--to-password-file", "pw3", "--out", "acme.key",
         "--replace"}
    );
    expect_refused(
        {"export", "acme.jks", "--private-key", "--out", "acme.key", "--replace"}, "acme.key",
        "acme.key holds what no password given here opens, and what would be lost unseen: the "
        "private key. Name another file, or move acme.key away first."
    );
    expect_refused(
        {"request", "acme.jks", "--out", "acme.key", "--replace"}, "acme.key",
        "acme.key holds what would be lost: the private key."
    );
}

TEST_F(Replace, ByConvertNeverAKeyThatTheNewStoreLacks) {
    generate("s.p12", "a");
    generate("s.p12", "b");
    generate("other.p12", "other");
    generate("other.jks", "other");
    std::filesystem::create_symlink("s.p12", user_ / "link.p12");
    for (const std::string target : {"s.p12", "./s.p12", "link.p12"}) {
        for (const bool lossy : {false, true}) {
            std::vector<std::string> arguments{"convert", "s.p12",   target, "--to",
                                               "pkcs12",  "--alias", "a",    "--replace"};
            if (lossy) arguments.push_back("--lossy");
            expect_refused(
                arguments, "s.p12",
                "s.p12 holds what would be lost in PKCS#12: the private key under the alias b. "
                "Name another file for the new store."
            );
        }
    }
    for (const std::string target : {"other.p12", "other.jks"}) {
        expect_refused(
            {"convert", "s.p12", target, "--replace"}, target,
            target +
                " holds what would be lost: the private key under the alias other. Name "
                "another file, or move " +
                target + " away first."
        );
    }
    // A copy that was made before, of a key that has another alias now.
    user_.must({"convert", "s.p12", "a.pem", "--alias", "a"});
    user_.must({"convert", "a.pem", "renamed.jks", "--alias", "z"});
    user_.must({"convert", "s.p12", "renamed.jks", "--replace"});
    EXPECT_TRUE(has(user_.must({"list", "renamed.jks"}), "2 entries"));
}

TEST_F(Replace, ByConvertInPlaceTellsWhateverElseWouldBeLost) {
    const Ca root = Ca::root("Partner Root");
    user_.files().write("root.crt", root.certificate_pem());
    generate("s.jks", "a");
    user_.must({"import", "s.jks", "root.crt", "--trusted", "--alias", "partner"});

    expect_refused(
        {"convert", "s.jks", "s.jks", "--alias", "a", "--replace"}, "s.jks",
        "would be lost in JKS: the trusted certificate under the alias partner; the certificate of "
        "CN=Partner Root. Name another file for the new store, or say --lossy to leave it out."
    );
    user_.must({"convert", "s.jks", "s.jks", "--replace"});
    EXPECT_TRUE(has(user_.must({"list", "s.jks"}), "2 entries"));
    user_.must({"convert", "s.jks", "s.jks", "--alias", "a", "--replace", "--lossy"});
    EXPECT_TRUE(has(user_.must({"list", "s.jks"}), "1 entry"));
}

TEST_F(Replace, ByConvertTellsWhichCertificatesOfAnotherFileAreGone) {
    const Ca root = Ca::root("Partner Root");
    user_.files().write("root.crt", root.certificate_pem());
    user_.must({"import", "trust.p12", "root.crt", "--trusted"});
    generate("s.jks", "a");

    const std::string told = user_.must({"convert", "s.jks", "trust.p12", "--replace"});

    EXPECT_TRUE(
        has(told,
            "trust.p12 held before what is not in it now: the trusted certificate under the "
            "alias partner-root; the certificate of CN=Partner Root")
    ) << told;
}

/// A named pipe for a password: the command that reads it waits until it is given.
class Gate {
public:
    explicit Gate(std::filesystem::path path) : path_{std::move(path)} {
        ::mkfifo(path_.c_str(), 0600);
    }
    /// Waits until somebody reads; then the password can be given.
    bool wait_for_reader() {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (std::chrono::steady_clock::now() < deadline) {
            descriptor_ = ::open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
            if (descriptor_ >= 0) return true;
            std::this_thread::yield();
        }
        return false;
    }
    void give(std::string_view password) {
        EXPECT_EQ(::write(descriptor_, password.data(), password.size()), ssize_t(password.size()));
        ::close(descriptor_);
    }

private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

TEST_F(Replace, ByConvertInPlaceKeepsAnEntryThatWasAddedMeanwhile) {
    generate("s.p12", "one");
    Gate gate{user_ / "gate"};
    Process convert{
        {countersign_binary(), "keystore", "convert", "s.p12", "s.p12", "--replace",
         "--password-file", "gate"},
        {.directory = user_.files().path()}};
    // By then it has read the store.
    ASSERT_TRUE(gate.wait_for_reader());
    generate("s.p12", "two");
    gate.give(User::kPassword);
    ASSERT_EQ(convert.wait_for_exit(), 0) << convert.errors();

    const std::string listed = user_.must({"list", "s.p12"});

    EXPECT_TRUE(has(listed, "2 entries")) << listed;
    EXPECT_TRUE(has(listed, "CN=two")) << listed;
}

TEST_F(Replace, ByConvertOfAPipeWhichIsReadOnce) {
    generate("s.p12", "one");
    for (const std::string more : {"", " --replace"}) {
        const Ended ended = user_.shell(
            "cat s.p12 | " + countersign_binary() +
            " keystore convert /dev/stdin new.jks --password-file pw" + more
        );

        EXPECT_EQ(ended.status, 0) << ended.errors;
        EXPECT_TRUE(has(user_.must({"list", "new.jks"}), "CN=one"));
    }
    // Standard input may be the store itself.
    const Ended ended = user_.shell(
        countersign_binary() +
        " keystore convert /dev/stdin s.p12 --replace --password-file pw < s.p12"
    );
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_TRUE(has(user_.must({"list", "s.p12"}), "CN=one"));
}

TEST_F(Replace, ByNothingThatLacksWhatTheStoreHeld) {
    const Ca root = Ca::root("Partner Root");
    user_.files().write("root.crt", root.certificate_pem());
    user_.files().write("more.crt", Ca::root("More").certificate_pem());
    generate("s.p12", "a");
    user_.must({"import", "s.p12", "root.crt", "--trusted"});
    const std::string before = bytes("s.p12");
    for (const std::string command :
         {"import s.p12 more.crt --trusted", "delete s.p12 --alias a",
          "generate s.p12 --alias b --subject CN=b --key ec", "convert s.p12 s.p12 --replace",
          "convert s.p12 new.p12"}) {
        const Ended ended = user_.shell(
            "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LD_PRELOAD=" LOSING_OPENSSL " " +
            countersign_binary() + " keystore " + command + " --password-file pw"
        );

        EXPECT_EQ(ended.status, 1) << command << ended.output;
        EXPECT_TRUE(has(ended.errors, " would lack the ")) << command << ": " << ended.errors;
        EXPECT_TRUE(has(ended.errors, "nothing was written and the file is as it was"))
            << ended.errors;
        EXPECT_EQ(bytes("s.p12"), before) << command;
        EXPECT_FALSE(std::filesystem::exists(user_ / "new.p12"));
    }
}

}  // namespace
}  // namespace countersign::tests
