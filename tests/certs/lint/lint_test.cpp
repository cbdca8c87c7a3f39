#include "certs/lint/lint.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "certs/edit/store_draft.hpp"
#include "certs/strength.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::Finding;
using certs::FindingCode;
using certs::lint_key_store;
using certs::LintTime;
using certs::Severity;
using std::chrono::system_clock;

const LintTime kToday{.now = system_clock::now(), .warn_before = std::chrono::hours{1}};

std::string codes_of(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings) {
        text.append(name_of(finding.severity)).append(" ").append(name_of(finding.code)) += ';';
    }
    return text;
}

class Lint : public testing::Test {
protected:
    std::vector<Finding> lint(
        std::string_view name, std::string_view bytes,
        std::optional<std::string_view> password = std::nullopt, LintTime time = kToday
    ) const {
        const auto found = lint_key_store(source_of(directory_.write(name, bytes), password), time);
        return found.value();
    }
    std::vector<Finding> lint_client(const CertificateSpec& spec, LintTime time = kToday) const {
        const Issued client = issuing_.issue(spec);
        return lint("client.pem", client.chain_pem() + client.key_pem(), {}, time);
    }

    TempDir directory_;
    Ca root_ = Ca::root("Root");
    Ca issuing_ = root_.intermediate("Issuing");
};

TEST_F(Lint, FindsNothingInAStoreThatIsRight) {
    const Issued client = issuing_.issue({.common_name = "client", .client_auth = true});

    EXPECT_EQ(codes_of(lint("a.pem", client.chain_pem() + client.key_pem())), "");
    EXPECT_EQ(codes_of(lint("a.p12", client.pkcs12(kPassword, "acme"), kPassword)), "");
    EXPECT_EQ(codes_of(lint_key_store(source_of(data("client.jks")), kToday).value()), "");
}

TEST_F(Lint, FindsWhatIsWrongWithALeaf) {
    const struct {
        const char* name;
        CertificateSpec spec;
        const char* codes;
        const char* says;
    } kLeaves[] = {
        {"expired",
         {.common_name = "c",
          .not_before = std::chrono::hours{-9},
          .not_after = std::chrono::hours{-2},
          .client_auth = true},
         "error expired;",
         "expired on 20"},
        {"soon",
         {.common_name = "c", .not_after = std::chrono::minutes{30}, .client_auth = true},
         "warning expires-soon;",
         "in 0 days"},
        {"not yet",
         {.common_name = "c", .not_before = std::chrono::hours{2}, .client_auth = true},
         "error not-yet-valid;",
         "is not valid before 20"},
        {"server only",
         {.common_name = "c", .dns_names = {"c.example"}, .server_auth = true},
         "error no-client-auth;",
         "public web authorities no longer issue such certificates"},
        {"no digitalSignature",
         {.common_name = "c", .client_auth = true, .key_usage = "critical,keyEncipherment"},
         "error no-digital-signature;",
         "digitalSignature"},
        {"SHA-1",
         {.common_name = "c", .client_auth = true, .sha1 = true},
         "error weak-signature;",
         "'CN=c' is signed with SHA1, which today's servers refuse. Ask the authority for a "
         "certificate that is signed with SHA-256. Where one partner cannot do better, tls: { "
         "danger_sha1: true } in its profile accepts it."},
        {"RSA 1024",
         {.common_name = "c", .client_auth = true, .key_kind = KeyKind::rsa_1024},
         "error weak-key;",
         "'CN=c' is for a key of RSA 1024 bits, which today's servers refuse. Make a key of 2048 "
         "bits or more, and request anew. Where one partner cannot do better, tls: { "
         "danger_weak_keys: true } in its profile accepts it."},
        {"a server's too, without its name",
         {.common_name = "c.example", .client_auth = true, .server_auth = true},
         "",
         ""},
        {"authority",
         {.common_name = "c", .ca = true, .key_usage = "digitalSignature,keyCertSign"},
         "warning authority-as-leaf;",
         "authority's certificate"},
        {"no usages at all", {.common_name = "c"}, "", ""},
    };
    for (const auto& [name, spec, codes, says] : kLeaves) {
        const std::vector<Finding> findings = lint_client(spec);

        EXPECT_EQ(codes_of(findings), codes) << name;
        if (findings.empty()) continue;
        EXPECT_NE(findings[0].text().find(says), std::string::npos) << findings[0].text();
        EXPECT_FALSE(findings[0].remedy.empty());
        EXPECT_NE(findings[0].where.find("client.pem"), std::string::npos);
    }
}

TEST_F(Lint, NamesNoSwitchWhereNoneWouldDo) {
    const Ca old = Ca::root("Old", KeyKind::rsa_2048);
    const Issued client = old.issue({.common_name = "c", .client_auth = true, .md5 = true});

    const auto findings =
        lint("a.pem", client.chain_pem() + old.certificate_pem() + client.key_pem());

    ASSERT_EQ(codes_of(findings), "error weak-signature;");
    EXPECT_EQ(findings[0].what, "'CN=c' is signed with MD5, which today's servers refuse.");
    const certs::PrivateKeyHandle short_key{EVP_RSA_gen(768)};
    const Issued shorter = root_.issue({.common_name = "c", .client_auth = true}, short_key.get());
    const auto weak = certs::weaknesses_of(shorter.certificate.get(), true);
    ASSERT_EQ(weak.size(), 1U);
    EXPECT_EQ(weak[0].accepted_by, "");
    EXPECT_EQ(
        findings[0].remedy, "Ask the authority for a certificate that is signed with SHA-256."
    );
}

TEST_F(Lint, SaysNothingOfASignatureThatNobodyChecks) {
    const Issued own = Ca::self_signed({.common_name = "c", .client_auth = true, .sha1 = true});

    const auto findings = lint("a.pem", own.certificate_pem() + own.key_pem());

    EXPECT_EQ(codes_of(findings), "warning self-signed;");
}

TEST_F(Lint, FindsAnIntermediateThatExpires) {
    const Issued client = issuing_.issue(
        {.common_name = "client", .not_after = std::chrono::hours{24 * 600}, .client_auth = true}
    );
    const LintTime later{
        .now = kToday.now + std::chrono::hours{24 * 500}, .warn_before = std::chrono::hours{1}};

    const auto findings = lint("a.pem", client.chain_pem() + client.key_pem(), {}, later);

    EXPECT_EQ(codes_of(findings), "error expired;");
    EXPECT_NE(findings[0].what.find("'CN=Issuing' expired"), std::string::npos);
}

TEST_F(Lint, FindsAChainThatIsIncompleteOrInTheWrongOrder) {
    const Issued client = issuing_.issue({.common_name = "client", .client_auth = true});
    const std::string issuing_pem = client.chain_pem().substr(client.certificate_pem().size());

    const auto alone = lint("alone.pem", client.certificate_pem() + client.key_pem());
    const auto turned =
        lint("turned.pem", issuing_pem + client.certificate_pem() + client.key_pem());
    const auto gap =
        lint("gap.pem", client.certificate_pem() + root_.certificate_pem() + client.key_pem());

    EXPECT_EQ(codes_of(alone), "warning chain-incomplete;");
    EXPECT_NE(alone[0].what.find("'CN=Issuing', is missing"), std::string::npos) << alone[0].what;
    EXPECT_EQ(codes_of(turned), "warning chain-misordered;");
    EXPECT_NE(turned[0].what.find("it has 'CN=Issuing', 'CN=client'"), std::string::npos);
    EXPECT_EQ(codes_of(gap), "warning chain-incomplete;warning chain-misordered;");
}

TEST_F(Lint, TakesTheChainFromFilesOfItsOwn) {
    const Issued client = issuing_.issue({.common_name = "client", .client_auth = true});
    certs::KeyStoreSource source =
        source_of(directory_.write("client.crt", client.certificate_pem()), std::nullopt);
    source.key_file = directory_.write("client.key", client.key_pem());
    source.chain_files = {
        directory_.write("root.crt", root_.certificate_pem()),
        directory_.write("issuing.der", issuing_.certificate_der())};
    const LintTime later{
        .now = kToday.now + std::chrono::hours{24 * 500}, .warn_before = std::chrono::hours{1}};

    const auto now = lint_key_store(source, kToday);
    const auto ended = lint_key_store(source, later);
    source.chain_files.push_back(directory_ / "absent.crt");
    const auto absent = lint_key_store(source, kToday);

    EXPECT_EQ(codes_of(now.value()), "");
    // The leaf and both authorities, each by its own file.
    EXPECT_EQ(codes_of(ended.value()), "error expired;error expired;error expired;");
    EXPECT_EQ(ended->at(0).where, directory_ / "client.crt");
    EXPECT_EQ(ended->at(1).where, directory_ / "issuing.der");
    EXPECT_EQ(ended->at(2).where, directory_ / "root.crt");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().where, directory_ / "absent.crt");
}

TEST_F(Lint, NamesCommandsThatWorkAsTheyAreWritten) {
    Issued alone = issuing_.issue({.common_name = "client", .client_auth = true});
    const Issued self = Ca::self_signed({.common_name = "self", .client_auth = true});
    const auto remedy = [&](const std::string& name, const std::string& bytes, bool locked) {
        const auto found =
            lint(name, bytes, locked ? std::optional<std::string_view>{kPassword} : std::nullopt);
        std::string text = found.at(0).remedy;
        const std::string prefix = directory_.path().string() + "/";
        for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix)) {
            text.erase(at, prefix.size());
        }
        return text;
    };
    alone.chain.clear();

    EXPECT_EQ(
        remedy("one.pem", alone.certificate_pem() + alone.key_pem(), false),
        "Get that certificate from the authority, and put it in: `countersign keystore import "
        "one.pem ISSUER.crt --trusted`, or name its file under `chain` of the certificate record."
    );
    EXPECT_EQ(
        remedy("one.p12", alone.pkcs12(kPassword, "acme"), true),
        "Get that certificate from the authority, and put it in: `countersign keystore import "
        "one.p12 ISSUER.crt --trusted`."
    );
    EXPECT_EQ(
        remedy("self.pem", self.certificate_pem() + self.key_pem(), false),
        "Send the authority a request, `countersign keystore request self.pem --out NEW.csr`, and "
        "take its reply in: `countersign keystore import self.pem REPLY`."
    );
    const std::string turned =
        issuing_.certificate_pem() + alone.certificate_pem() + alone.key_pem();
    EXPECT_EQ(
        remedy("turned.pem", turned, false),
        "`countersign keystore convert turned.pem NEW.pem` writes them in order into a new file."
    );
}

TEST_F(Lint, RefusesAFileThatHoldsARequestAlone) {
    const auto file = directory_.write(
        "client.csr",
        "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n"
    );

    const auto linted = lint_key_store(source_of(file, std::nullopt), kToday);

    ASSERT_FALSE(linted);
    EXPECT_EQ(linted.error().code, certs::LoadErrorCode::only_request);
}

TEST_F(Lint, RequestsForClientsWhereTheCertificateIsAServers) {
    const Issued server = issuing_.issue(
        {.common_name = "web",
         .dns_names = {"web.example"},
         .not_after = std::chrono::minutes{30},
         .server_auth = true}
    );
    const auto findings = lint("web.pem", server.chain_pem() + server.key_pem(), std::nullopt);

    ASSERT_EQ(codes_of(findings), "error no-client-auth;warning expires-soon;");
    EXPECT_TRUE(findings[0].what.starts_with("'CN=web' is a server's certificate: it lacks"));
    for (const Finding& finding : findings) {
        EXPECT_NE(finding.remedy.find("web.pem --usage client --out NEW.csr`"), std::string::npos)
            << finding.remedy;
    }
}

TEST_F(Lint, NamesTheChainFileThatLacksTheIssuer) {
    const Issued alone = issuing_.issue({.common_name = "client", .client_auth = true});
    certs::KeyStoreSource source = source_of(
        directory_.write("alone.pem", alone.certificate_pem() + alone.key_pem()), std::nullopt
    );
    source.chain_files = {directory_.write("other.crt", Ca::root("Others").certificate_pem())};

    const auto findings = lint_key_store(source, kToday).value();

    ASSERT_EQ(codes_of(findings), "warning chain-incomplete;");
    EXPECT_EQ(
        findings[0].what,
        (directory_ / "other.crt").string() +
            ", under `chain`, does not have the issuer of 'CN=client', which is 'CN=Issuing'. It "
            "has 'CN=Others'. Servers that do not know that issuer refuse 'CN=client'."
    );
    EXPECT_EQ(
        findings[0].remedy,
        "Get the certificate of 'CN=Issuing' from the authority, and name its file under `chain`."
    );
}

TEST_F(Lint, SaysThatNoAuthorityHasSignedYet) {
    const Issued self = Ca::self_signed({.common_name = "client", .client_auth = true});

    EXPECT_EQ(
        codes_of(lint("self.pem", self.certificate_pem() + self.key_pem())), "warning self-signed;"
    );
}

TEST_F(Lint, FindsAKeyThatIsNotTheCertificates) {
    const Issued client = issuing_.issue({.common_name = "client", .client_auth = true});
    const Issued other = issuing_.issue({.common_name = "other", .client_auth = true});

    const auto findings = lint("mixed.pem", client.chain_pem() + other.key_pem());
    const auto keyless = lint("key.pem", other.key_pem());

    EXPECT_EQ(codes_of(findings), "error key-mismatch;");
    EXPECT_NE(findings[0].what.find("'CN=client', 'CN=Issuing'"), std::string::npos);
    EXPECT_EQ(codes_of(keyless), "error no-certificate;");
}

TEST_F(Lint, SaysWhichKeyItCouldNotOpenAndGoesOn) {
    const auto findings = lint_key_store(source_of(data("several.jks")), kToday).value();

    EXPECT_EQ(codes_of(findings), "warning key-not-opened;");
    EXPECT_NE(findings[0].where.find("alias second"), std::string::npos);
}

TEST_F(Lint, LooksAtTheKeyThatIsMeantAlone) {
    certs::KeyStoreSource source = source_of(data("several.jks"));
    source.alias = "MyDomain";

    EXPECT_EQ(codes_of(lint_key_store(source, kToday).value()), "");
}

TEST_F(Lint, FindsAPasswordThatProtectsNothing) {
    const auto of = [](const char* file) {
        return codes_of(lint_key_store(source_of(data(file)), kToday).value());
    };
    EXPECT_EQ(of("no-password.p12"), "warning opens-without-password;");
    EXPECT_EQ(of("modern.p12"), "");
    EXPECT_EQ(of("client.jks"), "");
    EXPECT_EQ(of("client.pem"), "warning chain-misordered;warning opens-without-password;");
}

TEST_F(Lint, PutsErrorsBeforeWarnings) {
    Issued alone = issuing_.issue({.common_name = "c.example", .server_auth = true});

    const auto findings = lint("alone.pem", alone.certificate_pem() + alone.key_pem());

    EXPECT_EQ(codes_of(findings), "error no-client-auth;warning chain-incomplete;");
}

TEST_F(Lint, JudgesTrustedCertificatesAndSaysWhatTimeDoesToThem) {
    const LintTime later{.now = kToday.now + std::chrono::hours{24 * 500}};
    const std::string pinned =
        Ca::self_signed({.common_name = "server.example", .server_auth = true}).certificate_pem();
    const auto lint_file = [&](std::string_view name, std::string_view bytes, LintTime time) {
        return codes_of(lint_trust(certs::TrustFile{directory_.write(name, bytes)}, time).value());
    };

    EXPECT_EQ(lint_file("root.pem", root_.certificate_pem(), kToday), "");
    EXPECT_EQ(lint_file("root.der", root_.certificate_der(), later), "warning expired;");
    EXPECT_EQ(lint_file("pinned.pem", pinned, kToday), "warning name-only-in-cn;");
    EXPECT_EQ(codes_of(lint_trust(certs::TrustSystem{}, later).value()), "");
    EXPECT_EQ(
        codes_of(lint_trust(certs::TrustInlinePem{root_.certificate_pem(), "x"}, later).value()),
        "warning expired;"
    );
    EXPECT_FALSE(lint_trust(certs::TrustFile{directory_ / "absent"}, later));
}

TEST_F(Lint, GivesTheErrorOfAStoreThatDoesNotOpen) {
    EXPECT_FALSE(lint_key_store(source_of(data("client.jks"), "wrong"), kToday));
    EXPECT_FALSE(lint_key_store(source_of(directory_ / "absent"), kToday));
}

TEST_F(Lint, TakesNoTextThatIsLargerThanAnyRealOne) {
    const certs::TrustInlinePem text{root_.certificate_pem() + std::string(2'000'000, '\n'), "x"};

    const auto linted = lint_trust(text, kToday);

    ASSERT_FALSE(linted);
    EXPECT_EQ(linted.error().code, certs::LoadErrorCode::too_much);
}

}  // namespace
}  // namespace countersign::tests
