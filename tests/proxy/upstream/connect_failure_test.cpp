#include "proxy/upstream/connect_failure.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

namespace countersign::proxy::upstream {
namespace {

using Rule = addresses::AddressObjection::Rule;

addresses::AddressObjection objection(Rule rule, const char* address) {
    return {rule, profiles::IpAddress::parse(address).value(), "it is not to be"};
}

class ConnectFailureTest : public testing::Test {
protected:
    addresses::Goal goal() const { return {host_, 443, rules_}; }

    const std::string host_ = "a.example";
    addresses::OriginRules rules_;
};

TEST_F(ConnectFailureTest, SaysWhatBecameOfTheLastAttempt) {
    const Failure refused = connect_failure(goal(), ECONNREFUSED, 2, {});
    const Failure silent = connect_failure(goal(), ETIMEDOUT, 1, {});
    const Failure unreachable = connect_failure(goal(), EAFNOSUPPORT, 1, {});

    EXPECT_EQ(refused.code(), FailureCode::connection_refused);
    EXPECT_EQ(refused.reason(), "Nothing listens at a.example:443 (connection refused).");
    EXPECT_EQ(
        refused.remedy(), "Check host and port, that the server runs, and that no firewall refuses."
    );
    EXPECT_EQ(silent.code(), FailureCode::connect_timeout);
    EXPECT_EQ(silent.reason(), "a.example:443 did not answer within 5s (timeouts.connect).");
    EXPECT_EQ(unreachable.code(), FailureCode::unreachable);
    EXPECT_EQ(
        unreachable.reason(),
        "a.example:443 cannot be reached (Address family not supported by protocol)."
    );
}

TEST_F(ConnectFailureTest, SaysOnWhichSideTheWayEnds) {
    const Failure here = connect_failure(goal(), ENETUNREACH, 1, {});
    const Failure there = connect_failure(goal(), EHOSTUNREACH, 1, {});

    EXPECT_EQ(here.side(), Side::proxy);
    EXPECT_EQ(here.remedy(), "Check the host, and the routes and the firewall of this machine.");
    EXPECT_EQ(there.side(), Side::upstream);
    EXPECT_EQ(
        there.remedy(), "Check the host, and the routes and the firewalls between here and there."
    );

    rules_.connect_to = profiles::HostPort{"b.example", 8443};
    EXPECT_TRUE(connect_failure(goal(), ENETUNREACH, 1, {})
                    .remedy()
                    .starts_with("Check connect_to of the profile"));
}

TEST_F(ConnectFailureTest, NamesWhatIsDialledInstead) {
    rules_.connect_to = profiles::HostPort{"b.example", 8443};

    EXPECT_EQ(
        connect_failure(goal(), ECONNREFUSED, 1, {}).reason(),
        "Nothing listens at a.example:443 (connect_to b.example:8443) (connection refused)."
    );
}

TEST_F(ConnectFailureTest, CountsTheAddressesThatWereNotDialled) {
    const Failure one =
        connect_failure(goal(), ECONNREFUSED, 1, {objection(Rule::deny, "127.0.0.1")});
    const Failure two = connect_failure(
        goal(), ETIMEDOUT, 1,
        {objection(Rule::tunnel_private, "10.0.0.1"), objection(Rule::tunnel_private, "10.0.0.2")}
    );

    EXPECT_EQ(one.code(), FailureCode::connection_refused);
    EXPECT_EQ(one.side(), Side::upstream);
    EXPECT_EQ(
        one.reason(),
        "Nothing listens at a.example:443 (connection refused); 1 of 2 addresses is forbidden by "
        "addresses.deny."
    );
    EXPECT_EQ(
        one.remedy(),
        "Check host and port, that the server runs, and that no firewall refuses. If the server is "
        "at 127.0.0.1, change "
        "addresses.deny."
    );
    EXPECT_EQ(two.code(), FailureCode::connect_timeout);
    EXPECT_EQ(
        two.reason(),
        "a.example:443 did not answer within 5s (timeouts.connect); 2 of 3 addresses are forbidden "
        "by "
        "addresses.tunnel_private."
    );
    EXPECT_TRUE(
        two.remedy().ends_with("If the server is at 10.0.0.1, set addresses.tunnel_private: true.")
    ) << two.remedy();
}

TEST_F(ConnectFailureTest, TellsTheRulesApart) {
    const Failure failure = connect_failure(
        goal(), ECONNREFUSED, 1,
        {objection(Rule::own_listener, "127.0.0.1"), objection(Rule::tunnel_private, "10.0.0.1"),
         objection(Rule::deny, "169.254.0.1"), objection(Rule::deny, "fe80::1")}
    );

    EXPECT_EQ(
        failure.reason(),
        "Nothing listens at a.example:443 (connection refused); 2 of 5 addresses are forbidden by "
        "addresses.deny, 1 by addresses.tunnel_private, 1 by the rule that the proxy does not dial "
        "itself."
    );
    EXPECT_TRUE(failure.remedy().ends_with(
        "If the server is at 10.0.0.1, set addresses.tunnel_private: true."
    )) << failure.remedy();
}

TEST_F(ConnectFailureTest, HasNoAdviceOnTheProxysOwnListener) {
    const Failure failure =
        connect_failure(goal(), ECONNREFUSED, 1, {objection(Rule::own_listener, "127.0.0.1")});

    EXPECT_EQ(
        failure.remedy(), "Check host and port, that the server runs, and that no firewall refuses."
    );
}

TEST_F(ConnectFailureTest, IsAnotherWhereNoAddressMayBeDialled) {
    const Failure failure = prohibited_failure(
        goal(), {objection(Rule::tunnel_private, "10.0.0.1"), objection(Rule::deny, "fe80::1")}
    );

    EXPECT_EQ(failure.code(), FailureCode::address_prohibited);
    EXPECT_EQ(failure.side(), Side::proxy);
    EXPECT_EQ(failure.reason(), "a.example:443 may not be dialled: it is not to be.");
    EXPECT_NE(failure.remedy().find("addresses.tunnel_private: true"), std::string::npos)
        << "the remedy is for the address that is named";
}

TEST_F(ConnectFailureTest, SaysThatTheProxyIsNoDestinationOfItsOwn) {
    const std::vector<addresses::AddressObjection> own{objection(Rule::own_listener, "127.0.0.1")};
    const addresses::Goal by_address{"127.0.0.1", 3128, rules_};

    const Failure opened = prohibited_failure(by_address, own);
    const Failure looped = prohibited_failure(goal(), own);

    EXPECT_EQ(opened.side(), Side::client);
    EXPECT_EQ(
        opened.reason(), "This is the proxy: it has nothing of its own to serve at 127.0.0.1:3128."
    );
    EXPECT_EQ(looped.side(), Side::proxy);
    EXPECT_EQ(looped.reason(), "a.example:443 may not be dialled: it is not to be.");
    EXPECT_EQ(brief_text(looped, "a.example"), "a.example leads back to this proxy");
    EXPECT_EQ(looped.remedy().find("addresses.deny"), std::string::npos)
        << "which does not change that";
}

TEST_F(ConnectFailureTest, SaysThatNothingIsForwardedToTheAdminAddress) {
    std::vector<addresses::AddressObjection> own{objection(Rule::own_listener, "127.0.0.1")};
    own.front().is_admin = true;

    const Failure failure = prohibited_failure(addresses::Goal{"127.0.0.1", 9901, rules_}, own);

    EXPECT_EQ(failure.side(), Side::client);
    EXPECT_EQ(
        failure.reason(),
        "127.0.0.1:9901 is the admin address of this proxy, to which no request is forwarded."
    );
    EXPECT_EQ(
        failure.remedy(),
        "On the machine of the proxy, ask it without the proxy (curl: --noproxy '*'; many "
        "programs: no_proxy=127.0.0.1; a browser: add 127.0.0.1 to the addresses without a proxy)."
    );
    EXPECT_TRUE(is_the_admin_address("192.0.2.7", 9901)
                    .remedy()
                    .starts_with("Ask it without the proxy (curl: "));
    EXPECT_TRUE(is_the_admin_address("localhost", 9901).remedy().starts_with("On the machine of"));
    EXPECT_EQ(
        brief_text(failure, "127.0.0.1"),
        "this is the proxy's admin address; ask it without the proxy"
    );
}

}  // namespace
}  // namespace countersign::proxy::upstream
