#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

constexpr std::string_view kSecretFields =
    "Authorization: Bearer s3cret-token\r\nCookie: id=s3cret-cookie\r\n";

void expect_no_secret(const std::string& text) {
    EXPECT_EQ(text.find("s3cret"), std::string::npos) << text;
}

/// One request with secrets in its query and its fields, and the line that the access log has of
/// it.
std::string line_of_one_request(std::string_view log_rules, std::string* everything) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port(), {}, log_rules)};
    proxy.exchange(absolute_get(nginx.authority(), "/whoami?key=s3cret-query", kSecretFields));
    const std::string line = proxy.access_lines(1).at(0);
    *everything = proxy.access_log() + proxy.log();
    return line;
}

TEST(AccessLog, HasOneLineOfTextForAnExchangeAndNoSecretInIt) {
    std::string everything;

    const std::string line = line_of_one_request("log: { format: text }", &everything);

    for (const std::string field :
         {" listener=apps", " client=127.0.0.1", " address=127.0.0.1:", " fingerprint=",
          " method=GET", " host=127.0.0.1", " path=/whoami ", " profile=partner",
          " identity=\"CN=alice\"", " tls=TLSv1.3", " resumed=no", " reused=no", " status=200",
          " bytes_out=", " handshake_us=", " total_us="}) {
        EXPECT_NE(line.find(field), std::string::npos) << field << " in " << line;
    }
    expect_no_secret(everything);
}

TEST(AccessLog, HasTheSameInJson) {
    std::string everything;

    const std::string line = line_of_one_request("log: { format: json }", &everything);

    for (const std::string field :
         {"{\"time\":\"20", "\"client.address\":\"127.0.0.1\"", "\"http.request.method\":\"GET\"",
          "\"url.path\":\"/whoami\"", "\"countersign.profile\":\"partner\"",
          "\"tls.client.subject\":\"CN=alice\"", "\"tls.resumed\":false",
          "\"countersign.connection.reused\":false", "\"http.response.status_code\":200"}) {
        EXPECT_NE(line.find(field), std::string::npos) << field << " in " << line;
    }
    EXPECT_TRUE(line.ends_with("}"));
    expect_no_secret(everything);
}

TEST(AccessLog, SaysWhichErrorTheProxyAnsweredWith) {
    const Partner partner;
    const ClosedPort nobody;
    const ProxyUnderTest proxy{partner.configuration(nobody.port())};

    proxy.exchange(absolute_get("127.0.0.1:" + std::to_string(nobody.port()), "/"));

    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_NE(line.find(" status=502"), std::string::npos) << line;
    EXPECT_EQ(logged(line, "address"), "127.0.0.1:" + std::to_string(nobody.port()));
    EXPECT_EQ(logged(line, "error"), "connection_refused");
    EXPECT_EQ(logged(line, "cause"), "connection refused by 127.0.0.1");
}

TEST(AccessLog, SaysWhichAddressHadTheCertificateThatWasRefused) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) { peer.read_request(); }};
    const auto elsewhere =
        partner.files().write("elsewhere.pem", Ca::root("Elsewhere Root").certificate_pem());
    const ProxyUnderTest proxy{
        "certificates: [{ name: ca, type: trust_store_cert, file: " + elsewhere.string() +
        " }]\nprofiles: [{ name: partner, hosts: [localhost], trust: [ca] }]\n"};

    proxy.exchange(absolute_get("localhost:" + std::to_string(server.port()), "/"));

    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_EQ(logged(line, "error"), "tls_certificate_error") << line;
    EXPECT_EQ(logged(line, "address"), server.authority()) << line;
}

TEST(AccessLog, SaysThatTheSecondRequestReusedItsConnection) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();
    const std::string request = absolute_get(nginx.authority(), "/whoami");

    client.exchange(request);
    client.exchange(request);

    const auto lines = proxy.access_lines(2);
    EXPECT_NE(lines[0].find(" reused=no"), std::string::npos) << lines[0];
    EXPECT_NE(lines[1].find(" reused=yes"), std::string::npos) << lines[1];
}

TEST(AccessLog, CannotBeForgedByARequest) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};

    proxy.exchange(absolute_get(nginx.authority(), "/a\"=%0Astatus=999"));
    proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    const std::vector<std::string> lines = proxy.access_lines(2);
    EXPECT_EQ(lines.size(), 2U);
    EXPECT_NE(lines[0].find(R"( path="/a\"=%0Astatus=999" address=)"), std::string::npos)
        << lines[0];
}

TEST(AccessLog, IsCompleteWhenTheProxyHasStopped) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();
    for (int i = 0; i < 30; ++i) client.exchange(absolute_get(nginx.authority(), "/whoami"));

    ASSERT_EQ(proxy.stop(), 0);

    const std::string log = proxy.access_log();
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 30);
}

/// All that stands in a pipe.
std::string read_all(int pipe) {
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t size = 0; (size = ::read(pipe, piece.data(), piece.size())) > 0;) {
        text.append(piece.data(), static_cast<std::size_t>(size));
    }
    return text;
}

TEST(AccessLog, CountsWhatNobodyReadToTheLine) {
    const TempDir directory;
    const std::string pipe = directory / "access";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const FileDescriptor reader{::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    ASSERT_GT(::fcntl(reader.get(), F_SETPIPE_SZ, 4096), 0);
    const std::string socket = directory / "apps.sock";
    ProxyUnderTest proxy{
        "listeners: [{ name: apps, address: \"unix:" + socket + "\" }]\nlog: { access: " + pipe +
        " }\n"};
    constexpr std::size_t kRequests = 20;
    const std::string request = absolute_get("nobody.example", "/" + std::string(3000, 'a'));

    // They come over a unix socket and are all refused: their lines differ in `total_us` alone.
    HttpClient client = HttpClient::unix_socket(socket);
    for (std::size_t i = 0; i < kRequests; ++i) EXPECT_EQ(client.exchange(request).status, 403);
    ASSERT_EQ(proxy.stop(), 0);

    const std::string written = read_all(reader.get());
    const std::string first = written.substr(0, written.find('\n') + 1);
    const std::size_t line = first.size() - logged(first, "total_us").size();
    const std::string log = proxy.log();
    const std::size_t told = log.rfind(" bytes of the access log were dropped since the start");
    ASSERT_NE(told, std::string::npos) << log;
    const std::size_t dropped = std::stoul(log.substr(log.rfind(' ', told - 1)));
    EXPECT_GT(dropped, line);
    EXPECT_GE(written.size() + dropped, kRequests * (line + 1)) << dropped;
    EXPECT_LE(written.size() + dropped, kRequests * (line + 8)) << dropped;
}

TEST(AccessLog, CanBeTurnedOff) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    ProxyUnderTest proxy{partner.configuration(nginx.port(), {}, "log: { access: \"off\" }")};

    proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    ASSERT_EQ(proxy.stop(), 0);
    EXPECT_EQ(proxy.access_log(), "");
}

}  // namespace
}  // namespace countersign::tests
