#include <gtest/gtest.h>

#include <chrono>

#include "certs/lint/lint.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

/// "error expired;warning …;"
std::string all_codes_of(const std::vector<certs::Finding>& findings) {
    std::string codes;
    for (const certs::Finding& finding : findings) {
        codes += std::string{name_of(finding.severity)} + " ";
        codes += std::string{name_of(finding.code)} + ";";
    }
    return codes;
}

TEST(LintTrust, TellsAnchorsApartByWhatItSaysOfItself) {
    const TempDir directory;
    const Ca root = Ca::root("Root");
    const Ca issuing = root.intermediate("Issuing");
    const certs::LintTime kNow{
        .now = std::chrono::system_clock::now(), .warn_before = std::chrono::hours{1}};
    const struct {
        const char* name;
        std::string pem;
        const char* codes;
    } kAnchors[] = {
        {"an authority", issuing.certificate_pem(), ""},
        {"a root of version 1",
         Ca::self_signed({.common_name = "Old Root", .version_1 = true}).certificate_pem(), ""},
        {"a root without CA:TRUE", Ca::self_signed({.common_name = "Root"}).certificate_pem(),
         "error not-an-authority;"},
        {"a client's", issuing.issue({.common_name = "c", .client_auth = true}).certificate_pem(),
         "error not-an-authority;"},
        {"a leaf of nobody", issuing.issue({.common_name = "c"}).certificate_pem(),
         "error not-an-authority;"},
        {"a server's",
         issuing.issue({.common_name = "s", .dns_names = {"s.example"}, .server_auth = true})
             .certificate_pem(),
         ""},
        {"a server's without its name",
         issuing.issue({.common_name = "s", .server_auth = true}).certificate_pem(),
         "warning name-only-in-cn;"},
    };
    for (const auto& [name, pem, codes] : kAnchors) {
        const auto alone = lint_trust(certs::TrustInlinePem{pem, "x"}, kNow);
        const auto file = certs::TrustFile{directory.write("t.p7b.pem", pem)};

        EXPECT_EQ(all_codes_of(alone.value()), codes) << name;
        EXPECT_EQ(all_codes_of(lint_trust(file, kNow).value()), codes) << name;
    }
    const struct {
        std::string pem;
        std::string_view says;
    } kFaults[] = {
        {kAnchors[2].pem, "'CN=Root' signs itself and does not say that it is an authority's"},
        {kAnchors[3].pem, "'CN=c' is a client's certificate (extended key usage clientAuth)"},
        {kAnchors[4].pem, "'CN=c' is no authority's certificate (basicConstraints CA:TRUE)"},
    };
    for (const auto& [pem, says] : kFaults) {
        const auto findings = lint_trust(certs::TrustInlinePem{pem, "x"}, kNow);
        EXPECT_TRUE(findings->at(0).what.starts_with(says)) << findings->at(0).what;
    }
    const std::string among = root.certificate_pem() + kAnchors[2].pem;
    EXPECT_EQ(
        all_codes_of(lint_trust(certs::TrustInlinePem{among, "x"}, kNow).value()),
        "warning not-an-authority;"
    );
}

}  // namespace
}  // namespace countersign::tests
