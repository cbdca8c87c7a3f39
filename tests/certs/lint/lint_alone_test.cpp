// Certificates in a file without a key, of which nobody says what they are for.
#include <gtest/gtest.h>

#include "certs/lint/lint.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::Finding;

const certs::LintTime kThatDay{
    .now = std::chrono::system_clock::now(), .warn_before = std::chrono::hours{1}};

std::string told(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings) {
        text.append(name_of(finding.severity)).append(" ").append(name_of(finding.code)) += ';';
    }
    return text;
}

class LintAlone : public testing::Test {
protected:
    std::string lint(const std::string& pem) const {
        const auto file = directory_.write("alone.crt", pem);
        return told(lint_key_store(source_of(file, std::nullopt), kThatDay).value());
    }
    static std::string lint_as_trusted(const std::string& pem) {
        return told(lint_trust(certs::TrustInlinePem{pem, "x"}, kThatDay).value());
    }

    const TempDir directory_;
    const Ca issuing_ = Ca::root("Root").intermediate("Issuing");
};

TEST_F(LintAlone, SaysNothingOfAServerWhereAClientsCertificateStands) {
    const auto lint_issued = [&](const CertificateSpec& spec) {
        return lint(issuing_.issue(spec).certificate_pem());
    };

    EXPECT_EQ(lint_issued({.common_name = "c", .client_auth = true}), "");
    EXPECT_EQ(lint_issued({.common_name = "c", .client_auth = true, .server_auth = true}), "");
    EXPECT_EQ(lint_issued({.common_name = "c"}), "");
    EXPECT_EQ(lint_issued({.common_name = "c", .server_auth = true}), "warning name-only-in-cn;");
    EXPECT_EQ(
        lint_as_trusted(issuing_.issue({.common_name = "c", .client_auth = true}).certificate_pem()
        ),
        "error not-an-authority;"
    );
}

TEST_F(LintAlone, NamesAKeyInAFormThatTlsProgramsDoNotRead) {
    const std::string block =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
    for (const std::string& pem : {block, Ca::root("Root").certificate_pem() + block}) {
        const auto file = directory_.write("alone.crt", pem);

        const auto linted = lint_key_store(source_of(file, std::nullopt), kThatDay);

        ASSERT_FALSE(linted);
        EXPECT_NE(linted.error().message().find("OpenSSH's own form"), std::string::npos);
    }
}

TEST_F(LintAlone, SaysOfOneThatSignsItselfWhetherItMayVouchForOthers) {
    const struct {
        const char* name;
        CertificateSpec spec;
        const char* codes;
    } kAlone[] = {
        {"no marks at all",
         {.common_name = "c", .key_usage = kNoExtension, .basic_constraints = kNoExtension},
         "warning not-an-authority;"},
        {"the same of version 1, which may", {.common_name = "c", .version_1 = true}, ""},
        {"an authority's", {.common_name = "c", .ca = true}, ""},
        {"a host's own, to be pinned",
         {.common_name = "c",
          .dns_names = {"c.example"},
          .key_usage = kNoExtension,
          .basic_constraints = kNoExtension},
         ""},
        {"a mailbox's",
         {.common_name = "c",
          .key_usage = kNoExtension,
          .basic_constraints = kNoExtension,
          .extensions = {{"subjectAltName", "email:a@c.example"}}},
         "warning not-an-authority;"},
        {"a service's own",
         {.common_name = "c", .uris = {"spiffe://c/d"}, .basic_constraints = kNoExtension},
         ""},
        {"an address's own",
         {.common_name = "c", .ip_addresses = {"127.0.0.1"}, .basic_constraints = kNoExtension},
         ""},
        {"a client's own", {.common_name = "c", .client_auth = true}, ""},
        {"a server's own without its name",
         {.common_name = "c", .server_auth = true},
         "warning name-only-in-cn;"},
    };
    for (const auto& [name, spec, codes] : kAlone) {
        const std::string pem = Ca::self_signed(spec).certificate_pem();

        EXPECT_EQ(lint(pem), codes) << name;

        // As an anchor it is the same, but for a client's; and nobody else would be left.
        const bool vouches_for_none =
            spec.client_auth || std::string_view{codes}.find("authority") != std::string_view::npos;
        EXPECT_EQ(lint_as_trusted(pem), vouches_for_none ? "error not-an-authority;" : codes)
            << name;
    }
}

}  // namespace
}  // namespace countersign::tests
