#include <gtest/gtest.h>

#include "profiles/yaml_reader.hpp"
#include "tests/profiles/problem_table.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::profiles {
namespace {

AdminRules read(const std::string& text) {
    const tests::TempDir folder;
    const auto read = read_configuration_text(text, folder / "a.yaml");
    if (!read) throw std::runtime_error{read.error().front().to_text()};
    return read->admin;
}

TEST(AdminRules, AreALoopbackAddressWhereNothingIsSaid) {
    const AdminRules rules = read("workers: 1\n");
    EXPECT_EQ(to_text(rules.listener->address), "127.0.0.1:9901");
    EXPECT_TRUE(rules.is_default);
    EXPECT_FALSE(rules.token);
}

TEST(AdminRules, MayBeOff) {
    EXPECT_FALSE(read("admin: off\n").listener);
    EXPECT_FALSE(read("admin: { address: off }\n").listener);
    EXPECT_FALSE(read("admin: { token: }\n").token) << "null, the documented default";
}

TEST(AdminRules, GiveWayToAListenerWhereNobodyAskedForThem) {
    EXPECT_FALSE(read("listeners: [{ name: apps, address: 127.0.0.1:9901 }]\n").listener);
}

ReadResult<AdminAlone> read_alone(const std::string& text, bool with_token) {
    const tests::TempDir folder;
    return read_admin(folder.write("a.yaml", text), with_token);
}

TEST(AdminRules, AreReadAloneWhateverElseIsWrong) {
    const auto rules = read_alone(
        "profiles: 7\nlisteners: [{ name: 5, adress: 1 }]\nadmin: { address: 127.0.0.1:1 }\n", true
    );
    ASSERT_TRUE(rules) << rules.error().front().to_text();
    EXPECT_EQ(to_text(rules->listener->address), "127.0.0.1:1");
    EXPECT_FALSE(read_alone("admin: on\n", true));
    EXPECT_FALSE(read_alone("listeners: [{ name: a, address: 127.0.0.1:9901 }]\n", true)->listener)
        << "it gives way as it does for the proxy";
}

TEST(AdminRules, AreReadWithoutATokenThatNobodyWants) {
    const std::string gone = "admin: { token: { file: gone } }\n";
    EXPECT_FALSE(read_alone(gone, true));
    EXPECT_TRUE(read_alone(gone, false));
}

TEST(AdminRules, HaveTheAddressThatIsGiven) {
    const AdminRules rules = read("admin: { address: 0.0.0.0:9000, allow: [10.0.0.0/8] }\n");
    EXPECT_EQ(to_text(rules.listener->address), "0.0.0.0:9000");
    EXPECT_EQ(rules.listener->allow.size(), 1U);
    EXPECT_FALSE(rules.is_default);
}

TEST(AdminRules, StayAtTheDefaultWithATokenAlone) {
    const AdminRules rules = read("admin: { token: { env: HOME } }\n");
    EXPECT_TRUE(rules.is_default);
    EXPECT_TRUE(std::holds_alternative<certs::PasswordEnvironment>(*rules.token));
    EXPECT_EQ(rules.token_where.substr(rules.token_where.rfind('/') + 1), "a.yaml:1:17");
}

TEST(AdminRules, HaveTlsWithARecord) {
    const AdminRules rules = read(
        "certificates: [{ name: a, type: pem_key_store, file: /dev/null }, { name: b, type: "
        "trust_store_cert, file: /dev/null }]\n"
        "admin: { tls: { key_store: a, trust: [b] } }\n"
        "console: { enabled: true, users: { env: HOME } }\n"
    );
    ASSERT_TRUE(rules.tls);
    EXPECT_EQ(rules.tls->key_store, "a");
    EXPECT_EQ(rules.tls->trust, std::vector<std::string>{"b"});
    EXPECT_FALSE(read("admin: { tls: }\n").tls) << "null, the documented default";
}

TEST(AdminRules, AreReadAloneWithTheRecordThatTheyShow) {
    const auto rules = read_alone(
        "profiles: 7\ncertificates: [{ name: a, type: pem_key_store, file: /dev/null }]\nadmin: { "
        "tls: { key_store: a } }\n",
        true
    );
    ASSERT_TRUE(rules) << rules.error().front().to_text();
    ASSERT_TRUE(rules->shown);
    EXPECT_EQ(rules->shown->name, "a");
}

TEST(ConsoleRules, AreOffUnlessTheyAreAskedFor) {
    const tests::TempDir folder;
    const auto reads = [&](const std::string& text) {
        const auto read = read_configuration_text(text, folder / "a.yaml");
        if (!read) throw std::runtime_error{read.error().front().to_text()};
        return read->console.enabled;
    };
    EXPECT_FALSE(reads("workers: 1\n"));
    EXPECT_FALSE(reads("console: { enabled: false }\n")) << "whatever the token";
    EXPECT_TRUE(reads("admin: { token: { env: HOME } }\nconsole: { enabled: true }\n"));
    EXPECT_TRUE(reads("console: { enabled: true, users: { env: HOME } }\n")) << "without a token";
    EXPECT_TRUE(reads("admin: { address: \"unix:/tmp/a.sock\" }\nconsole: { enabled: true }\n"))
        << "who may open the socket may look";
}

INSTANTIATE_TEST_SUITE_P(
    Console, ProblemTable,
    testing::Values(
        ProblemCase{
            "OnAsAWord", "console: true\n",
            "1:10: console: found 'true'; expected a map with enabled, directory and users"},
        ProblemCase{
            "WithoutAToken", "console: { enabled: true }\n",
            "1:21: console.enabled: who signs in to the console shows admin.token, or a name and a "
            "password of console.users, and there is neither; make a token with `(umask 077; "
            "openssl rand -hex 32 > admin.token)` and name it: admin: { token: { file: admin.token "
            "} }"},
        ProblemCase{
            "UsersAsText", "console: { enabled: true, users: anna }\n",
            "1:34: console.users: found 'anna'; expected { file: PATH }, { env: NAME } or "
            "{ credential: NAME }"},
        ProblemCase{
            "WithoutAnAddress", "admin: off\nconsole: { enabled: true }\n",
            "2:21: console.enabled: the console is served at the admin address, and there is none; "
            "name one with admin: { address: 127.0.0.1:9901 }"},
        ProblemCase{
            "ReachedFromElsewhere",
            "admin: { address: \"0.0.0.0:9901\", allow: [10.0.0.0/8], token: { env: HOME } }\n"
            "console: { enabled: true }\n",
            "2:21: console.enabled: the console is served on a loopback address or a unix socket "
            "only, and admin.address is 0.0.0.0:9901, where plain HTTP shows the token to the "
            "network; give it TLS, admin: { tls: { key_store: NAME } }, or use 127.0.0.1, and an "
            "SSH tunnel from elsewhere"},
        ProblemCase{
            "AnotherKey", "console: { enabled: false, folder: here }\n",
            "1:28: console.folder: unknown key; expected enabled, directory or users"}
    ),
    case_name
);

INSTANTIATE_TEST_SUITE_P(
    Admin, ProblemTable,
    testing::Values(
        ProblemCase{
            "AnotherWord", "admin: on\n",
            "1:8: admin: found 'on'; expected a map with address, allow, token and tls, or the "
            "word off"},
        ProblemCase{
            "UnknownKey", "admin: { adress: 127.0.0.1:1 }\n",
            "1:10: admin.adress: unknown key; did you mean 'address'?"},
        ProblemCase{
            "PortOnly", "admin: { address: 9901 }\n",
            "1:19: admin.address: found '9901'; expected an address in front of the port: write "
            "127.0.0.1:9901"},
        ProblemCase{
            "Reachable", "admin: { address: \"0.0.0.0:9901\" }\n",
            "1:19: admin.address: 0.0.0.0:9901 can be reached from other machines; say which of "
            "them may connect, such as allow: [10.0.0.0/8]"},
        ProblemCase{
            "AllowWithoutAddress", "admin: { allow: [10.0.0.0/8] }\n",
            "1:17: admin.allow: is for an address of its own; name it with 'address'"},
        ProblemCase{
            "AllowWhereOff", "admin: { address: off, allow: [10.0.0.0/8] }\n",
            "1:31: admin.allow: there is no admin address (off); remove this key"},
        ProblemCase{
            "ALiteralToken", "admin: { token: open-sesame }\n",
            "1:17: admin.token: found text; expected { file: PATH }, { env: NAME } or "
            "{ credential: NAME }"},
        ProblemCase{
            "TlsWithoutACertificate", "admin: { tls: {} }\n",
            "1:15: admin.tls: 'key_store' is missing; expected the record that is shown to who "
            "asks"},
        ProblemCase{
            "TlsAsAWord", "admin: { tls: on }\n",
            "1:15: admin.tls: found 'on'; expected a map with key_store and trust"},
        ProblemCase{
            "TlsOfAUnixSocket",
            "certificates: [{ name: a, type: pem_key_store, file: /dev/null }]\n"
            "admin: { address: \"unix:/tmp/a.sock\", tls: { key_store: a } }\n",
            "2:44: admin.tls: is for an address that is reached by TCP; who may open a unix socket "
            "says its mode; remove this key"},
        ProblemCase{
            "TlsOfTrustedCertificates",
            "certificates: [{ name: a, type: trust_store_cert, file: /dev/null }]\n"
            "admin: { tls: { key_store: a } }\n",
            "2:28: admin.tls.key_store: certificate record 'a' is a trust_store_cert, which says "
            "whom you trust; name a key store (java_key_store, pkcs12_key_store or pem_key_store) "
            "with your own key"},
        ProblemCase{
            "TrustWithoutUsers",
            "certificates: [{ name: a, type: pem_key_store, file: /dev/null }, { name: b, type: "
            "trust_store_cert, file: /dev/null }]\n"
            "admin: { tls: { key_store: a, trust: [b] } }\n",
            "2:8: admin: tls.trust says whose certificates are taken of who asks; who they are, "
            "and what they may, stands in console.users, with console: { enabled: true }, and "
            "there is none"},
        ProblemCase{
            "TrustWithUsersOfNoConsole",
            "certificates: [{ name: a, type: pem_key_store, file: /dev/null }, { name: b, type: "
            "trust_store_cert, file: /dev/null }]\n"
            "admin: { tls: { key_store: a, trust: [b] } }\n"
            "console: { users: { env: HOME } }\n",
            "2:8: admin: tls.trust says whose certificates are taken of who asks; who they are, "
            "and what they may, stands in console.users, with console: { enabled: true }, and "
            "there is none"},
        ProblemCase{
            "TrustOfNobody",
            "certificates: [{ name: a, type: pem_key_store, file: /dev/null }]\n"
            "admin: { tls: { key_store: a, trust: [] } }\n",
            "2:38: admin.tls.trust: names no record; name one, or remove this key"},
        ProblemCase{
            "TrustAsText",
            "certificates: [{ name: a, type: pem_key_store, file: /dev/null }]\n"
            "admin: { tls: { key_store: a, trust: b } }\n",
            "2:38: admin.tls.trust: found 'b'; expected a list such as [operators-ca]"},
        ProblemCase{
            "TheAddressOfAListener",
            "listeners: [{ name: apps, address: 127.0.0.1:9901 }]\n"
            "admin: { address: 127.0.0.1:9901 }\n",
            "2:19: admin.address: listener 'apps' has the address 127.0.0.1:9901 already; give one "
            "of the two another"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
