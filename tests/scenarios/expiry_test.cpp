#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

/// An identity and trusted certificates at every stage of their life.
class Expiry : public testing::Test {
protected:
    using hours = std::chrono::hours;

    std::string certificates() const {
        const TempDir& files = partner_.files();
        const auto soon = partner_.write_identity(
            "soon", partner_.issuer().issue(
                        {.common_name = "soon", .not_after = hours{49}, .client_auth = true}
                    )
        );
        const auto ended = files.write("ended.pem", ended_.certificate_pem());
        const auto some =
            files.write("some.pem", ended_.certificate_pem() + lasting_.certificate_pem());
        return partner_.certificates() +
               "  - { name: soon, type: pem_key_store, file: " + soon.string() +
               " }\n  - { name: quiet, type: pem_key_store, file: " + soon.string() +
               ", warn_before_expiry: 1h }\n  - { name: ended, type: trust_store_cert, file: " +
               ended.string() +
               " }\n  - { name: some, type: trust_store_cert, file: " + some.string() +
               ", warn_before_expiry: 1h }\n";
    }

    const Partner partner_;
    const Issued ended_ = Ca::self_signed(
        {.common_name = "ended", .not_before = hours{-48}, .not_after = hours{-36}, .ca = true}
    );
    const Issued lasting_ =
        Ca::self_signed({.common_name = "lasting", .not_after = hours{5}, .ca = true});
};

TEST_F(Expiry, IsToldByCheckForOwnAndTrustedCertificates) {
    const auto file = partner_.files().write("countersign.yaml", certificates());
    Process text{{countersign_binary(), "check", "-c", file}};
    Process json{{countersign_binary(), "check", "--json", "-c", file}};

    EXPECT_EQ(text.wait_for_exit(), 1);
    EXPECT_EQ(json.wait_for_exit(), 1);

    const std::string said = text.output();
    for (const std::string part :
         {": certificate record 'soon': the certificate 'CN=soon' in ", "soon.pem expires on 20",
          ", in 2 days\n", ": certificate record 'ended': the trusted 'CN=ended' expired on",
          ": certificate record 'some': the trusted 'CN=ended' expired on", ": 1 problem(s), "}) {
        EXPECT_NE(said.find(part), said.npos) << "no '" << part << "' in: " << said;
    }
    for (const std::string part : {"'quiet'", "CN=lasting"}) {
        EXPECT_EQ(said.find(part), said.npos) << "'" << part << "' in: " << said;
    }
    for (const std::string part :
         {"{\"record\":\"soon\",\"role\":\"leaf\",\"subject\":\"CN=soon\",\"sha256\":\"",
          "\"days_left\":2}", "{\"record\":\"soon\",\"role\":\"chain\"",
          "{\"record\":\"ended\",\"role\":\"trusted\"", "\"days_left\":-2}"}) {
        EXPECT_NE(json.output().find(part), said.npos)
            << "no '" << part << "' in: " << json.output();
    }
}

TEST_F(Expiry, IsLoggedAtStart) {
    const ProxyUnderTest proxy{certificates()};

    for (const std::string part :
         {"certificate record 'soon': the certificate 'CN=soon' in ",
          "certificate record 'ended': the trusted 'CN=ended' expired on"}) {
        EXPECT_NE(proxy.log().find(part), std::string::npos) << proxy.log();
    }
    EXPECT_EQ(proxy.log().find("'quiet'"), std::string::npos) << proxy.log();
}

}  // namespace
}  // namespace countersign::tests
