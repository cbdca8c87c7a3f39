#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "certs/sha256.hpp"
#include "tests/scenarios/record_administrator.hpp"

namespace countersign::tests {
namespace {

class ProfileChanges : public RecordAdministrator {
protected:
    static void write(const std::filesystem::path& file, const std::string& text) {
        std::ofstream{file} << text;
    }
    std::string port() const { return std::to_string(server_.port()); }
    /// A profile for the partner's server, with further keys.
    std::string profile(const std::string& more = {}) const {
        return "{\"profile\":{\"name\":\"partner\",\"hosts\":[\"localhost\",\"127.0.0.1\"],"
               "\"ports\":[" +
               port() + "],\"default_port\":" + port() + ",\"trust\":[\"by-hand\"]" + more + "}}";
    }
    Response make(const ProxyUnderTest& proxy, const std::string& more = {}) const {
        return call(proxy, "POST", "profiles", profile(more));
    }
};

TEST_F(ProfileChanges, MakeOneThatServesAtOnce) {
    const ProxyUnderTest proxy{configuration()};
    ASSERT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol")).status, 201);
    const Response made = make(proxy, ",\"key_store\":\"carol\"");
    ASSERT_EQ(made.status, 201) << made.body;
    HttpClient client = proxy.connect();
    EXPECT_TRUE(has(ask(client, server_), "CN=carol"));
    const std::string audit = read_bytes(folder_ / "audit.log");
    EXPECT_TRUE(has(audit, "\"what\":\"create\",\"profile\":\"partner\",\"who\":\"token\""))
        << audit;
    const Response used = call(proxy, "GET", "certificates/carol");
    EXPECT_TRUE(has(used.body, "\"used_by\":[\"partner\"]")) << used.body;
}

/// Who may only look is not shown the value, and could try every one of its few.
TEST_F(ProfileChanges, HaveAVersionThatTellsNothingOfAHeadersValue) {
    const ProxyUnderTest proxy{configuration()};
    const Response made = make(proxy, ",\"request_headers\":{\"set\":{\"X-Pin\":\"4711\"}}");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string version = text_at(made.body, "version");
    EXPECT_EQ(version.size(), 32U) << made.body;
    EXPECT_EQ(text_at(call(proxy, "GET", "profiles/partner").body, "version"), version);
    for (const std::string& name : files()) {
        const std::string bytes = read_bytes(folder_ / name);
        if (!has(bytes, "4711")) continue;
        std::string profile = bytes;
        while (!profile.empty() && profile.front() == '#') profile.erase(0, profile.find('\n') + 1);
        for (const std::string& text : {bytes, profile}) {
            EXPECT_NE(certs::sha256_hex(certs::as_bytes(text)).substr(0, 32), version) << text;
        }
    }
}

TEST_F(ProfileChanges, SayWhatIsWrongBesideItsFieldAndWriteNothing) {
    const ProxyUnderTest proxy{configuration()};
    const Response refused =
        make(proxy, ",\"key_store\":\"nobody\",\"tls\":{\"min_version\":\"1.4\"}");
    EXPECT_EQ(refused.status, 422);
    EXPECT_TRUE(has(refused.body, "{\"field\":\"tls.min_version\",\"text\":\"found '1.4'"))
        << refused.body;
    EXPECT_TRUE(has(refused.body, "{\"field\":\"key_store\",\"text\":")) << refused.body;
    EXPECT_EQ(files().size(), 0U);
}

TEST_F(ProfileChanges, ArePutBackWhereOnlyTheLoadRefusesThem) {
    const ProxyUnderTest proxy{configuration()};
    write(folder_ / "list.pem", "no revocation list");
    const Response refused = make(proxy, ",\"tls\":{\"crl\":[\"list.pem\"]}");
    EXPECT_EQ(refused.status, 422);
    EXPECT_TRUE(has(refused.body, "The change is not in force; all is as it was before."))
        << refused.body;
    EXPECT_EQ(call(proxy, "GET", "profiles/partner").status, 404);
    for (const std::string& name : files()) EXPECT_FALSE(name.ends_with(".yaml")) << name;
}

TEST_F(ProfileChanges, MayNotReachWhatAnEditorMustNotRead) {
    const ProxyUnderTest proxy{configuration()};
    // Both are there: they are refused for where they stand.
    write(folder_ / "a.password", "geheim");
    write(partner_.files() / "list.pem", "a list");
    for (const std::string more :
         {",\"request_headers\":{\"set\":{\"X-A\":{\"env\":\"HOME\"}}}",
          ",\"request_headers\":{\"set\":{\"X-A\":{\"file\":\"/etc/passwd\"}}}",
          ",\"request_headers\":{\"set\":{\"X-A\":{\"file\":\"a.password\"}}}",
          ",\"tls\":{\"danger_accept_any_server\":true}", ",\"tls\":{\"crl\":[\"../list.pem\"]}"}) {
        const Response refused = make(proxy, more);
        EXPECT_EQ(refused.status, 422) << more << refused.body;
        const Response seen = call(proxy, "POST", "profile-previews", profile(more));
        EXPECT_EQ(seen.status, 200);
        EXPECT_FALSE(has(seen.body, "\"problems\":[]")) << more;
        EXPECT_TRUE(has(seen.body, "console.directory")) << "it is refused for where it stands";
    }
    EXPECT_EQ(files().size(), 1U);
}

TEST_F(ProfileChanges, SayOfAFieldsValueWhatIsPossibleThere) {
    const ProxyUnderTest proxy{configuration()};
    for (const std::string source : {"env", "credential"}) {
        const Response refused =
            make(proxy, ",\"request_headers\":{\"set\":{\"X-A\":{\"" + source + "\":\"HOME\"}}}");
        EXPECT_EQ(refused.status, 422);
        EXPECT_TRUE(
            has(refused.body,
                "stands in console.directory, where nothing is taken from the environment or from "
                "systemd, and a field's value is a text. Write it so, or write the profile into "
                "the configuration itself")
        ) << refused.body;
        EXPECT_FALSE(has(refused.body, "{ file: PATH }")) << "which is refused there, too";
    }
}

TEST_F(ProfileChanges, LeaveAloneWhatWasWrittenByHand) {
    ProxyUnderTest proxy{configuration()};
    const Response made = make(proxy);
    ASSERT_EQ(made.status, 201) << made.body;
    std::filesystem::path file;
    for (const std::string& name : files()) {
        if (name.ends_with(".yaml")) file = folder_ / name;
    }
    write(file, read_bytes(file) + "    retry: never\n");
    proxy.reload(configuration());
    const Response fixed = call(proxy, "GET", "profiles/partner");
    EXPECT_TRUE(has(fixed.body, "was changed by hand, or by another process")) << fixed.body;
    EXPECT_EQ(call(proxy, "PUT", "profiles/partner", profile(), seen(made)).status, 422);
    EXPECT_EQ(call(proxy, "DELETE", "profiles/partner", {}, seen(made)).status, 422);
    EXPECT_TRUE(has(read_bytes(file), "retry: never"));
}

TEST_F(ProfileChanges, KeepTheValuesOfFieldsThatTheyDoNotTell) {
    const ProxyUnderTest proxy{configuration()};
    const Response made =
        make(proxy, ",\"request_headers\":{\"set\":{\"X-Key\":\"geheim-4711\",\"X-Gone\":\"x\"}}");
    ASSERT_EQ(made.status, 201) << made.body;
    const Response kept = call(
        proxy, "PUT", "profiles/partner",
        profile(",\"request_headers\":{\"set\":{\"X-Key\":null}}"), seen(made)
    );
    ASSERT_EQ(kept.status, 200) << kept.body;
    EXPECT_FALSE(has(made.body + kept.body + proxy.log(), "geheim"));
    std::string written;
    for (const std::string& name : files()) {
        if (name.ends_with(".yaml")) written = read_bytes(folder_ / name);
    }
    std::string elsewhere = profile(",\"request_headers\":{\"set\":{\"X-Key\":null}}");
    elsewhere.replace(elsewhere.find("localhost"), 9, "evil.test");
    const Response sent = call(proxy, "PUT", "profiles/partner", elsewhere, seen(kept));
    EXPECT_EQ(sent.status, 422) << "a value that nobody is shown would go to other servers";
    EXPECT_TRUE(has(sent.body, "is kept for the same servers only")) << sent.body;
    EXPECT_TRUE(has(written, "X-Key: geheim-4711")) << written;
    EXPECT_FALSE(has(written, "X-Gone"));
}

TEST_F(ProfileChanges, OfTwoAtOnceTheSecondHasToLookAgain) {
    const ProxyUnderTest proxy{configuration()};
    const Response made = make(proxy);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(
        call(proxy, "PUT", "profiles/partner", profile(",\"retry\":\"never\""), seen(made)).status,
        200
    );
    const Response late = call(proxy, "PUT", "profiles/partner", profile(), seen(made));
    EXPECT_EQ(late.status, 412);
    EXPECT_TRUE(has(late.body, "'partner' has been changed since you looked at it")) << late.body;
}

TEST_F(ProfileChanges, KeepTheName) {
    const ProxyUnderTest proxy{configuration()};
    const Response made = make(proxy);
    ASSERT_EQ(made.status, 201) << made.body;
    const Response other = call(proxy, "PUT", "profiles/other", profile(), seen(made));
    EXPECT_EQ(other.status, 400);
    EXPECT_TRUE(has(other.body, "The profile keeps its name, 'other'.")) << other.body;
}

}  // namespace
}  // namespace countersign::tests
