#include <gtest/gtest.h>

#include <chrono>

#include "certs/lint/lint.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

/// What is said of what is shown as a server.
class LintServer : public testing::Test {
protected:
    std::string lint(const CertificateSpec& spec) const {
        const Issued server = issuing_.issue(spec);
        const auto file = files_.write("server.pem", server.chain_pem() + server.key_pem());
        const certs::LintTime now{std::chrono::system_clock::now(), std::chrono::hours{1}};
        const auto found =
            certs::lint_key_store(source_of(file, std::nullopt), now, certs::LeafUse::server);
        std::string text;
        for (const certs::Finding& one : found.value()) {
            text.append(name_of(one.severity)).append(" ").append(name_of(one.code)) += ';';
        }
        return text;
    }

    TempDir files_;
    Ca root_ = Ca::root("Root");
    Ca issuing_ = root_.intermediate("Issuing");
};

TEST_F(LintServer, SaysNothingOfOneThatIsRight) {
    EXPECT_EQ(lint({.common_name = "s", .dns_names = {"s"}, .server_auth = true}), "");
    EXPECT_EQ(lint({.common_name = "s", .dns_names = {"s"}}), "") << "for whatever it may be used";
}

TEST_F(LintServer, TellsWhatBrowsersRefuse) {
    EXPECT_EQ(
        lint({.common_name = "s", .dns_names = {"s"}, .client_auth = true}), "error no-server-auth;"
    );
    EXPECT_EQ(lint({.common_name = "s", .server_auth = true}), "warning name-only-in-cn;");
    EXPECT_EQ(
        lint(
            {.common_name = "s",
             .dns_names = {"s"},
             .not_before = std::chrono::hours{-9},
             .not_after = std::chrono::hours{-2},
             .server_auth = true}
        ),
        "error expired;"
    );
}

}  // namespace
}  // namespace countersign::tests
