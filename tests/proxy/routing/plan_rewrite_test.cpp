#include "tests/proxy/routing/plan_fixture.hpp"

namespace countersign::proxy::routing {
namespace {

TEST_F(PlanTest, OfAListenerThatRewritesLeadsToWhatTheClientCallsTheServer) {
    profiles::Listener listener;
    listener.name = "apps";
    listener.rewrite = {true, true, true};
    configuration_.listeners = {listener};
    configuration_.unmatched = profiles::UnmatchedRule::tls;
    peer_.listener = generation::ListenerId{0};
    const std::string host{kLongHost};

    const Planned plain = of("GET http://" + host + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
    const Planned renamed = of("GET http://dialled.example/ HTTP/1.1\r\nHost: x\r\n\r\n");
    const Planned ported = of("GET http://dialled.example:99/ HTTP/1.1\r\nHost: x\r\n\r\n");
    const Planned secure = of("GET https://" + host + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
    const Planned unmatched = of("GET http://other.example/ HTTP/1.1\r\nHost: x\r\n\r\n");

    ASSERT_TRUE(plain && plain->rewrite);
    EXPECT_EQ(plain->rewrite->upstream_host, "") << "it has no other name than the client's";
    EXPECT_NE(plain->rewrite->plain, nullptr);
    ASSERT_TRUE(renamed && renamed->rewrite);
    EXPECT_EQ(renamed->rewrite->upstream_host, "10.0.0.7");
    EXPECT_EQ(renamed->rewrite->upstream_port, 8443);
    EXPECT_EQ(renamed->rewrite->client_authority, "dialled.example");
    EXPECT_EQ(renamed->rewrite->client_host, "dialled.example");
    ASSERT_TRUE(ported && ported->rewrite);
    EXPECT_EQ(ported->rewrite->client_authority, "dialled.example:99");
    ASSERT_TRUE(secure);
    EXPECT_EQ(secure->rewrite, nullptr) << "its client can follow https:// as it calls it";
    ASSERT_TRUE(unmatched && unmatched->rewrite);
    EXPECT_TRUE(unmatched->rewrite->rules.location) << "it may lead to a host with a profile";
    EXPECT_FALSE(unmatched->rewrite->rules.cookie_secure);
    EXPECT_FALSE(unmatched->rewrite->rules.cookie_domain);
}

TEST_F(PlanTest, ARefusedTunnelSaysWhatARedirectWantsWhereThatHelps) {
    constexpr std::string_view kHint = "set rewrite: [location] on listener 'apps'";
    profiles::Listener listener;
    listener.name = "apps";
    profiles::Listener rewriting = listener;
    rewriting.name = "rewriting";
    rewriting.rewrite.location = true;
    profiles::Listener fixed = listener;
    fixed.name = "fixed";
    fixed.profile = "partner";
    configuration_.listeners = {listener, rewriting, fixed};
    configuration_.profiles[1].clients = {profiles::Network::parse("10.0.0.0/8").value()};
    const std::string known{kLongHost};
    struct Row {
        std::string host;
        std::uint32_t listener;
        bool hinted;
    };
    for (const Row& row : {
             Row{known, 0, true},
             Row{"dialled.example", 0, false},  // for other clients
             Row{"other.example", 0, false},
             Row{known, 1, false},
             Row{"late.example", 2, false},
         }) {
        peer_.listener = generation::ListenerId{row.listener};
        const std::string head = "CONNECT " + row.host + ":443 HTTP/1.1\r\nHost: x\r\n\r\n";

        const Planned refused = of(head);

        ASSERT_FALSE(refused) << row.host;
        const Failure& failure = refused.error().failure;
        EXPECT_EQ(failure.code(), FailureCode::connect_refused) << row.host;
        EXPECT_EQ(failure.remedy().find(kHint) != std::string::npos, row.hinted)
            << row.host << "\n"
            << failure.remedy();
    }
}

}  // namespace
}  // namespace countersign::proxy::routing
