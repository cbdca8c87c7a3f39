#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "tests/scenarios/clients/web_socket_server.hpp"
#include "tests/scenarios/scenario.hpp"
#include "tests/support/not_run.hpp"

// What programs that people have do through the proxy, each by its own HTTP library.
namespace countersign::tests {
namespace {

constexpr std::array<const char*, 5> kTasks{"get", "post", "keep_alive", "redirect", "websocket"};

/// A client: its program in this folder, and what it cannot do, by task, with the reason.
struct Client {
    std::string name;
    std::string program;
    std::string command;  ///< runs it, where it lies
    std::string probe;    ///< a command that succeeds where the client is installed
    bool keeps_cookies;   ///< it sends a cookie back that the redirect has set
    std::map<std::string, std::string> cannot;
    friend void PrintTo(const Client& client, std::ostream* out) { *out << client.name; }
};

const std::string kNoWebSocket = "it knows no WebSockets";
const std::string kOneEach = "it makes a connection for each request";
const std::string kWebSocketsAlone = "it knows nothing but WebSockets";

const std::vector<Client> kClients{
    {"curl", "curl.sh", "sh curl.sh", "curl --version", true, {{"websocket", kNoWebSocket}}},
    {"wget", "wget.sh", "sh wget.sh", "wget --version", true, {{"websocket", kNoWebSocket}}},
    {"PythonUrllib",
     "python_urllib.py",
     "/usr/bin/python3 python_urllib.py",
     "/usr/bin/python3 --version",
     true,
     {{"keep_alive", kOneEach}, {"websocket", kNoWebSocket}}},
    {"PythonRequests",
     "python_requests.py",
     "/usr/bin/python3 python_requests.py",
     "/usr/bin/python3 -c 'import requests'",
     true,
     {{"websocket", kNoWebSocket}}},
    {"PythonWebSocketClient",
     "python_websocket.py",
     "/usr/bin/python3 python_websocket.py",
     "/usr/bin/python3 -c 'import websocket'",
     false,
     {{"get", kWebSocketsAlone},
      {"post", kWebSocketsAlone},
      {"keep_alive", kWebSocketsAlone},
      {"redirect", kWebSocketsAlone}}},
    {"JavaHttpURLConnection",
     "UrlConnection.java",
     "java -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=$PROXY_PORT UrlConnection.java",
     "java --list-modules | grep jdk.compiler",
     true,
     {{"websocket", kNoWebSocket}}},
    {"JavaHttpClient",
     "Client.java",
     "java Client.java",
     "java --list-modules | grep jdk.compiler",
     true,
     {}},
    {"Node",
     "node.js",
     "NODE_PATH=/usr/share/nodejs node node.js",
     "NODE_PATH=/usr/share/nodejs node -e 'require(\"ws\")'",
     false,
     {}},
    {"PhpStream",
     "stream.php",
     "php stream.php",
     "php --version",
     false,
     {{"keep_alive", kOneEach}, {"websocket", kNoWebSocket}}},
    {"PhpCurl",
     "curl.php",
     "php curl.php",
     "php -r 'exit(extension_loaded(\"curl\") ? 0 : 1);'",
     true,
     {{"websocket", kNoWebSocket}}},
    {"PerlLwp",
     "lwp.pl",
     "perl lwp.pl",
     "perl -MLWP::UserAgent -e 1",
     true,
     {{"websocket", kNoWebSocket}}},
    {"PerlHttpTiny",
     "tiny.pl",
     "perl tiny.pl",
     "perl -MHTTP::Tiny -e 1",
     false,
     {{"keep_alive", "with a proxy " + kOneEach}, {"websocket", kNoWebSocket}}},
    {"GoNetHttp",
     "net_http.go",
     "GOPATH=/usr/share/gocode go run net_http.go",
     "go version && test -d /usr/share/gocode/src/golang.org/x/net/websocket",
     true,
     {}},
};

/// No proxy but the test's.
const std::string kNoOtherProxy =
    "unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY "
    "JAVA_TOOL_OPTIONS GOFLAGS\n";

/// What a program printed, by the task that it had named before ("== get").
std::map<std::string, std::string> by_task(const std::string& output) {
    std::map<std::string, std::string> told;
    std::istringstream lines{output};
    std::string task;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("== ")) {
            task = line.substr(3);
            told[task];
        } else {
            told[task] += line + "\n";
        }
    }
    return told;
}

/// api.partner.example, which demands a client certificate and redirects to https://, and
/// ws.partner.example, which speaks WebSocket inside the same, behind a proxy.
class Clients : public testing::TestWithParam<Client> {
protected:
    Nginx::Options web_server() const {
        const Issued server = partner_.issuer().issue(
            {.common_name = "api", .dns_names = {"api.partner.example"}, .server_auth = true}
        );
        return {
            .certificate = partner_.files().write("api.pem", server.chain_pem()),
            .key = partner_.files().write("api.key", server.key_pem()),
            .client_ca = partner_.root_file(),
            .extra =
                "    location /keep/ { rewrite ^ /whoami last; }\n"
                "    location = /login {\n"
                "        add_header Set-Cookie 'sid=7; Path=/; Secure; HttpOnly';\n"
                "        return 302 https://api.partner.example/home;\n    }\n"
                "    location = /home {\n"
                "        return 200 'subject=$ssl_client_s_dn\\ncookie=$http_cookie\\n';\n"
                "    }\n"};
    }
    std::string configuration() const {
        return "listeners:\n"
               "  - { name: apps, address: 127.0.0.1:0, rewrite: [location, cookie_secure] }\n"
               "  - { name: direct, address: 127.0.0.1:0, upstream: \"ws.partner.example:443\" "
               "}\n" +
               partner_.certificates() +
               "profiles:\n"
               "  - { name: api, hosts: [api.partner.example], key_store: alice, trust: "
               "[partner-ca],\n      connect_to: \"" +
               nginx_.authority() +
               "\" }\n"
               "  - { name: chat, hosts: [ws.partner.example], key_store: alice, trust: "
               "[partner-ca],\n      connect_to: \"" +
               sockets_.authority() + "\", tls: { server_name: localhost } }\n";
    }
    /// What the program says; nothing that it would leave in the user's folders, or fetch.
    std::map<std::string, std::string> run_program() const {
        const Client& client = GetParam();
        const std::filesystem::path folder = COUNTERSIGN_CLIENTS_DIR;
        std::filesystem::copy(folder / client.program, partner_.files() / client.program);
        Process::Options options;
        options.environment["PROXY_PORT"] = std::to_string(proxy_.port("apps"));
        options.environment["DIRECT_PORT"] = std::to_string(proxy_.port("direct"));
        options.environment["HOME"] = partner_.files().path().string();
        options.environment["GOCACHE"] = (partner_.files() / "go").string();
        options.environment["GOTOOLCHAIN"] = "local";
        options.environment["GO111MODULE"] = "off";
        options.directory = partner_.files().path();
        Process process{{"/bin/sh", "-c", kNoOtherProxy + client.command}, options};
        constexpr std::chrono::minutes kCompiled{3};  // Go's and Java's programs are, first
        const auto status = process.wait_for_exit(kCompiled);
        EXPECT_EQ(status, 0) << process.output() << process.errors();
        return by_task(process.output());
    }
    /// The client connection by which the answer to that path went.
    std::string connection_of(const std::string& path) const {
        return logged(proxy_.access_line_with({" path=" + path + " "}), "client");
    }
    void expect_done(const std::string& task, const std::string& told) const {
        if (task == "get") {
            EXPECT_EQ(value_of(told, "subject"), "CN=alice");
            EXPECT_EQ(value_of(told, "host"), "api.partner.example");
        } else if (task == "post") {
            EXPECT_EQ(told.substr(0, told.find('\n')), "10485760");
            EXPECT_EQ(logged(proxy_.access_line_with({" path=/upload "}), "bytes_in"), "10485760");
        } else if (task == "keep_alive") {
            EXPECT_NE(told.find("uri=/keep/two"), told.npos) << told;
            EXPECT_EQ(connection_of("/keep/one"), connection_of("/keep/two"));
        } else if (task == "redirect") {
            EXPECT_EQ(value_of(told, "subject"), "CN=alice");
            EXPECT_EQ(value_of(told, "cookie"), GetParam().keeps_cookies ? "sid=7" : "");
        } else {
            EXPECT_EQ(told, "CN=alice said hello\n");
            proxy_.access_line_with({" path=/chat ", " status=101 "});
        }
    }

    const Partner partner_;
    const Nginx nginx_{web_server()};
    const ScriptedServer sockets_{partner_.strict_server(), serve_web_socket};
    const ProxyUnderTest proxy_{configuration()};
};

TEST_P(Clients, DoAllThatTheyCan) {
    const Client& client = GetParam();
    Process probe{{"/bin/sh", "-c", client.probe}};
    if (probe.wait_for_exit() != 0) {
        return tell_not_run(
            "'" + client.probe + "' fails here; tests/run.sh --install installs what it needs"
        );
    }

    const std::map<std::string, std::string> told = run_program();

    for (const std::string task : kTasks) {
        SCOPED_TRACE(client.name + ", " + task);
        const auto why_not = client.cannot.find(task);
        const auto done = told.find(task);
        if (why_not != client.cannot.end()) {
            std::cout << client.name << ", " << task << ": cannot: " << why_not->second << "\n";
            EXPECT_EQ(done, told.end()) << "it can";
        } else if (done == told.end()) {
            ADD_FAILURE() << "its program does not do that";
        } else {
            expect_done(task, done->second);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Of, Clients, testing::ValuesIn(kClients), [](const auto& row) {
    return row.param.name;
});

TEST(ClientsFolder, HasNoProgramThatNobodyRuns) {
    std::set<std::string> run;
    for (const Client& client : kClients) run.insert(client.program);
    std::set<std::string> written;
    for (const auto& file : std::filesystem::directory_iterator{COUNTERSIGN_CLIENTS_DIR}) {
        const std::string extension = file.path().extension();
        const bool ours = extension == ".cpp" || extension == ".hpp" || extension == ".md";
        if (!ours) written.insert(file.path().filename());
    }

    EXPECT_EQ(written, run);
}

}  // namespace
}  // namespace countersign::tests
