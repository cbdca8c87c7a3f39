#include <gtest/gtest.h>

#include <algorithm>

#include "tests/scenarios/explained.hpp"
#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

std::filesystem::path write_configuration(const Partner& partner, std::uint16_t port) {
    const std::string host = "hosts: [127.0.0.1], ports: [" + std::to_string(port) + "], ";
    return partner.files().write(
        "countersign.yaml",
        "listeners:\n"
        "  - { name: apps, address: 127.0.0.1:0 }\n"
        "  - { name: direct, address: 127.0.0.1:0, profile: b, upstream: \"127.0.0.1:" +
            std::to_string(port) + "\" }\nclients:\n  - { name: billing, password: hunter2 }\n" +
            partner.certificates() + "profiles:\n  - { name: a, " + host +
            "clients: [billing], key_store: alice, trust: [partner-ca] }\n  - { name: b, " + host +
            "paths: [/whoami], key_store: bob, trust: [partner-ca], tls: { verify_names: "
            "[localhost] }, request_headers: { set: { X-Key: hunter3 } }, response_leniency: "
            "[bare_lf] }\n"
    );
}

TEST(Explain, SaysWhatTheDataPlaneDoes) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const auto file = write_configuration(partner, nginx.port());
    const ProxyUnderTest proxy{run({"cat", file.string()})};
    const std::string url = "http://" + nginx.authority() + "/whoami";

    const Explained anonymous = explain(file, {url});
    const Explained billing = explain(file, {url, "--client", "billing", "--client", "10.0.0.1"});

    EXPECT_EQ(anonymous.status, 0) << anonymous.errors;
    EXPECT_EQ(anonymous.value("profile"), "b");
    EXPECT_EQ(
        anonymous.value("identity"),
        value_of(proxy.exchange(absolute_get(nginx.authority(), "/whoami")).body, "subject")
    );
    EXPECT_EQ(anonymous.value("key store"), "bob");
    EXPECT_NE(anonymous.value("expires").find(" days left)"), std::string::npos);
    EXPECT_EQ(anonymous.value("dials"), nginx.authority());
    EXPECT_EQ(anonymous.value("verifies"), "one of localhost");
    EXPECT_EQ(anonymous.value("headers"), "sets X-Key");
    EXPECT_EQ(anonymous.value("leniency"), "bare_lf");
    EXPECT_NE(
        anonymous.text.find("\n  a  is not for this client\n  b  applies\n"), std::string::npos
    ) << anonymous.text;
    EXPECT_EQ(billing.value("profile"), "a");
    EXPECT_EQ(billing.value("identity"), "CN=alice");
    EXPECT_NE(
        billing.text.find("  b  applies, but 'a' is more specific by client\n"), std::string::npos
    ) << billing.text;
    EXPECT_EQ((anonymous.text + billing.text).find("hunter"), std::string::npos);
}

TEST(Explain, TakesMethodListenerAndHeaders) {
    const Partner partner;
    const auto file = write_configuration(partner, 443);

    const Explained fixed = explain(file, {"/whoami", "--listener", "direct", "--method", "PUT"});
    const Explained named = explain(
        file, {"http://127.0.0.1/", "--header", "X-Countersign-Profile: a", "--client", "billing"}
    );
    const Explained json = explain(file, {"http://127.0.0.1/whoami", "--json"});

    EXPECT_EQ(fixed.value("profile"), "b");
    EXPECT_TRUE(
        fixed.value("request").starts_with("PUT /whoami, from 127.0.0.1, on listener 'direct'")
    );
    EXPECT_EQ(named.value("profile"), "a");
    EXPECT_TRUE(json.text.starts_with("{\"request\":\"GET http://127.0.0.1/whoami, ")) << json.text;
    EXPECT_NE(json.text.find("\"profile\":\"b\""), std::string::npos) << json.text;
}

TEST(Explain, SaysWhichBrowsersPagesAListenerRefuses) {
    const Partner partner;
    const auto file = write_configuration(partner, 443);
    const std::string evil = "Origin: https://evil.example";

    const Explained refused = explain(file, {"/whoami", "--listener", "direct", "--header", evil});
    const Explained own =
        explain(file, {"/whoami", "--listener", "direct", "--header", "Origin: https://127.0.0.1"});
    const Explained elsewhere = explain(file, {"http://127.0.0.1/whoami", "--header", evil});

    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.value("refused").find("Origin"), std::string::npos) << refused.text;
    EXPECT_NE(refused.value("remedy").find("cross_site: allow"), std::string::npos);
    EXPECT_EQ(own.status, 0) << own.text;
    EXPECT_EQ(elsewhere.status, 0) << "no fixed upstream:\n" << elsewhere.text;
}

TEST(Explain, EndsWithOneWhereTheRequestWouldBeRefused) {
    const Partner partner;
    const auto file = write_configuration(partner, 443);

    const Explained path = explain(file, {"http://127.0.0.1/other"});
    const Explained dots = explain(file, {"http://127.0.0.1/a/../whoami"});
    const Explained connect = explain(file, {"127.0.0.1:443", "--method", "CONNECT"});

    EXPECT_EQ(path.status, 1);
    EXPECT_TRUE(path.value("refused").starts_with("407 ")) << path.text;
    EXPECT_EQ(path.value("profile"), "");
    EXPECT_NE(path.text.find("\n  b  does not have the path\n"), std::string::npos) << path.text;
    EXPECT_EQ(dots.status, 1);
    EXPECT_TRUE(dots.value("refused").starts_with("400 ")) << dots.text;
    EXPECT_NE(dots.text.find("its segment '..' is '.' or '..' to some servers"), dots.text.npos)
        << dots.text;
    EXPECT_EQ(connect.status, 1);
    EXPECT_TRUE(connect.value("refused").starts_with("403 ")) << connect.text;
}

TEST(Explain, SaysWhatConnectGets) {
    const TempDir files;
    const auto file = files.write(
        "countersign.yaml",
        "unmatched: tunnel_connect\nprofiles:\n  - { name: shut, hosts: [shut.example], paths: "
        "[/orders] }\n  - { name: open, hosts: [\"*.example\"], ports: [443], connect_method: "
        "tunnel }\n"
    );
    const auto connect = [&](const std::string& to) {
        return explain(file, {to, "--method", "CONNECT"});
    };

    const Explained open = connect("open.example:443");
    const Explained shut = connect("shut.example:443");
    const Explained port = connect("open.example:22");
    const Explained unknown = connect("other.test:22");
    const Explained address = connect("127.0.0.1:22");

    EXPECT_EQ(open.status, 0);
    EXPECT_EQ(open.value("profile"), "open");
    EXPECT_EQ(open.value("because"), "its 'connect_method' gives a tunnel");
    EXPECT_EQ(open.value("dials"), "open.example:443, at a public address only");
    EXPECT_EQ(open.value("addresses"), "not looked up: only DNS may know the name");
    EXPECT_NE(open.text.find("\n  open  gives the tunnel\n"), std::string::npos) << open.text;
    EXPECT_EQ(shut.status, 1);
    EXPECT_TRUE(shut.value("refused").starts_with("403 Forbidden: CONNECT asks for a tunnel"));
    EXPECT_NE(
        shut.text.find("\n  shut  forbids tunnels: a request inside might be its own\n"
                       "  open  would give a tunnel, but another profile forbids it\n"),
        std::string::npos
    ) << shut.text;
    EXPECT_EQ(port.status, 1);
    EXPECT_TRUE(port.value("refused").find(", but not port ") != std::string::npos) << port.text;
    EXPECT_EQ(unknown.status, 0);
    EXPECT_EQ(
        unknown.value("because"),
        "no profile has the host; 'unmatched: tunnel_connect' gives a tunnel"
    );
    EXPECT_EQ(address.status, 1);
    EXPECT_NE(address.value("refused").find("is a loopback address"), std::string::npos);
}

/// IPv4, of another machine, if of any.
std::string foreign_address() {
    const std::vector<std::string> own = own_addresses();
    std::string address;
    for (int last = 1; address.empty(); ++last) {
        const std::string next = "192.0.2." + std::to_string(last);
        if (std::find(own.begin(), own.end(), next) == own.end()) address = next;
    }
    return address;
}

TEST(Explain, KnowsItsOwnListenerBehindAWildcard) {
    const TempDir files;
    const auto file = files.write(
        "countersign.yaml",
        "listeners:\n  - { name: apps, address: \"0.0.0.0:13128\", allow: [127.0.0.1] "
        "}\nunmatched: "
        "tls\n"
    );
    ASSERT_FALSE(own_addresses().empty());

    for (const std::string& address : own_addresses()) {
        const Explained itself = explain(file, {"http://" + address + ":13128/"});
        const Explained other = explain(file, {"http://" + address + ":13129/"});

        EXPECT_EQ(itself.status, 1) << itself.text;
        EXPECT_TRUE(itself.value("refused").starts_with("403 ")) << itself.text;
        EXPECT_EQ(other.status, 0) << other.text;
    }
}

TEST(Explain, SaysOfATunnelWhoNamedItsProfile) {
    const TempDir files;
    const auto file = files.write(
        "countersign.yaml",
        "listeners:\n  - { name: apps, address: 127.0.0.1:3128 }\n  - { name: direct, address: "
        "127.0.0.1:3129, upstream: \"a.example:443\" }\nprofiles:\n  - { name: shut, hosts: "
        "[shut.example] }\n  - { name: open, hosts: [open.example], connect_method: tunnel }\n  - "
        "{ name: any, connect_method: tunnel }\n"
    );
    const auto connect = [&](const std::string& to, const std::string& named) {
        return explain(
            file, {to, "--method", "CONNECT", "--header", "X-Countersign-Profile: " + named,
                   "--listener", "apps"}
        );
    };

    const Explained given = connect("open.example:443", "any");
    const Explained forbidden = connect("shut.example:443", "any");
    const Explained shut = connect("shut.example:443", "shut");
    const Explained fixed =
        explain(file, {"open.example:443", "--method", "CONNECT", "--listener", "direct"});

    EXPECT_EQ(given.value("because"), "it is named, and its 'connect_method' gives a tunnel");
    EXPECT_NE(
        given.text.find("\n  open  is not the one that is named\n  any   is the one that is named, "
                        "and gives the tunnel\n"),
        std::string::npos
    ) << given.text;
    EXPECT_TRUE(forbidden.value("refused").ends_with("Profile 'shut' allows no tunnel."))
        << forbidden.text;
    EXPECT_NE(
        forbidden.text.find("\n  any   is the one that is named, but another profile of the host "
                            "gives no tunnel\n"),
        std::string::npos
    ) << forbidden.text;
    EXPECT_NE(
        shut.text.find("\n  shut  is the one that is named, and forbids tunnels\n"),
        std::string::npos
    ) << shut.text;
    EXPECT_TRUE(fixed.value("refused").ends_with("Listener 'direct' leads to one upstream."))
        << fixed.text;
}

TEST(Explain, NamesTheProfileWhoseIdentityHasExpired) {
    const Partner partner;
    const auto expired = partner.write_identity(
        "expired", partner.issuer().issue(
                       {.common_name = "old",
                        .not_before = std::chrono::hours{-48},
                        .not_after = std::chrono::hours{-24},
                        .client_auth = true}
                   )
    );
    const auto file = partner.files().write(
        "countersign.yaml",
        "certificates: [{ name: old, type: pem_key_store, file: " + expired.string() +
            " }]\nprofiles:\n  - { name: a, hosts: [a.example], key_store: old "
            "}\n  - { name: b, hosts: [\"*\"] }\n"
    );

    const Explained explained = explain(file, {"http://a.example/"});

    EXPECT_EQ(explained.status, 1);
    EXPECT_EQ(explained.value("profile"), "a");
    EXPECT_EQ(explained.value("identity"), "CN=old");
    EXPECT_EQ(explained.value("key store"), "old");
    EXPECT_TRUE(explained.value("expires").starts_with("expired on 20")) << explained.text;
    EXPECT_TRUE(explained.value("refused").starts_with("503 ")) << explained.text;
    EXPECT_NE(
        explained.text.find("\n  a  applies\n  b  applies, but 'a' is more specific by host"),
        std::string::npos
    ) << explained.text;
}

/// What the data plane refuses before and after it has looked for a profile.
TEST(Explain, RefusesWhoMayNotConnectAndWhereNobodyMayGo) {
    const Partner partner;
    const auto file = partner.files().write(
        "countersign.yaml",
        "listeners:\n"
        "  - { name: lan, address: 0.0.0.0:3129, allow: [10.0.0.0/8] }\n"
        "  - { name: local, address: \"unix:/run/countersign/apps.sock\" }\n"
        "profiles:\n  - { name: any, hosts: [\"*\"] }\n"
        "  - { name: away, hosts: [a.example], connect_to: \"169.254.1.1:443\" }\n"
    );

    const Explained stranger = explain(file, {"http://b.example/", "--client", "192.168.0.1"});
    const Explained nobody = explain(file, {"http://b.example/"});
    const Explained metadata = explain(file, {"http://169.254.169.254/"});
    const Explained dialled = explain(file, {"http://a.example/"});
    const std::string mapped = "http://[::ffff:" + foreign_address() + "]:3129/";
    const Explained elsewhere = explain(file, {mapped, "--client", "uid:1"});
    const Explained itself = explain(file, {"http://[::ffff:127.0.0.1]:3129/"});

    EXPECT_EQ(stranger.status, 1);
    EXPECT_EQ(
        stranger.value("refused"),
        "403 Forbidden: The client's address 192.168.0.1 is not in the listener's allow."
    );
    EXPECT_EQ(nobody.status, 0);
    EXPECT_EQ(nobody.value("request"), "GET http://b.example/, from 10.0.0.0, on listener 'lan'");
    EXPECT_EQ(metadata.status, 1);
    EXPECT_EQ(metadata.value("profile"), "any");
    EXPECT_NE(metadata.value("refused").find("addresses.deny forbids"), std::string::npos)
        << metadata.text;
    EXPECT_EQ(dialled.status, 1);
    EXPECT_EQ(elsewhere.status, 0) << elsewhere.text;
    EXPECT_EQ(
        elsewhere.value("request"),
        "GET " + mapped + ", from a unix socket, uid 1, gid unknown, on listener 'local'"
    );
    EXPECT_EQ(itself.status, 1) << itself.text;
    EXPECT_TRUE(itself.value("refused").starts_with("403 Forbidden: This is the proxy: "))
        << itself.text;
}

TEST(Explain, ReadsAUrlAsAClientWouldSendIt) {
    const Partner partner;
    const auto file = partner.files().write(
        "countersign.yaml", "profiles: [{ name: a, hosts: [bücher.example], paths: [/x] }]\n"
    );

    const Explained explained = explain(file, {"http://BÜCHER.example.:443/x#y", "--json"});

    EXPECT_EQ(explained.status, 0) << explained.text << explained.errors;
    EXPECT_NE(
        explained.text.find("\"because\":\"the host is listed, and it is for this path\""),
        std::string::npos
    ) << explained.text;
    EXPECT_NE(explained.text.find("\"dials\":\"xn--bcher-kva.example:443\""), std::string::npos)
        << explained.text;
}

TEST(Explain, SaysWhatIsWrongWithTheQuestion) {
    const Partner partner;
    const auto file = write_configuration(partner, 443);

    const Explained client = explain(file, {"http://127.0.0.1/", "--client", "nobody"});
    const Explained listener = explain(file, {"http://127.0.0.1/", "--listener", "nowhere"});
    const Explained header = explain(file, {"http://127.0.0.1/", "--header", "no colon"});
    const Explained split = explain(file, {"http://127.0.0.1/", "--header", "A: b\r\n\r\nC: d"});

    EXPECT_EQ(client.status, 2);
    EXPECT_NE(client.errors.find("--client 'nobody' is not an address"), std::string::npos);
    EXPECT_EQ(listener.status, 2);
    EXPECT_NE(listener.errors.find("--listener 'nowhere' is no listener"), std::string::npos);
    EXPECT_EQ(header.status, 2);
    EXPECT_EQ(split.status, 2);
    for (const std::vector<std::string>& who :
         {std::vector<std::string>{"uid:1"}, {"uid:1", "10.0.0.1"}, {"uid:4294967295"}}) {
        std::vector<std::string> arguments{"http://127.0.0.1/"};
        for (const auto& one : who) arguments.insert(arguments.end(), {"--client", one});
        EXPECT_EQ(explain(file, arguments).status, 2) << who.back();
    }
}

}  // namespace
}  // namespace countersign::tests
