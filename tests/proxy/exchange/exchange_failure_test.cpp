#include "proxy/exchange/exchange_failure.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::exchange {
namespace {

class SourceOfPort : public testing::Test {
protected:
    SourceOfPort() {
        profile_.name = "partner";
        plan_.profile = &profile_;
        plan_.rules = &rules_;
        plan_.port = 9443;
        plan_.port_is_default = true;
    }
    std::string of(FailureCode code) const {
        return with_source_of_port(Failure::of_upstream(code, "It failed.", "Look."), plan_)
            .reason();
    }

    profiles::Profile profile_;
    upstream::addresses::OriginRules rules_;
    routing::Plan plan_;
};

TEST_F(SourceOfPort, IsToldWhereTheConnectionFailed) {
    const std::string source =
        "It failed. Port 9443 is the default_port of profile 'partner': the request names none "
        "(80, http's own, counts as none).";

    EXPECT_EQ(of(FailureCode::connection_refused), source);
    EXPECT_EQ(of(FailureCode::connect_timeout), source);
    EXPECT_EQ(of(FailureCode::tls_protocol), source) << "another service may have that port";
    EXPECT_EQ(of(FailureCode::dns_not_found), "It failed.");
    EXPECT_EQ(of(FailureCode::server_certificate), "It failed.");
}

TEST_F(SourceOfPort, IsHttpsWithoutAProfile) {
    plan_.profile = nullptr;
    plan_.port = 443;

    EXPECT_EQ(
        of(FailureCode::connection_refused),
        "It failed. Port 443 is that of https: the request names none (80, http's own, counts as "
        "none)."
    );
}

TEST_F(SourceOfPort, IsNotToldOfAPortThatWasNamedOrThatIsNotDialled) {
    plan_.port_is_default = false;
    EXPECT_EQ(of(FailureCode::connection_refused), "It failed.");
    plan_.port_is_default = true;
    rules_.connect_to = profiles::HostPort{"gw.example", 8443};
    EXPECT_EQ(of(FailureCode::connection_refused), "It failed.");
}

}  // namespace
}  // namespace countersign::proxy::exchange
