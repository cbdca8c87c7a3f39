#include "proxy/routing/routing.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "proxy/routing/refusals.hpp"
#include "tests/proxy/partner.hpp"

namespace countersign::proxy::routing {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

http::Destination destination(std::string_view scheme, std::string host, std::uint16_t port = 0) {
    http::Destination to;
    to.scheme = scheme;
    to.host = std::move(host);
    to.port = port;
    to.path = "/";
    return to;
}

class FindRoute : public testing::Test {
protected:
    FindRoute() {
        configuration_.certificates = {
            partner_.trust(), partner_.key_store("valid"),
            partner_.key_store("expired", hours{-48}, hours{-24}),
            partner_.key_store("early", hours{24}, hours{48})};
        profiles::Profile by_host = Partner::profile("partner", {"api.partner.example"}, "valid");
        by_host.default_port = 8443;
        profiles::Profile ported = Partner::profile("ported", {"ported.example"}, "");
        ported.ports = {443, 444};
        configuration_.profiles = {
            by_host, ported, Partner::profile("named", {}, "valid"),
            Partner::profile("late", {"late.example"}, "expired"),
            Partner::profile("soon", {"soon.example"}, "early")};
    }
    Result<Routing> find(
        const http::Destination& to, system_clock::time_point now = system_clock::now()
    ) {
        if (!generation_) generation_ = generation_of(configuration_);
        RoutingRequest asked;
        asked.scheme = to.scheme;
        asked.request.host = to.host;
        asked.request.port = to.port;
        asked.request.path = to.path;
        return find_route(*generation_, asked, now);
    }

    Partner partner_;
    profiles::Configuration configuration_;
    std::shared_ptr<const generation::Generation> generation_;
};

TEST_F(FindRoute, AHostLeadsToItsProfile) {
    const Result<Routing> found = find(destination("http", "api.partner.example"));

    ASSERT_TRUE(found);
    EXPECT_EQ(found->profile->name, "partner");
    EXPECT_EQ(found->port, 8443) << "the profile's default_port";
    ASSERT_NE(found->route, nullptr);
    EXPECT_EQ(found->route->rules->profile, "partner");
    EXPECT_EQ(found->route->tls->identity()->subject(), "CN=valid");
}

TEST_F(FindRoute, APortThatTheClientNamesIsKept) {
    const Result<Routing> found = find(destination("https", "api.partner.example", 9000));

    ASSERT_TRUE(found);
    EXPECT_EQ(found->port, 9000);
}

TEST_F(FindRoute, ASchemeLeadsToTheProfileOfThatName) {
    const Result<Routing> found = find(destination("named", "any.host.example"));

    ASSERT_TRUE(found);
    EXPECT_EQ(found->profile->name, "named");
    EXPECT_EQ(found->port, 443);
}

TEST_F(FindRoute, AnUnknownHostIsRejected) {
    const Result<Routing> found = find(destination("http", "other.example", 8080));

    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), FailureCode::no_profile);
    EXPECT_EQ(found.error().side(), Side::client);
    EXPECT_EQ(found.error().reason(), "No profile has 'other.example:8080' among its hosts.");
    EXPECT_EQ(found.error().remedy().find("unmatched"), std::string::npos)
        << "nobody is taught to give up the client certificate";
}

TEST_F(FindRoute, APortThatNoProfileOfTheHostHasIsRejected) {
    const Result<Routing> found = find(destination("http", "ported.example", 445));

    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), FailureCode::no_profile);
    EXPECT_EQ(
        found.error().reason(),
        "Profile 'ported' has the host 'ported.example', but not port 445: its ports are "
        "443 and 444."
    );
}

TEST_F(FindRoute, AnUnknownSchemeIsRejected) {
    const Result<Routing> found = find(destination("ftp", "api.partner.example"));

    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), FailureCode::no_profile);
    EXPECT_EQ(
        found.error().reason(),
        "The URL begins with 'ftp://', which is neither http://, nor https://, nor the name of a "
        "profile."
    );
    EXPECT_TRUE(found.error().remedy().starts_with("Call http://api.partner.example/: "))
        << found.error().remedy();
}

TEST_F(FindRoute, UnmatchedTlsLetsAnUnknownHostPassWithoutAnIdentity) {
    configuration_.unmatched = profiles::UnmatchedRule::tls;

    const Result<Routing> found = find(destination("http", "other.example"));
    const Result<Routing> ported = find(destination("http", "other.example", 8443));

    ASSERT_TRUE(found);
    EXPECT_EQ(found->profile, nullptr);
    EXPECT_EQ(found->port, 443);
    EXPECT_EQ(found->route->tls->identity(), nullptr);
    EXPECT_EQ(found->route->tls->trust().describe(), "the system's trust store");
    ASSERT_TRUE(ported);
    EXPECT_EQ(ported->port, 8443);
}

TEST_F(FindRoute, UnmatchedTlsDoesNotMakeAnUnknownSchemeKnown) {
    configuration_.unmatched = profiles::UnmatchedRule::tls;

    const Result<Routing> found = find(destination("partnr", "other.example"));

    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), FailureCode::no_profile);
}

TEST_F(FindRoute, AnExpiredIdentityIsNotUsed) {
    const Result<Routing> found = find(destination("http", "late.example"));

    ASSERT_TRUE(found);
    EXPECT_EQ(found->profile->name, "late") << "for the answer and the access log";
    ASSERT_NE(found->unusable, nullptr);
    EXPECT_EQ(found->unusable->code(), FailureCode::identity_unusable);
    EXPECT_EQ(found->unusable->side(), Side::proxy);
    EXPECT_TRUE(
        found->unusable->reason().starts_with("The client certificate of profile 'late', "
                                              "'CN=expired' (key store 'expired'), expired on 20")
    ) << found->unusable->reason();
}

TEST_F(FindRoute, AnIdentityThatIsNotYetValidIsNotUsed) {
    const Result<Routing> found = find(destination("http", "soon.example"));

    ASSERT_TRUE(found && found->unusable);
    EXPECT_EQ(found->unusable->code(), FailureCode::identity_unusable);
    EXPECT_NE(
        found->unusable->reason().find("'CN=early' (key store 'early'), is not valid before 20"),
        std::string::npos
    );
}

TEST_F(FindRoute, TheMomentOfTheRequestDecides) {
    const auto now = system_clock::now();

    EXPECT_FALSE(find(destination("http", "late.example"), now - hours{36})->unusable);
    EXPECT_FALSE(find(destination("http", "soon.example"), now + hours{36})->unusable);
    EXPECT_TRUE(find(destination("http", "api.partner.example"), now + hours{36})->unusable);
}

TEST(TargetFailure, OfConnectSaysWhatToChange) {
    const Failure failure = target_failure(http::TargetError::connect, "CONNECT");

    EXPECT_EQ(failure.code(), FailureCode::connect_refused);
    EXPECT_EQ(failure.side(), Side::client);
    EXPECT_NE(
        failure.remedy().find("call http://host/path instead of https://"), std::string::npos
    );
}

TEST(TargetFailure, OfEveryOtherTargetIsABadRequest) {
    for (const http::TargetError error :
         {http::TargetError::bad_target, http::TargetError::user_info, http::TargetError::bad_host,
          http::TargetError::no_host, http::TargetError::bad_port,
          http::TargetError::missing_host}) {
        const Failure failure = target_failure(error, "GET");
        EXPECT_EQ(failure.code(), FailureCode::bad_request);
        EXPECT_NE(failure.reason().find(http::to_text(error)), std::string::npos)
            << failure.reason();
    }
}

}  // namespace
}  // namespace countersign::proxy::routing
