#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "certs/password_hash.hpp"
#include "tests/scenarios/record_administrator.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

/// A proxy whose admin address speaks HTTPS, for operators that an authority of theirs knows.
class AdminTls : public RecordAdministrator {
protected:
    struct Curl {
        int status = -1;  ///< the program's
        std::string code;
        std::string head;
        std::string body;
        std::string errors;
    };

    AdminTls() {
        write_server("admin");
        partner_.files().write("operators.pem", operators_.certificate_pem());
        const auto hash = certs::PasswordHash::of("anna's long password", {14, 8, 1});
        partner_.files().write(
            "users",
            "anna:view:" + hash->text() + "\nCN=bert:edit:certificate\nCN=carl:view:certificate\n"
        );
    }
    void write_server(const std::string& name) const {
        partner_.write_identity(
            "admin", partner_.issuer().issue(
                         {.common_name = name,
                          .dns_names = {"admin.example", "*.ops.example"},
                          .ip_addresses = {"127.0.0.1"},
                          .server_auth = true}
                     )
        );
    }
    std::string file(const std::string& name) const { return (partner_.files() / name).string(); }
    std::string with_tls(
        const std::string& tls = "{ key_store: admin, trust: [operators] }",
        const std::string& address = "127.0.0.1:0"
    ) const {
        const auto token = partner_.files().write("admin.token", std::string{kToken} + "\n");
        return "workers: 1\nadmin: { address: " + address + ", token: { file: " + token.string() +
               " }, tls: " + tls + " }\nconsole: { enabled: true, directory: " + folder_.string() +
               ", users: { file: " + file("users") +
               " } }\ncertificates:\n  - { name: admin, type: pem_key_store, file: " +
               file("admin.pem") +
               " }\n  - { name: operators, type: trust_store_cert, file: " + file("operators.pem") +
               " }\n";
    }
    Curl curl(
        const ProxyUnderTest& proxy, const std::string& path, std::vector<std::string> more = {},
        const std::string& scheme = "https", const std::string& host = "127.0.0.1"
    ) const {
        const std::string port = std::to_string(proxy.admin_port());
        std::vector<std::string> arguments{
            "curl",
            "-sS",
            "--noproxy",
            "*",
            "--cacert",
            partner_.root_file().string(),
            "-i",
            "--resolve",
            host + ":" + port + ":127.0.0.1",
            "-w",
            "\n%{http_code}",
            scheme + "://" + host + ":" + port + path};
        arguments.insert(arguments.end(), more.begin(), more.end());
        Process process{arguments};
        Curl got;
        got.status = process.wait_for_exit().value_or(-1);
        const std::string output = process.output();
        const auto end = output.find("\r\n\r\n");
        got.code = output.substr(output.rfind('\n') + 1);
        if (end != std::string::npos) {
            got.head = output.substr(0, end + 2);
            got.body = output.substr(end + 4, output.rfind('\n') - end - 4);
        }
        got.errors = process.errors();
        return got;
    }
    std::vector<std::string> as(const Ca& authority, CertificateSpec spec) const {
        spec.client_auth = true;
        const Issued identity = authority.issue(spec);
        partner_.files().write("client.crt", identity.chain_pem());
        partner_.files().write("client.key", identity.key_pem());
        return {"--cert", file("client.crt"), "--key", file("client.key")};
    }
    static std::vector<std::string> with_token() {
        return {"-H", "Authorization: Bearer " + std::string{kToken}};
    }

    const Ca operators_ = Ca::root("Operators");
};

TEST_F(AdminTls, AnswersProbesAndWhoShowsTheToken) {
    const ProxyUnderTest proxy{with_tls()};
    for (const char* const path : {"/healthz", "/readyz", "/metrics"}) {
        EXPECT_EQ(curl(proxy, path).code, "200") << path;
    }
    const Curl none = curl(proxy, "/api/v1/profiles");
    EXPECT_EQ(none.code, "401") << none.errors;
    EXPECT_EQ(curl(proxy, "/api/v1/profiles", with_token()).code, "200");
    auto old = with_token();
    old.insert(old.end(), {"--tls-max", "1.2"});
    EXPECT_EQ(curl(proxy, "/api/v1/profiles", old).code, "200");
    EXPECT_EQ(curl(proxy, "/healthz", {"--tls-max", "1.1"}).status, 35) << "the handshake fails";
}

TEST_F(AdminTls, IsAskedByANameOfItsCertificate) {
    const ProxyUnderTest proxy{with_tls()};
    EXPECT_EQ(curl(proxy, "/healthz", {}, "https", "admin.example").code, "200");
    EXPECT_EQ(curl(proxy, "/healthz", {}, "https", "a.ops.example").code, "200");
    const Curl rebound = curl(proxy, "/healthz", {"-k"}, "https", "evil.example");
    EXPECT_EQ(rebound.code, "403");
    EXPECT_TRUE(has(rebound.body, "or by a name of the certificate of admin.tls.")) << rebound.body;
    auto page = with_token();
    page.insert(page.end(), {"-H", "Origin: http://admin.example"});
    EXPECT_EQ(curl(proxy, "/api/v1/profiles", page, "https", "admin.example").code, "403");
}

TEST_F(AdminTls, KnowsItsUsersByTheirCertificates) {
    const ProxyUnderTest proxy{with_tls()};
    const Curl bert = curl(proxy, "/api/v1/session", as(operators_, {.common_name = "bert"}));
    EXPECT_TRUE(has(bert.body, "\"user\":\"CN=bert\",\"role\":\"edit\",\"by_certificate\":true"))
        << bert.body << bert.errors;
    auto change = as(operators_, {.common_name = "bert"});
    const auto draft_file = partner_.files().write("draft", draft("carol", "carol"));
    change.insert(
        change.end(), {"-H", "Content-Type: application/json", "--data", "@" + draft_file.string()}
    );
    EXPECT_EQ(curl(proxy, "/api/v1/certificates", change).code, "201");
    EXPECT_TRUE(has(read_bytes(folder_ / "audit.log"), "\"who\":\"user:CN=bert\""));

    change[1] = file("client.crt");
    auto viewer = as(operators_, {.common_name = "carl"});
    EXPECT_EQ(curl(proxy, "/api/v1/profiles", viewer).code, "200");
    viewer.insert(
        viewer.end(), {"-H", "Content-Type: application/json", "--data", "@" + draft_file.string()}
    );
    EXPECT_EQ(curl(proxy, "/api/v1/certificates", viewer).code, "403");

    const Curl stranger = curl(proxy, "/api/v1/profiles", as(operators_, {.common_name = "x"}));
    EXPECT_EQ(stranger.code, "401") << "an operator without a line";
    // The page for signing in tells by this what to do.
    const Curl unlisted = curl(proxy, "/api/v1/session", as(operators_, {.common_name = "x"}));
    EXPECT_TRUE(has(unlisted.body, "\"signed_in\":false,")) << unlisted.body;
    EXPECT_TRUE(has(unlisted.body, "\"ways\":[\"password\",\"token\",\"certificate\"]"))
        << unlisted.body;
    EXPECT_TRUE(has(unlisted.body, "\"certificate\":\"CN=x\"")) << unlisted.body;
    EXPECT_TRUE(has(curl(proxy, "/api/v1/session").body, "\"certificate\":null"));
    EXPECT_TRUE(has(
        stranger.body,
        "The certificate of this connection is that of 'CN=x': console.users has no user of that "
        "name, or it is not trusted or valid any more."
    )) << stranger.body;
}

TEST_F(AdminTls, AsksNobodyForAPasswordWhereAllUsersComeByCertificates) {
    partner_.files().write("users", "CN=bert:edit:certificate\n");
    const ProxyUnderTest proxy{with_tls()};
    EXPECT_TRUE(has(curl(proxy, "/api/v1/session").body, "\"ways\":[\"token\",\"certificate\"]"));
    // Without `trust` nobody can come by one: something has to be asked for.
    const ProxyUnderTest none{with_tls("{ key_store: admin }")};
    EXPECT_TRUE(has(curl(none, "/api/v1/session").body, "\"ways\":[\"password\",\"token\"]"));
}

TEST_F(AdminTls, RefusesCertificatesOfOthers) {
    const ProxyUnderTest proxy{with_tls()};
    const Ca others = Ca::root("Operators");
    const Curl wrong = curl(proxy, "/healthz", as(others, {.common_name = "bert"}));
    EXPECT_EQ(wrong.status, 56) << wrong.errors << wrong.code;
    const Curl expired = curl(
        proxy, "/healthz",
        as(operators_, {.common_name = "bert",
                        .not_before = std::chrono::hours{-48},
                        .not_after = std::chrono::hours{-24}})
    );
    EXPECT_EQ(expired.status, 56) << expired.errors;
    proxy.log_line_with(
        {"admin: no handshake with 127.0.0.1: its certificate is refused: certificate has expired"}
    );
    EXPECT_EQ(curl(proxy, "/healthz").code, "200");
}

TEST_F(AdminTls, ShowsARenewedCertificateAfterAReload) {
    ProxyUnderTest proxy{with_tls()};
    const auto serial = [&] {
        return run(
            {"sh", "-c",
             "openssl s_client -connect 127.0.0.1:" + std::to_string(proxy.admin_port()) +
                 " </dev/null 2>/dev/null | openssl x509 -noout -subject"}
        );
    };
    EXPECT_TRUE(has(serial(), "CN = admin"));
    write_server("renewed");
    proxy.reload();
    EXPECT_TRUE(has(serial(), "CN = renewed"));
    proxy.reload(with_tls("null"));
    EXPECT_EQ(curl(proxy, "/healthz", {}, "http").code, "200") << "from now on in plain";
}

TEST_F(AdminTls, TellsWhoSpeaksTheOther) {
    const ProxyUnderTest proxy{with_tls()};
    const Curl plain = curl(proxy, "/healthz", {}, "http");
    EXPECT_EQ(plain.code, "400");
    EXPECT_TRUE(has(plain.body, "HTTPS is spoken at this address (admin.tls)")) << plain.body;
    const ProxyUnderTest without{with_tls("null")};
    HttpClient client = HttpClient::tcp(without.admin_port());
    client.send(std::string_view{"\x16\x03\x01\x00\x05hello\r\n\r\n", 14});
    EXPECT_TRUE(has(client.read_until_close(), "TLS is not spoken at this address"));
}

TEST_F(AdminTls, SetsCookiesThatNoPlainHttpIsShown) {
    const ProxyUnderTest proxy{with_tls()};
    const Curl in = curl(
        proxy, "/api/v1/session",
        {"-H", "Content-Type: application/json", "--data",
         R"({"user":"anna","password":"anna's long password"})"}
    );
    EXPECT_EQ(in.code, "200") << in.body << in.errors;
    const auto at = in.head.find("Set-Cookie: ");
    ASSERT_NE(at, std::string::npos) << in.head;
    const std::string cookie = in.head.substr(at + 12, in.head.find("\r\n", at) - at - 12);
    EXPECT_TRUE(cookie.starts_with("__Host-countersign_session=")) << cookie;
    EXPECT_TRUE(has(cookie, "; Secure;")) << cookie;
    const std::string shown = cookie.substr(0, cookie.find(';'));
    EXPECT_EQ(curl(proxy, "/api/v1/profiles", {"-H", "Cookie: " + shown}).code, "200");
    // Under the name that any server of the host may set, it opens nothing.
    const std::string tossed = shown.substr(std::string_view{"__Host-"}.size());
    EXPECT_EQ(curl(proxy, "/api/v1/profiles", {"-H", "Cookie: " + tossed}).code, "401");
}

TEST_F(AdminTls, EndsWhatACertificateWasGoodForWithItsOwnEndAndWithItsTrust) {
    ProxyUnderTest proxy{with_tls()};
    // It asks when there is a certificate, and once more when it is told to, or at a time.
    const auto two_questions = [&](const std::string& name) {
        static constexpr const char* kAsk =
            "import os,ssl,sys,time,http.client as h\n"
            "def wait(name):\n"
            "  while not os.path.exists(name): time.sleep(.05)\n"
            "print('ready', flush=True); wait(sys.argv[4])\n"
            "c=ssl._create_unverified_context(); c.load_cert_chain(sys.argv[2],sys.argv[3])\n"
            "o=h.HTTPSConnection('127.0.0.1',int(sys.argv[1]),context=c)\n"
            "def ask():\n"
            "  o.request('GET','/api/v1/profiles'); r=o.getresponse(); r.read()\n"
            "  print(r.status, r.getheader('Connection'), flush=True)\n"
            "ask(); wait(sys.argv[5]); ask()\n";
        auto asking = std::make_unique<Process>(std::vector<std::string>{
            "python3", "-c", kAsk, std::to_string(proxy.admin_port()), file("client.crt"),
            file("client.key"), file(name + ".first"), file(name + ".second")});
        wait_until("it is ready", [&] { return has(asking->output(), "ready\n"); });
        return asking;
    };
    const auto lives = std::chrono::seconds{6};
    const auto ends = two_questions("ends");
    as(operators_, {.common_name = "carl", .not_after = lives});
    const auto over = std::chrono::steady_clock::now() + lives + std::chrono::seconds{1};
    partner_.files().write("ends.first", "");
    wait_until("it has asked once", [&] { return has(ends->output(), "None\n"); });
    std::this_thread::sleep_until(over);
    partner_.files().write("ends.second", "");
    EXPECT_EQ(ends->wait_for_exit().value_or(-1), 0) << ends->errors();
    EXPECT_EQ(ends->output(), "ready\n200 None\n401 close\n");

    const auto trusted = two_questions("trusted");
    as(operators_, {.common_name = "carl"});
    partner_.files().write("trusted.first", "");
    wait_until("it has asked once", [&] { return has(trusted->output(), "None\n"); });
    partner_.files().write("operators.pem", Ca::root("Others").certificate_pem());
    proxy.reload();
    partner_.files().write("trusted.second", "");
    EXPECT_EQ(trusted->wait_for_exit().value_or(-1), 0) << trusted->errors();
    EXPECT_EQ(trusted->output(), "ready\n200 None\n401 close\n");
}

TEST_F(AdminTls, TakesNoHostThatIsEmpty) {
    const ProxyUnderTest proxy{with_tls()};
    for (const char* const host : {":9901", "[]", "[", ":"}) {
        const Curl got = curl(proxy, "/healthz", {"-H", "Host: " + std::string{host}});
        EXPECT_EQ(got.code, "403") << host << got.body << got.errors;
    }
}

TEST_F(AdminTls, HearsAHelloInPieces) {
    const ProxyUnderTest proxy{with_tls()};
    HttpClient client = HttpClient::tcp(proxy.admin_port());
    client.send(std::string_view{"\x16\x03\x01\x00\x01\x01", 6});  // the first byte of a hello
    client.finish_sending();
    EXPECT_FALSE(has(client.read_until_close(), "HTTP"));
}

TEST_F(AdminTls, ShowsAServersCertificateWithoutAComplaint) {
    const auto configuration = partner_.files().write("checked.yaml", with_tls());
    Process check{{countersign_binary(), "check", "-c", configuration.string()}};
    EXPECT_EQ(check.wait_for_exit().value_or(-1), 0) << check.output() << check.errors();
    EXPECT_FALSE(has(check.output(), "clientAuth")) << check.output();
    partner_.write_identity(
        "admin", partner_.issuer().issue({.common_name = "admin", .client_auth = true})
    );
    Process wrong{{countersign_binary(), "check", "-c", configuration.string()}};
    EXPECT_EQ(wrong.wait_for_exit().value_or(-1), 1);
    EXPECT_TRUE(has(
        wrong.output() + wrong.errors(),
        "'CN=admin' is not for servers: it lacks the extended key usage serverAuth, so browsers "
        "and other clients refuse it. Ask the authority for one with serverAuth, and with the "
        "names by which it is asked as alternative names."
    )) << wrong.output()
       << wrong.errors();
}

TEST_F(AdminTls, IsShownNoTokenInPlainHttp) {
    const auto token = partner_.files().write("admin.token", std::string{kToken} + "\n").string();
    const auto broken = partner_.files().write("broken.yaml", with_tls() + "admin: [\n").string();
    const auto said = [](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), countersign_binary());
        Process process{arguments};
        EXPECT_EQ(process.wait_for_exit().value_or(-1), 1);
        return process.output() + process.errors();
    };
    const ScriptedServer listener{{}, [](Peer& peer) { peer.read_request(); }};
    const std::string at = listener.authority();
    EXPECT_TRUE(
        has(said({"status", "-c", broken, "--at", at, "--token-file", token}), "broken.yaml:")
    );
    EXPECT_EQ(listener.connections(), 0);
    EXPECT_TRUE(has(
        said({"status", "--at", "192.0.2.1:9901", "--token-file", token}),
        "192.0.2.1:9901 is another machine's, and the token is not sent there without TLS; name "
        "the configuration that has admin.tls with -c"
    ));
}

TEST_F(AdminTls, IsAskedByTheCommands) {
    const ProxyUnderTest proxy{with_tls()};
    const auto configuration = partner_.files().write("c.yaml", with_tls());
    const auto ask = [&](const std::string& command) {
        Process process{
            {countersign_binary(), command, "-c", configuration.string(), "--at",
             "127.0.0.1:" + std::to_string(proxy.admin_port())}};
        const int status = process.wait_for_exit().value_or(-1);
        return std::pair{status, process.output() + process.errors()};
    };
    wait_until("it is ready", [&] { return curl(proxy, "/readyz").code == "200"; });
    EXPECT_EQ(ask("health").first, 0) << ask("health").second;
    EXPECT_EQ(ask("status").first, 0) << ask("status").second;
    EXPECT_EQ(ask("reload").second, "Reloaded.\n");
    const std::string before = read_bytes(file("admin.pem"));
    write_server("another");
    // What serves follows by itself: what was there before is not what is shown any more.
    proxy.log_line_with({"reloaded"});
    wait_until("it shows the other", [&] { return ask("status").first == 0; });
    partner_.files().write("admin.pem", before);
    const auto [status, said] = ask("status");
    EXPECT_TRUE(status == 0 || has(said, "shows another certificate than the record")) << said;
}

TEST_F(AdminTls, SilenceTakesNobodysPlace) {
    const ProxyUnderTest proxy{with_tls()};
    std::vector<HttpClient> silent;
    for (int i = 0; i < 64; ++i) silent.push_back(HttpClient::tcp(proxy.admin_port()));
    EXPECT_EQ(curl(proxy, "/healthz").code, "200") << "one that says nothing went for it";
    EXPECT_TRUE(silent.front().closed_within(kPatience));
}

TEST_F(AdminTls, ServesTheConsoleAtAnotherAddress) {
    const std::string address = "\"0.0.0.0:0\", allow: [10.0.0.0/8]";
    const ProxyUnderTest proxy{with_tls("{ key_store: admin }", address)};
    EXPECT_EQ(curl(proxy, "/console/").code, "200");
    const RefusedStart plain = start_expecting_refusal(with_tls("null", address));
    EXPECT_EQ(plain.status, 1);
    EXPECT_TRUE(has(plain.message, "give it TLS, admin: { tls: { key_store: NAME } }"))
        << plain.message;
}

}  // namespace
}  // namespace countersign::tests
