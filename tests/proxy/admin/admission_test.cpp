#include "proxy/admin/admission.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::admin {
namespace {

constexpr std::string_view kToken = "0123456789abcdef";

struct Case {
    std::string name;
    std::string_view from;  ///< "unix" or an address
    Credentials credentials;
    Access access;
    bool has_token;
    unsigned status;           ///< 200: it may be made
    std::string_view because;  ///< a part of the reason
    Session session = Session::none;
    std::string_view user = {};  ///< of the session; empty: the token's
    generation::Role role = generation::Role::edit;
    bool has_users = false;
};

class Admission : public testing::TestWithParam<Case> {};

TEST_P(Admission, LetsThroughWhoMay) {
    const Case& given = GetParam();
    Caller caller;
    caller.is_unix = given.from == "unix";
    if (!caller.is_unix) caller.address = *profiles::IpAddress::parse(given.from);
    profiles::Listener rules = profiles::AdminRules::default_listener();
    rules.allow = {
        *profiles::Network::parse("127.0.0.0/8"), *profiles::Network::parse("10.0.0.0/8")};
    const auto digest = certs::PasswordDigest::of(kToken);

    const auto refusal = refusal_of(
        caller, given.credentials, given.access, rules,
        {given.has_token ? &*digest : nullptr,
         given.has_users,
         {given.session, std::string{given.user}, given.role}}
    );

    EXPECT_EQ(refusal ? refusal->status : 200, given.status);
    const std::string reason = refusal ? refusal->reason : "";
    EXPECT_NE(reason.find(given.because), reason.npos) << reason;
}

INSTANTIATE_TEST_SUITE_P(
    Callers, Admission,
    testing::Values(
        Case{"Probe", "10.1.2.3", {"10.1.2.4:9901"}, Access::watch, false, 200, ""},
        Case{"ProbeWithoutHost", "10.1.2.3", {}, Access::watch, false, 200, ""},
        Case{
            "ProbeOfAnIpv6Address",
            "10.1.2.3",
            {"[2001:db8::7]:9901"},
            Access::watch,
            false,
            200,
            ""},
        Case{
            "ANetworkThatIsNotAllowed",
            "192.0.2.7",
            {"10.1.2.4"},
            Access::watch,
            false,
            403,
            "192.0.2.7 may not ask here: admin.allow"},
        Case{
            "AHostThatIsAName",
            "127.0.0.1",
            {"evil.example:9901"},
            Access::watch,
            false,
            403,
            "'evil.example:9901' is a name"},
        Case{"Localhost", "127.0.0.1", {"LOCALHOST:9901"}, Access::read, false, 200, ""},
        Case{"ANameThroughAUnixSocket", "unix", {"anything"}, Access::read, false, 200, ""},
        Case{
            "APageOfAnotherSite",
            "127.0.0.1",
            {"127.0.0.1:9901", "", "cross-site"},
            Access::watch,
            false,
            403,
            "another site"},
        Case{
            "AnOriginOfElsewhere",
            "127.0.0.1",
            {"127.0.0.1:9901", "http://evil.example"},
            Access::read,
            false,
            403,
            "another site"},
        Case{
            "AnOpaqueOrigin",
            "unix",
            {"localhost", "null"},
            Access::read,
            false,
            403,
            "another site"},
        Case{
            "ItsOwnOrigin",
            "127.0.0.1",
            {"127.0.0.1:9901", "http://127.0.0.1:9901", "same-origin"},
            Access::read,
            false,
            200,
            ""},
        Case{
            "AnAddressBarsCall",
            "127.0.0.1",
            {"127.0.0.1:9901", "", "none"},
            Access::read,
            false,
            200,
            ""},
        Case{
            "ReadFromElsewhere",
            "10.1.2.3",
            {"10.1.2.4"},
            Access::read,
            false,
            403,
            "Only this machine"},
        Case{
            "ChangeFromElsewhereWithTheToken",
            "10.1.2.3",
            {"10.1.2.4", "", "", "Bearer 0123456789abcdef"},
            Access::change,
            true,
            403,
            "Only this machine"},
        Case{"ChangeWithoutAToken", "unix", {}, Access::change, false, 403, "openssl rand -hex 32"},
        Case{
            "ChangeThatShowsNone",
            "127.0.0.1",
            {"127.0.0.1"},
            Access::change,
            true,
            401,
            "Authorization: Bearer"},
        Case{
            "ChangeWithAnother",
            "127.0.0.1",
            {"127.0.0.1", "", "", "Bearer 0123456789abcdeF"},
            Access::change,
            true,
            401,
            "not the one"},
        Case{
            "ChangeWithAnotherScheme",
            "127.0.0.1",
            {"127.0.0.1", "", "", "Basic 0123456789abcdef"},
            Access::change,
            true,
            401,
            "not the one"},
        Case{
            "ChangeWithTheToken",
            "127.0.0.1",
            {"127.0.0.1", "", "", "bearer 0123456789abcdef"},
            Access::change,
            true,
            200,
            ""},
        Case{"ReadWhereThereIsAToken", "unix", {}, Access::read, true, 401, "admin.token"},
        Case{"WatchWhereThereIsAToken", "unix", {}, Access::watch, true, 200, ""},
        Case{
            "EnterBeforeTheTokenIsShown", "127.0.0.1", {"127.0.0.1"}, Access::enter, true, 200, ""},
        Case{
            "EnterFromElsewhere",
            "10.1.2.3",
            {"10.1.2.4"},
            Access::enter,
            true,
            403,
            "Only this machine"},
        Case{
            "EnterByAPageOfElsewhere",
            "127.0.0.1",
            {"127.0.0.1:9901", "http://evil.example"},
            Access::enter,
            true,
            403,
            "another site"},
        Case{
            "ReadSignedIn", "127.0.0.1", {"127.0.0.1"}, Access::read, true, 200, "", Session::open},
        Case{
            "EditSignedIn",
            "127.0.0.1",
            {"127.0.0.1"},
            Access::edit,
            true,
            403,
            "wants the session's proof",
            Session::open},
        Case{
            "EditWithTheProof",
            "127.0.0.1",
            {"127.0.0.1"},
            Access::edit,
            true,
            200,
            "",
            Session::proven},
        Case{
            "EditWithTheToken",
            "127.0.0.1",
            {"127.0.0.1", "", "", "Bearer 0123456789abcdef"},
            Access::edit,
            true,
            200,
            ""},
        Case{
            "EditWithAnotherTokenAndACookie",
            "127.0.0.1",
            {"127.0.0.1", "", "", "Bearer 0123456789abcdee"},
            Access::edit,
            true,
            401,
            "not the one of admin.token",
            Session::open},
        Case{"EditByNobody", "unix", {}, Access::edit, true, 401, "Authorization: Bearer"},
        Case{"EditWhereThereIsNoToken", "unix", {}, Access::edit, false, 403, "need a token"},
        Case{
            "EditWithTheProofFromElsewhere",
            "10.1.2.3",
            {"10.1.2.4"},
            Access::edit,
            true,
            403,
            "Only this machine",
            Session::proven},
        Case{
            "EditWithTheProofByAPageOfElsewhere",
            "127.0.0.1",
            {"127.0.0.1:9901", "http://evil.example"},
            Access::edit,
            true,
            403,
            "another site",
            Session::proven},
        Case{
            "ReadSignedInByAPageOfElsewhere",
            "127.0.0.1",
            {"127.0.0.1:9901", "", "cross-site"},
            Access::read,
            true,
            403,
            "another site",
            Session::open},
        Case{
            "ChangeSignedIn",
            "127.0.0.1",
            {"127.0.0.1"},
            Access::change,
            true,
            401,
            "Authorization: Bearer",
            Session::proven},
        Case{
            "ReadByAViewer",
            "127.0.0.1",
            {"127.0.0.1"},
            Access::read,
            false,
            200,
            "",
            Session::open,
            "anna",
            generation::Role::view,
            true},
        Case{
            "EditByAViewer",
            "127.0.0.1",
            {"127.0.0.1"},
            Access::edit,
            true,
            403,
            "You are signed in as 'anna', who has the role view, and may look only.",
            Session::proven,
            "anna",
            generation::Role::view,
            true},
        Case{
            "EditByAViewerWhoShowsTheToken",
            "127.0.0.1",
            {"127.0.0.1", "", "", "Bearer 0123456789abcdef"},
            Access::edit,
            true,
            200,
            "",
            Session::proven,
            "anna",
            generation::Role::view,
            true},
        Case{
            "EditByAnEditor",
            "127.0.0.1",
            {"127.0.0.1"},
            Access::edit,
            false,
            200,
            "",
            Session::proven,
            "bert",
            generation::Role::edit,
            true},
        Case{
            "ReadWhereThereAreUsersAlone",
            "unix",
            {},
            Access::read,
            false,
            401,
            "Sign in first: POST /api/v1/session",
            Session::none,
            "",
            generation::Role::edit,
            true},
        Case{
            "EditWhereThereAreUsersAlone",
            "unix",
            {},
            Access::edit,
            false,
            401,
            "Sign in first",
            Session::none,
            "",
            generation::Role::edit,
            true},
        Case{
            "ChangeWhereThereAreUsersAlone",
            "unix",
            {},
            Access::change,
            false,
            403,
            "need a token",
            Session::proven,
            "bert",
            generation::Role::edit,
            true}
    ),
    [](const auto& given) { return given.param.name; }
);

TEST(WhoAsks, IsWhoeverLetTheCallIn) {
    const auto token = certs::PasswordDigest::of(kToken);
    const Credentials shows_it{.authorization = "Bearer 0123456789abcdef"};
    const Credentials shows_another{.authorization = "Bearer 0123456789abcdee"};
    const SignedIn viewer{Session::proven, "anna", generation::Role::view};
    const SignedIn editor{Session::proven, "bert", generation::Role::edit};
    EXPECT_EQ(who_asks({}, {&*token, true, editor}), "user:bert");
    EXPECT_EQ(who_asks(shows_another, {&*token, true, editor}), "user:bert");
    EXPECT_EQ(who_asks(shows_it, {&*token, true, viewer}), "token") << "which alone may edit";
    EXPECT_EQ(who_asks({}, {&*token, true, viewer}), "user:anna");
    EXPECT_EQ(who_asks({}, {&*token, true, {Session::proven}}), "token");
    EXPECT_EQ(who_asks(shows_it, {&*token, false, {}}), "token");
    EXPECT_EQ(who_asks({}, {}), "");
}

}  // namespace
}  // namespace countersign::proxy::admin
