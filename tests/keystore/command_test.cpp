#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>

#include "tests/keystore/user.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

/// Everything printed, on either side.
std::string said(const Ended& ended) { return ended.output + ended.errors; }

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(Keystore, ExplainsItselfAndEachSubCommandWithAnExample) {
    const User user;
    const Ended general = user.keystore({"--help"});
    EXPECT_EQ(general.status, 0);
    for (const char* verb :
         {"generate", "request", "import", "list", "export", "convert", "delete", "lint", "rename",
          "password", "verify"}) {
        EXPECT_TRUE(has(general.output, std::string{"countersign keystore "} + verb)) << verb;

        const Ended help = user.keystore({verb, "--help"});

        EXPECT_EQ(help.status, 0) << verb;
        EXPECT_TRUE(has(help.output, "\nExample:\n  countersign keystore " + std::string{verb}));
        EXPECT_TRUE(has(help.output, "--password-file")) << help.output;
        for (std::size_t at = 0; at < help.output.size();) {
            const std::size_t end = help.output.find('\n', at);
            EXPECT_LE(end - at, 100u) << help.output.substr(at, end - at);
            at = end + 1;
        }
    }
}

TEST(Keystore, AnswersWrongUsageWithStatus2) {
    const User user;
    const struct {
        std::vector<std::string> arguments;
        const char* says;
    } kWrong[] = {
        {{}, "a sub-command is missing"},
        {{"make"},
         "'make' is no command of keystore, which has generate, request, import, list, export, "
         "convert, delete, lint, rename, password and verify; "},
        {{"lsit"}, "and verify; did you mean 'list'?"},
        {{"list"}, "the store's file is missing"},
        {{"list", "a", "b"}, "one store is meant"},
        {{"import", "a"}, "the file to import is missing"},
        {{"convert", "a"}, "two files are needed"},
        {{"list", "a", "--fast"}, "unknown option '--fast'"},
        {{"list", "a", "--jsn"}, "unknown option '--jsn'; did you mean '--json'?"},
        {{"list", "a", "--days", "3"}, "--days is no option of `keystore list`"},
        {{"list", "a", "--alias"}, "--alias needs a value"},
        {{"list", "a", "--alias="}, "--alias is empty"},
        {{"list", "a", "--json=yes"}, "--json takes no value"},
        {{"generate", "a", "--key", "rsa-1024"}, "--key is wrong: 'rsa-1024'"},
        {{"generate", "a", "--days", "0"}, "--days is a number of days"},
        {{"generate", "a", "--usage", "both"}, "--usage is client, server"},
        {{"generate", "a", "--format", "bks"}, "--format is jks, jceks, pkcs12 or pem"},
        {{"generate", "a", "--no-password", "--password-env", "X"}, "exclude each other"},
        {{"list", "a", "--password-env", "X", "--password-file", "y"}, "a second source"},
    };
    for (const auto& [arguments, says] : kWrong) {
        const Ended ended = user.keystore(arguments);

        EXPECT_EQ(ended.status, 2) << says;
        EXPECT_TRUE(has(ended.errors, says)) << ended.errors;
        EXPECT_EQ(ended.output, "");
    }
}

TEST(Keystore, RefusesAPasswordInTheCommandLineAndDoesNotRepeatIt) {
    const User user;
    for (const char* option :
         {"--password", "-p", "--storepass", "-storepass", "-keypass", "--key-password",
          "--to-password", "-passin"}) {
        for (const bool joined : {false, true}) {
            SCOPED_TRACE(joined);
            std::vector<std::string> arguments{"list", "a.jks"};
            if (joined) {
                arguments.push_back(std::string{option} + "=hunter2");
            } else {
                arguments.insert(arguments.end(), {option, "hunter2"});
            }

            const Ended ended = user.keystore(arguments);

            EXPECT_EQ(ended.status, 2) << option;
            EXPECT_TRUE(has(ended.errors, "is seen by every user")) << ended.errors;
            EXPECT_TRUE(has(ended.errors, "--password-file")) << ended.errors;
            EXPECT_FALSE(has(said(ended), "hunter2")) << ended.errors;
        }
    }
}

TEST(Keystore, DoesNotRepeatAPasswordThatStandsRightBehindItsOption) {
    const User user;

    const Ended ended = user.keystore({"list", "a.jks", "-phunter2"});

    EXPECT_EQ(ended.status, 2);
    EXPECT_TRUE(has(ended.errors, "-p is refused")) << ended.errors;
    EXPECT_FALSE(has(said(ended), "hunter2")) << ended.errors;
}

TEST(Keystore, TakesWhatStandsBehindTwoDashesForFiles) {
    const User user;

    const Ended ended = user.keystore({"list", "--password-env", "NONE", "--", "--json"});

    EXPECT_EQ(ended.status, 1) << ended.errors;
    EXPECT_TRUE(has(ended.errors, "--json")) << ended.errors;
    EXPECT_EQ(ended.output, "");
}

TEST(Keystore, WalksFromAKeyToAnIdentityInEveryContainer) {
    const Ca issuing = Ca::root("Root").intermediate("Issuing");
    for (const std::string store : {"a.jks", "a.jceks", "a.p12", "a.pem"}) {
        SCOPED_TRACE(store);
        const User user;
        user.must(
            {"generate", store, "--alias", "Acme", "--subject", "CN=acme, O=Acme", "--key",
             "ec-p256", "--san", "DNS:acme.example"}
        );
        user.must({"request", store, "--out", "acme.csr"});
        user.files().write("reply.crt", user.sign(issuing, "acme.csr").chain_pem());

        const std::string imported = user.must({"import", store, "reply.crt"});

        EXPECT_TRUE(has(imported, "the reply belongs to the key; CN=signed client")) << imported;
        EXPECT_TRUE(has(imported, "issued by CN=Issuing")) << imported;
        EXPECT_TRUE(has(imported, "'CN=Root' is not there")) << imported;
        const std::string listed = user.must({"list", store});
        EXPECT_TRUE(has(listed, "subject  CN=signed client")) << listed;
        EXPECT_TRUE(has(listed, "chain    CN=Issuing")) << listed;
        EXPECT_TRUE(has(user.must({"lint", store}), "nothing found"));
    }
}

/// What stands behind "next: ", with our program in the PATH.
std::string next_of(const std::string& printed) {
    const std::size_t at = printed.find("\nnext: ");
    if (at == std::string::npos) throw std::runtime_error{"no next step: " + printed};
    const std::filesystem::path binary{countersign_binary()};
    return "PATH=" + binary.parent_path().string() + ":$PATH; " +
           printed.substr(at + 7, printed.find('\n', at + 1) - at - 7);
}

TEST(Keystore, PrintsNextCommandsThatCanBePasted) {
    const Ca issuing = Ca::root("Root").intermediate("Issuing");
    for (const std::string store : {"a.jks", "it's $(mine); *.jks", "b\n\\.p12", "c d.pem"}) {
        SCOPED_TRACE(store);
        const User user;
        user.files().write("my pw", "sesame-43");
        const Ended made = user.keystore(
            {"generate", store, "--alias", "its owner's", "--subject", "CN=acme", "--key", "ec",
             "--password-file", "my pw"}
        );
        ASSERT_EQ(made.status, 0) << made.errors;

        const Ended requested = user.shell(next_of(made.output));

        ASSERT_EQ(requested.status, 0) << made.output << requested.errors;
        const std::string csr = std::filesystem::path{store}.replace_extension("csr").string();
        user.files().write("REPLY", user.sign(issuing, csr).chain_pem());
        const Ended imported = user.shell(next_of(requested.output));
        EXPECT_EQ(imported.status, 0) << requested.output << imported.errors;
        EXPECT_TRUE(has(imported.output, "the reply belongs to the key")) << imported.output;
        EXPECT_EQ(said(made).find_first_of("\x01\x1b"), std::string::npos);
    }
}

TEST(Keystore, NamesAVariableAndAKeysOwnPasswordInTheNextCommand) {
    const User user;
    user.files().write("own", "sesame-44");

    const Ended made = user.shell(
        "export PW=sesame-45; " + countersign_binary() +
        " keystore generate a.jks --alias a --subject CN=a --key ec --password-env PW "
        "--key-password-file own"
    );

    ASSERT_EQ(made.status, 0) << made.errors;
    EXPECT_TRUE(
        has(made.output,
            "next: countersign keystore request a.jks --alias a --out a.csr --password-env PW "
            "--key-password-file own\n")
    ) << made.output;
}

TEST(Keystore, LeavesTheStoreAsItWasWhereACommandFails) {
    const User user;
    const Ca root = Ca::root("Root");
    user.must({"generate", "a.jks", "--alias", "one", "--subject", "CN=one", "--key", "ec"});
    user.files().write("other.crt", root.issue({.common_name = "other"}).chain_pem());
    user.files().write("wrong", "wrong-password");
    user.files().write(
        "broken.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    );
    const std::string before = read_bytes(user / "a.jks");
    const struct {
        const char* name;
        std::vector<std::string> arguments;
        std::string says;
    } kFailures[] = {
        {"alias is taken",
         {"generate", "a.jks", "--alias", "ONE", "--subject", "CN=x", "--password-file", "pw"},
         "has an entry with the alias 'ONE', and nothing was changed"},
        {"no subject",
         {"generate", "a.jks", "--alias", "two", "--password-file", "pw"},
         "needs a --subject"},
        {"another format",
         {"generate", "a.jks", "--alias", "two", "--subject", "CN=x", "--format", "pem",
          "--password-file", "pw"},
         "exists and is JKS"},
        {"wrong password",
         {"generate", "a.jks", "--alias", "two", "--subject", "CN=x", "--password-file", "wrong"},
         "the password from the file wrong does not open a.jks: the password is wrong, or"},
        {"no password", {"delete", "a.jks", "--alias", "one"}, "there is no terminal to ask at"},
        {"password file is missing",
         {"list", "a.jks", "--password-file", "absent"},
         "absent cannot be read"},
        {"reply for another key",
         {"import", "a.jks", "other.crt", "--password-file", "pw"},
         "belongs to the private key in a.jks, alias one: it has"},
        {"reply is broken",
         {"import", "a.jks", "broken.crt", "--password-file", "pw"},
         "broken.crt is damaged"},
        {"reply is missing",
         {"import", "a.jks", "absent.crt", "--password-file", "pw"},
         "absent.crt cannot be read"},
        {"store is missing",
         {"list", "absent.jks", "--password-file", "pw"},
         "there is no file absent.jks in " + user.files().path().string() + ". Check its name."},
        {"password's variable is not set",
         {"list", "a.jks", "--password-env", "NO_SUCH_PASSWORD"},
         "the environment variable NO_SUCH_PASSWORD is not set for this process"},
        {"reply has a password",
         {"import", "a.jks", "a.jks", "--password-file", "pw"},
         "`countersign keystore export a.jks --out NEW.pem`, and import NEW.pem."},
        {"no such alias",
         {"delete", "a.jks", "--alias", "two", "--password-file", "pw"},
         "has no entry under the alias two. It has: one"},
        {"no such alias to request for",
         {"request", "a.jks", "--alias", "two", "--password-file", "pw"},
         "has no entry with the alias 'two'. Say --alias one, its only private key"},
        {"target exists", {"convert", "a.jks", "a.jks", "--password-file", "pw"}, "a.jks exists"},
        {"key onto the screen",
         {"export", "a.jks", "--private-key", "--password-file", "pw"},
         "Name it with --out"},
    };
    for (const auto& [name, arguments, says] : kFailures) {
        const Ended ended = user.keystore(arguments);

        EXPECT_EQ(ended.status, 1) << name;
        EXPECT_TRUE(has(ended.errors, says)) << name << ": " << ended.errors;
        EXPECT_EQ(read_bytes(user / "a.jks"), before) << name;
        EXPECT_FALSE(has(said(ended), User::kPassword)) << name;
    }
}

TEST(Keystore, KeepsOneKeyInPemAndNeedsNoAliasForIt) {
    const User user;
    const Ended made =
        user.keystore({"generate", "a.pem", "--subject", "CN=a", "--key", "ec", "--no-password"});
    ASSERT_EQ(made.status, 0) << made.errors;
    const std::string before = read_bytes(user / "a.pem");

    const Ended second = user.keystore({"generate", "a.pem", "--subject", "CN=b", "--key", "ec"});

    EXPECT_EQ(second.status, 1);
    EXPECT_TRUE(has(second.errors, "PEM has no aliases to tell two keys apart")) << second.errors;
    EXPECT_EQ(read_bytes(user / "a.pem"), before);
}

TEST(Keystore, NeverPrintsAPassword) {
    const User user;
    std::string all;
    const std::vector<std::vector<std::string>> commands{
        {"generate", "a.jks", "--alias", "a", "--subject", "CN=a", "--key", "ec"},
        {"list", "a.jks"},
        {"list", "a.jks", "--json"},
        {"convert", "a.jks", "b.p12"},
        {"lint", "b.p12"},
        {"export", "b.p12"},
        {"delete", "b.p12", "--alias", "a"}};
    for (const auto& command : commands) all += user.must(command);

    EXPECT_FALSE(has(all, User::kPassword));
}

TEST(Keystore, MakesFilesForTheirOwnerAlone) {
    const User user;
    user.must({"generate", "a.p12", "--alias", "a", "--subject", "CN=a", "--key", "ec"});
    user.must({"convert", "a.p12", "a.pem"});
    user.must({"export", "a.p12", "--private-key", "--out", "a.key"});
    for (const char* name : {"a.p12", "a.pem", "a.key"}) {
        struct stat status {};
        ASSERT_EQ(::stat((user / name).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, 0600u) << name;
    }
}

TEST(Keystore, TakesAPasswordFromTheEnvironment) {
    const User user;
    const Ended made = user.shell(
        "PW=sesame-42 " + countersign_binary() +
        " keystore generate a.jks --alias a --subject CN=a --key ec --password-env PW"
    );
    EXPECT_EQ(made.status, 0) << made.errors;
    EXPECT_TRUE(has(user.must({"list", "a.jks"}), "CN=a"));
}

TEST(Keystore, ExportsWhatOthersOpen) {
    const User user;
    user.must({"generate", "a.jks", "--alias", "a", "--subject", "CN=a", "--key", "ec"});
    user.must({"export", "a.jks", "--out", "a.crt"});
    user.must({"export", "a.jks", "--der", "--out", "a.der"});
    user.must({"export", "a.jks", "--private-key", "--out", "a.key"});
    user.must({"export", "a.jks", "--private-key", "--no-password", "--out", "plain.key"});
    user.must({"request", "a.jks", "--der", "--out", "a.csr"});

    EXPECT_EQ(user.shell("openssl x509 -in a.crt -noout").status, 0);
    EXPECT_EQ(user.shell("openssl x509 -in a.der -inform DER -noout").status, 0);
    EXPECT_EQ(user.shell("openssl req -in a.csr -inform DER -noout -verify").status, 0);
    EXPECT_EQ(
        user.shell("openssl pkey -in a.key -passin file:pw -pubout | "
                   "cmp - <(openssl pkey -in plain.key -pubout)")
            .status,
        0
    );
    EXPECT_EQ(
        user.keystore({"export", "a.jks", "--password-file", "pw", "--out", "a.crt"}).status, 1
    );
    user.must({"export", "a.jks", "--out", "a.crt", "--replace"});
}

TEST(Keystore, ListsAndLintsForPrograms) {
    const User user;
    user.must({"generate", "a.jks", "--alias", "a\"b", "--subject", "CN=a", "--key", "ec"});

    const Ended listed = user.shell(
        countersign_binary() +
        " keystore list a.jks --json --password-file pw | python3 -c '"
        "import json, sys; d = json.load(sys.stdin); e = d[\"entries\"][0]; c = "
        "e[\"certificates\"][0];"
        "print(d[\"container\"], e[\"kind\"], e[\"alias\"], c[\"subject\"], c[\"key\"], "
        "c[\"days_left\"])'"
    );
    const Ended linted = user.keystore({"lint", "a.jks", "--json", "--password-file", "pw"});

    EXPECT_EQ(listed.output, "JKS private key a\"b CN=a EC P-256 89\n") << listed.errors;
    EXPECT_EQ(linted.status, 0);
    EXPECT_TRUE(has(linted.output, "\"severity\":\"warning\",\"code\":\"self-signed\""))
        << linted.output;
}

TEST(Keystore, LintFailsForErrorsAlone) {
    const User user;
    user.must(
        {"generate", "a.jks", "--alias", "a", "--subject", "CN=a", "--key", "ec", "--usage",
         "server", "--san", "DNS:a.example"}
    );

    const Ended linted = user.keystore({"lint", "a.jks", "--password-file", "pw"});

    EXPECT_EQ(linted.status, 1);
    EXPECT_TRUE(has(linted.output, "error: a.jks, alias a: 'CN=a' is a server's certificate"))
        << linted.output;
    EXPECT_TRUE(has(linted.output, "1 error(s), 1 warning(s)")) << linted.output;
}

TEST(Keystore, MakesATrustStoreOfCertificatesAlone) {
    const User user;
    const Ca root = Ca::root("Partner Root");
    user.files().write("root.der", root.certificate_der());

    const std::string made = user.must({"import", "trust.p12", "root.der", "--trusted"});
    const std::string again = user.must({"import", "trust.p12", "root.der", "--trusted"});
    user.must({"import", "trust.p12", "root.der", "--trusted", "--alias", "partner"});

    EXPECT_TRUE(has(made, "trusts, alias partner-root: CN=Partner Root; SHA-256 ")) << made;
    EXPECT_TRUE(has(again, "is trusted already, alias partner-root")) << again;
    EXPECT_TRUE(has(user.must({"list", "trust.p12"}), "1 entry"));
    user.must({"convert", "trust.p12", "trust.pem"});
    EXPECT_EQ(read_bytes(user / "trust.pem"), root.certificate_pem());
}

}  // namespace
}  // namespace countersign::tests
