#include "proxy/routing/plan.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tests/proxy/routing/plan_fixture.hpp"

namespace countersign::proxy::routing {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

TEST_F(PlanTest, OwnsWhatItSays) {
    const std::string host{kLongHost};

    Planned planned = of("GET http://" + host + ":9443/orders HTTP/1.1\r\nHost: x\r\n\r\n");

    ASSERT_TRUE(planned) << planned.error().failure.reason();
    const Plan kept = std::move(*planned);
    EXPECT_EQ(kept.profile->name, "partner");
    EXPECT_EQ(kept.host, kLongHost);
    EXPECT_EQ(kept.port, 9443);
    EXPECT_EQ(kept.authority, host + ":9443");
    EXPECT_EQ(kept.path.of("http://" + host + ":9443/orders"), "/orders");
    EXPECT_EQ(kept.route->tls->identity()->subject(), "CN=valid");
    EXPECT_EQ(kept.rules, kept.route->rules.get());
    EXPECT_EQ(kept.would_be, nullptr);
    EXPECT_EQ(kept.rewrite, nullptr);
}

TEST_F(PlanTest, KnowsARequestForTheProxyItself) {
    for (const char* head : {
             "GET / HTTP/1.1\r\nHost: 127.0.0.1:3128\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: localhost:3128\r\n\r\n",
             "GET http://127.0.0.1:3128/favicon.ico HTTP/1.1\r\nHost: 127.0.0.1:3128\r\n\r\n",
         }) {
        const Planned planned = of(head);

        ASSERT_FALSE(planned) << head;
        const Failure& failure = planned.error().failure;
        EXPECT_EQ(failure.code(), FailureCode::address_prohibited) << head;
        EXPECT_TRUE(failure.reason().starts_with("This is the proxy: ")) << failure.reason();
        EXPECT_TRUE(failure.brief().starts_with("this is the proxy; ")) << failure.brief();
        EXPECT_NE(failure.remedy().find(":3128 as the client's HTTP proxy"), std::string::npos)
            << failure.remedy();
    }
}

TEST_F(PlanTest, ForwardsNothingToTheAdminAddress) {
    for (const char* head : {
             "GET http://127.0.0.1:9901/status HTTP/1.1\r\nHost: 127.0.0.1:9901\r\n\r\n",
             "GET http://localhost:9901/console/ HTTP/1.1\r\nHost: localhost:9901\r\n\r\n",
         }) {
        const Planned planned = of(head);

        ASSERT_FALSE(planned) << head;
        const Failure& failure = planned.error().failure;
        EXPECT_EQ(failure.code(), FailureCode::address_prohibited) << head;
        EXPECT_TRUE(failure.reason().ends_with(
            ":9901 is the admin address of this proxy, to which no request is forwarded."
        )) << failure.reason();
        EXPECT_TRUE(failure.remedy().starts_with("On the machine of the proxy, ask it without"))
            << failure.remedy();
    }
}

TEST_F(PlanTest, SaysHowTheProxyIsUsedWhereItsPortIsNamedAsThatOfAWebServer) {
    const Planned by_name = of("GET / HTTP/1.1\r\nHost: sidecar:3128\r\n\r\n");
    const Planned through = of("GET http://sidecar:3128/ HTTP/1.1\r\nHost: x\r\n\r\n");

    ASSERT_FALSE(by_name);
    EXPECT_EQ(by_name.error().failure.code(), FailureCode::no_profile);
    EXPECT_NE(
        by_name.error().failure.remedy().find(
            " If sidecar:3128 is this proxy's own address: Set http://sidecar:3128 as"
        ),
        std::string::npos
    ) << by_name.error().failure.remedy();
    ASSERT_FALSE(through);
    EXPECT_EQ(through.error().failure.remedy().find("own address"), std::string::npos);
}

TEST_F(PlanTest, LeavesAHostToTheProfileThatHasIt) {
    profiles::Profile local = Partner::profile("local", {"127.0.0.1"}, "");
    local.connect_to = profiles::HostPort{"10.0.0.7", 8443};
    configuration_.profiles.push_back(local);

    const Planned planned = of("GET / HTTP/1.1\r\nHost: 127.0.0.1:3128\r\n\r\n");

    ASSERT_TRUE(planned) << planned.error().failure.reason();
    EXPECT_EQ(planned->profile->name, "local");
}

TEST_F(PlanTest, KnowsAPortThatTheClientDidNotName) {
    EXPECT_TRUE(of("GET http://dialled.example/ HTTP/1.1\r\nHost: x\r\n\r\n")->port_is_default);
    EXPECT_TRUE(of("GET http://dialled.example:80/ HTTP/1.1\r\nHost: x\r\n\r\n")->port_is_default);
    EXPECT_FALSE(of("GET http://dialled.example:443/ HTTP/1.1\r\nHost: x\r\n\r\n")->port_is_default
    );
}

TEST_F(PlanTest, PinsItsGeneration) {
    std::shared_ptr<const generation::Generation> loaded = generation_of(configuration_);
    const std::weak_ptr<const generation::Generation> watched = loaded;
    generation_ = generation::hold(std::move(loaded));
    std::optional<Planned> planned = of("GET http://dialled.example/ HTTP/1.1\r\nHost: x\r\n\r\n");

    generation_ = {};

    EXPECT_FALSE(watched.expired()) << "an exchange runs on it";
    planned.reset();
    EXPECT_TRUE(watched.expired());
}

TEST_F(PlanTest, TellsTheServerWhatIsDialledWhereTheHostIsNotPreserved) {
    const Planned planned = of("GET http://dialled.example/ HTTP/1.1\r\nHost: x\r\n\r\n");

    ASSERT_TRUE(planned);
    EXPECT_EQ(planned->authority, "10.0.0.7:8443");
    EXPECT_EQ(planned->host, "dialled.example");
}

TEST_F(PlanTest, OfAFixedUpstreamNeedsNoHostAndRewrites) {
    profiles::Listener listener;
    listener.name = "direct";
    listener.upstream = profiles::HostPort{"dialled.example", 443};
    listener.rewrite.location = true;
    configuration_.listeners = {listener};
    peer_.listener = generation::ListenerId{0};

    const Planned without = of("GET /orders HTTP/1.0\r\n\r\n");
    const Planned with = of("GET /orders HTTP/1.1\r\nHost: legacy:3129\r\n\r\n");

    ASSERT_TRUE(without);
    EXPECT_EQ(without->profile->name, "dialled");
    ASSERT_NE(without->rewrite, nullptr);
    EXPECT_EQ(without->rewrite->client_authority, "");
    ASSERT_TRUE(with);
    ASSERT_NE(with->rewrite, nullptr);
    EXPECT_EQ(with->rewrite->client_authority, "legacy:3129");
    EXPECT_EQ(with->rewrite->upstream_host, "10.0.0.7");
    EXPECT_EQ(with->rewrite->upstream_port, 8443);
}

TEST_F(PlanTest, OfAFixedProfileIsNoneForAPageOfAnotherOriginThatSaysAPathOnly) {
    profiles::Listener listener;
    listener.name = "direct";
    listener.profile = "partner";
    configuration_.listeners = {listener};
    peer_.listener = generation::ListenerId{0};
    const std::string fields =
        "Host: api.example\r\nContent-Length: 0\r\nOrigin: https://evil.example\r\n\r\n";

    const Planned by_path = of("POST / HTTP/1.1\r\n" + fields);
    const Planned as_a_proxy = of("POST http://api.example/ HTTP/1.1\r\n" + fields);

    ASSERT_FALSE(by_path);
    EXPECT_EQ(by_path.error().failure.code(), FailureCode::cross_site);
    EXPECT_TRUE(as_a_proxy || as_a_proxy.error().failure.code() != FailureCode::cross_site);
}

TEST_F(PlanTest, OfAFixedUpstreamIsNoneForAPageOfAnotherOrigin) {
    profiles::Listener listener;
    listener.name = "direct";
    listener.upstream = profiles::HostPort{"dialled.example", 443};
    configuration_.listeners = {listener};
    peer_.listener = generation::ListenerId{0};
    const std::string asked = "POST / HTTP/1.1\r\nHost: legacy\r\nContent-Length: 0\r\n";
    const std::string foreign = asked + "Origin: https://evil.example\r\n\r\n";

    const Planned refused = of(foreign);
    const Planned several = of(asked + "Origin: http://a\r\nOrigin: http://a\r\n\r\n");
    const Planned fetched = of(asked + "Sec-Fetch-Site: cross-site\r\n\r\n");
    const Planned own = of(asked + "Origin: http://legacy\r\n\r\n");
    configuration_.listeners[0].cross_site = profiles::CrossSiteRule::allow;
    generation_ = {};
    const Planned allowed = of(foreign);

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().failure.code(), FailureCode::cross_site);
    EXPECT_EQ(
        refused.error().failure.reason(),
        "The request's Origin names another site than its Host field, the listener and the "
        "upstream: a browser sends it for a page from elsewhere. Listener 'direct' serves only its "
        "own pages, and programs that are no browsers."
    );
    ASSERT_FALSE(several);
    EXPECT_TRUE(several.error().failure.reason().starts_with("The request has several Origin"));
    ASSERT_FALSE(fetched);
    EXPECT_TRUE(fetched.error().failure.reason().starts_with("Sec-Fetch-Site says that a browser"));
    EXPECT_TRUE(own);
    EXPECT_TRUE(allowed);
}

TEST_F(PlanTest, AClientFollowsItsListenerThroughTheGenerations) {
    profiles::Listener direct;
    direct.name = "direct";
    direct.upstream = profiles::HostPort{"dialled.example", 443};
    profiles::Listener open;
    open.name = "open";
    configuration_.listeners = {direct};
    const auto first = generation_of(configuration_);
    direct.upstream = profiles::HostPort{std::string{kLongHost}, 443};
    configuration_.listeners = {open, direct};
    const auto second = generation_of(configuration_, first.get());
    configuration_.listeners = {open};
    const auto third = generation_of(configuration_, second.get());
    peer_.listener = first->id_of(first->configuration().listeners[0]);
    constexpr std::string_view kAsked = "GET /orders HTTP/1.1\r\nHost: dialled.example\r\n\r\n";

    generation_ = generation::hold(first);
    EXPECT_EQ(of(kAsked)->host, "dialled.example");
    generation_ = generation::hold(second);
    EXPECT_EQ(of(kAsked)->host, kLongHost) << "the listener stands elsewhere, with other rules";
    generation_ = generation::hold(third);
    const Planned gone = of(kAsked);
    ASSERT_FALSE(gone) << "without its listener it would be held to nothing";
    EXPECT_EQ(gone.error().failure.code(), FailureCode::client_not_allowed);
}

TEST_F(PlanTest, ARefusalPinsItsGeneration) {
    std::shared_ptr<const generation::Generation> loaded = generation_of(configuration_);
    const std::weak_ptr<const generation::Generation> watched = loaded;
    generation_ = generation::hold(std::move(loaded));
    std::optional<Planned> planned = of("GET http://other.example/ HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_FALSE(*planned);

    generation_ = {};

    EXPECT_FALSE(watched.expired()) << "its log line looks as that one says";
    planned.reset();
    EXPECT_TRUE(watched.expired());
}

TEST_F(PlanTest, ARefusalSaysWhereTheRequestWantedToGo) {
    const Planned planned = of("GET http://other.example:81/a HTTP/1.1\r\nHost: x\r\n\r\n");

    ASSERT_FALSE(planned);
    EXPECT_EQ(planned.error().failure.code(), FailureCode::no_profile);
    EXPECT_EQ(planned.error().host, "other.example");
    EXPECT_EQ(planned.error().port, 81);
    EXPECT_EQ(planned.error().profile, nullptr);
    EXPECT_EQ(planned.error().route, nullptr);
}

TEST_F(PlanTest, AnExpiredIdentityIsARefusalThatKnowsItsRoute) {
    const Planned planned = of("GET http://late.example/ HTTP/1.1\r\nHost: x\r\n\r\n");

    ASSERT_FALSE(planned) << "nobody can forget to look";
    EXPECT_EQ(planned.error().failure.code(), FailureCode::identity_unusable);
    EXPECT_EQ(planned.error().profile->name, "late");
    EXPECT_EQ(planned.error().port, 443);
    ASSERT_NE(planned.error().route, nullptr);
    EXPECT_EQ(planned.error().route->tls->identity()->subject(), "CN=expired");
    EXPECT_TRUE(
        of("GET http://late.example/ HTTP/1.1\r\nHost: x\r\n\r\n", system_clock::now() - hours{36})
    );
}

TEST_F(PlanTest, ATunnelHasNoRouteOfOurs) {
    let_open_tunnel();

    const Planned planned =
        of("CONNECT open.example:443 HTTP/1.1\r\nHost: open.example:443\r\n\r\n");

    ASSERT_TRUE(planned) << planned.error().failure.reason();
    EXPECT_EQ(planned->profile->name, "open");
    EXPECT_EQ(planned->route, nullptr);
    ASSERT_NE(planned->rules, nullptr);
    EXPECT_EQ(planned->host, "open.example");
    EXPECT_EQ(planned->port, 443);
}

TEST_F(PlanTest, AConnectWithABodyIsABadRequest) {
    let_open_tunnel();

    const Planned planned = of(
        "CONNECT open.example:443 HTTP/1.1\r\nHost: open.example:443\r\nContent-Length: 1\r\n\r\n"
    );

    ASSERT_FALSE(planned);
    EXPECT_EQ(planned.error().failure.code(), FailureCode::bad_request);
}

TEST_F(PlanTest, WhereNobodyGetsATunnelNothingElseOfAConnectIsLookedAt) {
    profiles::NamedClient billing;
    billing.name = "billing";
    billing.password = certs::Secret{"hunter2"};
    configuration_.clients = {billing};
    const std::string wrong =
        "CONNECT open.example:443 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic eDp5\r\n\r\n";

    const Planned shut = of(wrong);
    let_open_tunnel();
    generation_ = {};
    const Planned open = of(wrong);

    ASSERT_FALSE(shut);
    EXPECT_EQ(shut.error().failure.code(), FailureCode::connect_refused);
    EXPECT_EQ(shut.error().host, "open.example");
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().failure.code(), FailureCode::client_unknown);
}

TEST_F(PlanTest, KnowsARequestThatHasBeenHereBefore) {
    const std::string fields = " HTTP/1.1\r\nHost: x\r\nVia: 1.1 here\r\n\r\n";
    let_open_tunnel();
    own_name_ = "here";
    for (const std::string line :
         {"GET http://partner.example/", "GET http://nobody.example/",
          "CONNECT open.example:443"}) {
        const Planned planned = of(line + fields);

        ASSERT_FALSE(planned) << line;
        EXPECT_EQ(planned.error().failure.code(), FailureCode::loop) << line;
    }
}

TEST_F(PlanTest, RefusesATraceThatWouldShowWhatTheProfileSets) {
    profiles::Profile keyed = Partner::profile("keyed", {"keyed.example"}, "");
    keyed.request_headers.set.push_back({"X-Api-Key", certs::Secret{"k"}, {}});
    configuration_.profiles.push_back(keyed);
    const std::string host = " http://keyed.example/ HTTP/1.1\r\nHost: x\r\n";

    const Planned trace = of("TRACE" + host + "\r\n");
    const Planned last = of("TRACE" + host + "Max-Forwards: 0\r\n\r\n");
    const Planned get = of("GET" + host + "\r\n");

    ASSERT_FALSE(trace);
    EXPECT_EQ(trace.error().failure.code(), FailureCode::trace_refused);
    EXPECT_EQ(trace.error().profile->name, "keyed");
    EXPECT_TRUE(last);
    EXPECT_TRUE(get);
}

TEST_F(PlanTest, WhoIsKnownNeedsNoCredentials) {
    profiles::Profile billing = Partner::profile("billing", {"billing.example"}, "");
    billing.clients = {profiles::NamedClientPattern{"billing"}};
    configuration_.profiles.push_back(billing);
    const std::string get = "GET http://billing.example/ HTTP/1.1\r\nHost: x\r\n\r\n";

    const Planned stranger = of(get);
    peer_.known_as = "billing";
    const Planned known = of(get);

    ASSERT_FALSE(stranger);
    EXPECT_EQ(stranger.error().failure.code(), FailureCode::name_wanted);
    ASSERT_TRUE(known);
    EXPECT_EQ(known->profile->name, "billing");
}

}  // namespace
}  // namespace countersign::proxy::routing
