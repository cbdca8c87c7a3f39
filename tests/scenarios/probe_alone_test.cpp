#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/proxy/json_reader.hpp"
#include "tests/scenarios/probed.hpp"

// `countersign probe` by its own options, and what it says of its own errors.
namespace countersign::tests {
namespace {

class ProbeAlone : public ProbeTest {};

TEST_F(ProbeAlone, NeedsNoConfiguration) {
    const Nginx nginx{partner_.nginx()};
    const auto& files = partner_.files();
    run(
        {"openssl", "pkcs12", "-export", "-in", (files / "alice.pem").string(), "-out",
         (files / "alice.p12").string(), "-passout", "pass:secret"}
    );
    files.write("password", "secret\n");

    const Told told = probe(
        {url(nginx.port()), "--key-store", "alice.p12", "--password-file", "password", "--trust",
         partner_.root_file().string()}
    );
    const Told bare = probe({url(nginx.port()), "--trust", partner_.root_file().string()});
    const Told wrong = probe({url(nginx.port()), "--key-store", "missing.jks"});

    EXPECT_EQ(told.status, 0) << told.text << told.errors;
    EXPECT_EQ(told.value("destination"), nginx.authority());
    EXPECT_EQ(told.value("sent").find("'CN=alice'"), 0U);
    EXPECT_EQ(bare.status, 1) << bare.text;
    EXPECT_EQ(bare.value("sent"), "no certificate: there is no identity");
    EXPECT_NE(
        bare.value("remedy").find("Give a certificate that the server accepts by --key-store FILE."
        ),
        std::string::npos
    ) << bare.text;
    EXPECT_EQ(wrong.status, 1);
    EXPECT_NE(wrong.errors.find("missing.jks"), std::string::npos);
    EXPECT_TRUE(wrong.text.empty());
}

/// What a partner sends is often one file with all of it.
TEST_F(ProbeAlone, TakesOneFileForIdentityAndTrust) {
    const Nginx nginx{partner_.nginx()};
    const auto& files = partner_.files();
    const std::string both =
        read_bytes(files / "alice.pem") + "\n" + read_bytes(partner_.root_file());
    const auto file = files.write("both.pem", both);

    const Told told =
        probe({url(nginx.port()), "--key-store", file.string(), "--trust", file.string()});

    EXPECT_EQ(told.status, 0) << told.text << told.errors;
}

/// Who has no configuration cannot follow a remedy that speaks of its keys.
TEST_F(ProbeAlone, SpeaksOfItsOwnOptionsWhereThereIsNoConfiguration) {
    const Nginx nginx{partner_.nginx()};
    const auto& files = partner_.files();
    const Issued old = partner_.issuer().issue(
        {.common_name = "old", .not_after = std::chrono::hours{-1}, .client_auth = true}
    );
    const auto expired = partner_.write_identity("old", old);
    const auto alice = (files / "alice.pem").string();

    const Told untrusted = probe({url(nginx.port()), "--key-store", alice});
    const Told json = probe({url(nginx.port()), "--key-store", alice, "--json"});
    const Told late = probe({url(nginx.port()), "--key-store", expired.string()});

    EXPECT_EQ(untrusted.status, 1);
    EXPECT_NE(
        untrusted.value("remedy").find("and name its file by --trust FILE."), std::string::npos
    ) << untrusted.text;
    EXPECT_NE(json.text.find("and name its file by --trust FILE."), std::string::npos);
    EXPECT_NE(late.value("remedy").find("give the new one by --key-store FILE"), std::string::npos)
        << late.text;
    for (const Told* told : {&untrusted, &json, &late}) {
        for (const char* const word :
             {"the profile", "key_store", "certificates:", "command-line"}) {
            EXPECT_EQ(told->text.find(word), std::string::npos) << word << '\n' << told->text;
        }
    }
}

/// For programs: whatever is wrong is on standard output, as a document, with the same status.
TEST_F(ProbeAlone, TellsItsOwnErrorsAsADocument) {
    const Nginx nginx{partner_.nginx()};
    const std::string good = partner_.configuration(nginx.port());
    const auto broken = partner_.files().write("broken.yaml", "profiles: [{ nam: x }]\n");
    const auto error_of = [](const Told& told) {
        EXPECT_EQ(told.errors, "");
        EXPECT_TRUE(told.text.starts_with("{\"error\":{\"wrong\":[\"")) << told.text;
        return told.text;
    };

    const Told no_url = probe({"api.partner.example", "--json"});
    const Told option = probe({"--json", "--colour"});
    const Told bad_url = probe_by(good, {"https://a b/", "--json"});
    const Told listener = probe_by(good, {url(nginx.port()), "--listener", "x", "--json"});
    const Told record = probe_by(good, {url(nginx.port()), "--also", "carol", "--json"});
    const Told file =
        probe_by(good, {url(nginx.port()), "--save-chain", "countersign.yaml", "--json"});
    const Told unreadable = probe({url(nginx.port()), "-c", broken.string(), "--json"});
    const Told missing = probe({url(nginx.port()), "-c", "nowhere.yaml", "--json"});
    const Told nothing = probe({"--all", "--json", "-c", "nowhere.yaml"});
    const Told no_store = probe({url(nginx.port()), "--key-store", "missing.jks", "--json"});
    const Told no_profile = probe_by(good, {"https://unknown.example/", "--json"});

    for (const Told* told : {&no_url, &option, &bad_url, &listener, &record, &file}) {
        EXPECT_EQ(told->status, 2) << told->text;
        EXPECT_NE(
            error_of(*told).find("\"remedy\":\"See countersign probe --help.\""), std::string::npos
        );
    }
    for (const Told* told : {&unreadable, &missing, &nothing}) {
        EXPECT_EQ(told->status, 1) << told->text;
        EXPECT_NE(error_of(*told).find("\"configuration\":"), std::string::npos) << told->text;
    }
    EXPECT_EQ(no_store.status, 1);
    EXPECT_NE(error_of(no_store).find("missing.jks"), std::string::npos);
    EXPECT_NE(no_store.text.find("--key-store and --trust"), std::string::npos);
    EXPECT_EQ(no_profile.status, 1);
    EXPECT_NE(no_profile.text.find("\"refused\":{"), std::string::npos);
    EXPECT_NE(unreadable.text.find("broken.yaml:1:"), std::string::npos) << "with its place";
}

TEST_F(ProbeAlone, SaysThatThereIsNoConfiguration) {
    const ClosedPort closed;

    const Told told = probe({url(closed.port())});
    const Told also = probe({url(closed.port()), "--also", "alice"});

    EXPECT_EQ(told.value("note").find("there is no configuration"), 0U) << told.text;
    EXPECT_EQ(also.status, 2);
    EXPECT_EQ(
        also.errors, "countersign: --also names a record of the configuration, and there is none\n"
    );
}

}  // namespace
}  // namespace countersign::tests
