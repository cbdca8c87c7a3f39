// What somebody meets who has just set the proxy up: asks it as if it were a web server, speaks
// another protocol to it, mistypes a host, starts it twice.

#include <gtest/gtest.h>
#include <signal.h>

#include <string>
#include <string_view>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/listening_socket.hpp"

namespace countersign::tests {
namespace {

using namespace std::string_view_literals;

std::string status_line(const Response& response) {
    return response.head.substr(0, response.head.find("\r\n"));
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

struct ContactRow {
    const char* name;
    std::string_view bytes;
    const char* line;
    const char* logged;
    friend void PrintTo(const ContactRow& row, std::ostream* out) { *out << row.name; }
};

class AnotherProtocol : public testing::TestWithParam<ContactRow> {};

// In plain HTTP: what a TLS client shows of an alert helps nobody, and several know such an answer.
TEST_P(AnotherProtocol, IsNamedInTheAnswerAndInTheLog) {
    const Partner partner;
    ProxyUnderTest proxy{
        "listeners: [{ name: apps, address: 127.0.0.1:0 }]\n" + partner.configuration(443)};

    const Response answer = proxy.exchange(GetParam().bytes);

    EXPECT_EQ(status_line(answer), GetParam().line);
    EXPECT_EQ(proxy_error(answer), "http_request_error");
    EXPECT_TRUE(has(proxy.access_line_with({"status=400"}), "error=http_request_error"));
    proxy.stop();
    EXPECT_TRUE(
        has(proxy.log(),
            std::string{" info client 127.0.0.1: 400 http_request_error: "} + GetParam().logged)
    ) << proxy.log();
}

INSTANTIATE_TEST_SUITE_P(
    Table, AnotherProtocol,
    testing::Values(
        ContactRow{
            "Tls", "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03"sv,
            "HTTP/1.1 400 this proxy is spoken to in plain HTTP: use http:// for its address, not "
            "https://",
            "The client speaks TLS to listener 'apps', which speaks plain HTTP. Use http:// for "
            "the proxy's address, not https://"},
        ContactRow{
            "Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"sv,
            "HTTP/1.1 400 this proxy is spoken to in HTTP/1.1, not HTTP/2",
            "The client speaks HTTP/2 to listener 'apps', which speaks HTTP/1.1. Set the client to "
            "HTTP/1.1"},
        ContactRow{
            "Socks5", "\x05\x01\x00"sv,
            "HTTP/1.1 400 this is an HTTP proxy, not a SOCKS proxy: use http:// for its address",
            "The client speaks SOCKS to listener 'apps', which is an HTTP proxy."},
        ContactRow{
            "Socks4", "\x04\x01\x00\x50\x7f\x00\x00\x01\x00"sv,
            "HTTP/1.1 400 this is an HTTP proxy, not a SOCKS proxy: use http:// for its address",
            "The client speaks SOCKS to listener 'apps', which is an HTTP proxy."}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(FirstContact, OfABrowserIsToldThatThisIsTheProxy) {
    const Partner partner;
    const ProxyUnderTest proxy{partner.configuration(443)};
    const std::string address = "127.0.0.1:" + std::to_string(proxy.port());

    const Response answer =
        proxy.exchange(get("/", address, "Accept: text/html,application/xhtml+xml\r\n"));
    const Response through = proxy.exchange(absolute_get(address, "/"));

    EXPECT_EQ(
        status_line(answer),
        "HTTP/1.1 403 this is the proxy; set it as HTTP proxy and ask for another host"
    );
    EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_TRUE(has(answer.body, "Set http://" + address + " as the client's HTTP proxy"))
        << answer.body;
    EXPECT_EQ(status_line(through), status_line(answer));
}

// The profile takes every request of the host, and the port is the proxy's own.
TEST(FirstContact, IsToldTheSameWhereTheAddressWouldHaveBeenDialled) {
    const Partner partner;
    const ProxyUnderTest proxy{
        partner.certificates() +
        "profiles: [{ name: any, hosts: [\"*\"], trust: [partner-ca] }]\n"};

    const Response answer = proxy.exchange(get("/", "127.0.0.1:" + std::to_string(proxy.port())));

    EXPECT_EQ(
        status_line(answer),
        "HTTP/1.1 403 this is the proxy; set it as HTTP proxy and ask for another host"
    );
}

TEST(FirstContact, WithAMistypedHostNamesTheOneThatWasMeant) {
    const Partner partner;
    const ProxyUnderTest proxy{
        partner.certificates() +
        "profiles: [{ name: partner, hosts: [api.partner.example], trust: [partner-ca] }]\n"};

    const Response answer = proxy.exchange(absolute_get("api.partner.exmaple", "/"));

    EXPECT_EQ(answer.status, 403);
    EXPECT_TRUE(has(answer.body, "Did you mean 'api.partner.example' of profile 'partner'?"))
        << answer.body;
    EXPECT_FALSE(has(answer.body, "unmatched")) << answer.body;
}

TEST(FirstContact, WithAPortThatNobodyNamedSaysWhereItComesFrom) {
    const Partner partner;
    const ClosedPort closed;
    const std::string port = std::to_string(closed.port());
    const ProxyUnderTest proxy{
        partner.certificates() + "profiles: [{ name: partner, hosts: [127.0.0.1], default_port: " +
        port + ", trust: [partner-ca] }]\n"};
    const std::string source = "Port " + port +
                               " is the default_port of profile 'partner': the request names none "
                               "(80, http's own, counts as none).";

    const Response unnamed = proxy.exchange(absolute_get("127.0.0.1", "/"));
    const Response https = proxy.exchange(absolute_get("127.0.0.1:80", "/"));
    const Response named = proxy.exchange(absolute_get("127.0.0.1:" + port, "/"));

    EXPECT_EQ(unnamed.status, 502);
    EXPECT_TRUE(has(unnamed.body, source)) << unnamed.body;
    EXPECT_TRUE(has(https.body, source)) << https.body;
    EXPECT_EQ(named.status, 502);
    EXPECT_FALSE(has(named.body, "default_port")) << named.body;
}

TEST(FirstContact, WithAPortInUseNamesItAndWhatShowsWhoHasIt) {
    const Partner partner;
    const ProxyUnderTest proxy{partner.configuration(443)};
    const std::string port = std::to_string(proxy.port());
    const std::string yaml = "listeners: [{ name: apps, address: \"127.0.0.1:" + port + "\" }]\n" +
                             partner.configuration(443);

    const RefusedStart second = start_expecting_refusal(yaml);

    EXPECT_EQ(second.status, 1);
    EXPECT_TRUE(
        has(second.message,
            " error listener 'apps': 127.0.0.1:" + port +
                " cannot be listened at: something has this port already: a process that listens "
                "there, another listener of this configuration, or a connection that goes out from "
                "it. `sudo ss -tanp 'sport = :" +
                port + "'` shows which one; stop it, or change the listener's address.")
    ) << second.message;
}

TEST(CheckBesideRun, BindsNothingAndMakesNoFile) {
    const Partner partner;
    const TempDir& files = partner.files();
    const auto socket = files / "apps.sock";
    const auto access = files / "access.log";
    const std::string log = "log: { access: " + access.string() + " }\n";
    const std::string local = "  - { name: local, address: \"unix:" + socket.string() + "\" }\n";
    const ProxyUnderTest proxy{
        "listeners:\n  - { name: apps, address: 127.0.0.1:0 }\n" + local +
        partner.configuration(443) + log};
    const auto bound = std::filesystem::last_write_time(socket);
    std::filesystem::remove(access);
    const auto file = files.write(
        "live.yaml",
        "listeners:\n  - { name: apps, address: \"127.0.0.1:" + std::to_string(proxy.port("apps")) +
            "\" }\n" + local + partner.configuration(443) + log
    );

    Process check{{countersign_binary(), "check", "-c", file.string()}};

    EXPECT_EQ(check.wait_for_exit(), 0) << check.output() << check.errors();
    EXPECT_FALSE(has(check.output(), "cannot be")) << check.output();
    EXPECT_FALSE(std::filesystem::exists(access));
    EXPECT_EQ(std::filesystem::last_write_time(socket), bound);
    EXPECT_EQ(HttpClient::unix_socket(socket).exchange(get("/", "x")).status, 403);
}

TEST(Signal, OfAScriptThatRotatesOrReloadsDoesNotEndTheProxy) {
    const Partner partner;
    ProxyUnderTest proxy{partner.configuration(443)};
    const struct {
        int signal;
        const char* logged;
    } kSignals[] = {
        {SIGHUP, " info reloaded "},
        {SIGUSR1, " info SIGUSR1: the access log is opened anew (log.access: stdout)"},
        {SIGUSR2, " info SIGUSR2: nothing is done by this signal"},
    };
    for (const auto& [signal, logged] : kSignals) {
        proxy.process().send_signal(signal);
        wait_until(logged, [&, line = std::string{logged}] { return has(proxy.log(), line); });
    }

    EXPECT_EQ(proxy.exchange(get("/", "nobody.example")).status, 403);
    EXPECT_EQ(proxy.stop(), 0);
}

}  // namespace
}  // namespace countersign::tests
