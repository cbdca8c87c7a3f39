#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

struct FormRow {
    std::string name;
    std::string target;  ///< before "/whoami"; AUTHORITY is replaced
    friend void PrintTo(const FormRow& row, std::ostream* out) { *out << row.name; }
};

class RequestForm : public testing::TestWithParam<FormRow> {};

TEST_P(RequestForm, ReachesTheServerAsOriginForm) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    std::string target = GetParam().target + "/whoami?a=b";
    if (const auto at = target.find("AUTHORITY"); at != std::string::npos) {
        target.replace(at, 9, nginx.authority());
    }

    const Response response = proxy.exchange(get(target, nginx.authority()));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "uri"), "/whoami?a=b");
    EXPECT_EQ(value_of(response.body, "host"), nginx.authority());
    EXPECT_TRUE(value_of(response.body, "via").starts_with("1.1 countersign-"));
    EXPECT_EQ(value_of(response.body, "subject"), "CN=alice");
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, RequestForm,
    testing::Values(
        FormRow{"Http", "http://AUTHORITY"}, FormRow{"Https", "https://AUTHORITY"},
        FormRow{"Profile", "partner://AUTHORITY"}, FormRow{"UpperCase", "HTTP://AUTHORITY"},
        FormRow{"Origin", ""}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(RequestForm, AbsoluteWinsOverHost) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};

    const Response response =
        proxy.exchange(get("http://" + nginx.authority() + "/whoami", "elsewhere.example"));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "host"), nginx.authority());
}

TEST(RequestForm, FromCurlThroughTheEnvironmentWorks) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    const std::string proxy_url = "http://127.0.0.1:" + std::to_string(proxy.port());

    const std::string body =
        run({"curl", "-sS", "--fail-with-body", "http://" + nginx.authority() + "/whoami"},
            {.environment = {{"http_proxy", proxy_url}, {"no_proxy", ""}}});

    EXPECT_EQ(value_of(body, "subject"), "CN=alice");
}

TEST(Http10, GetsItsAnswerAndTheConnectionIsClosed) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();

    const Response response =
        client.exchange("GET http://" + nginx.authority() + "/whoami HTTP/1.0\r\n\r\n");

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_TRUE(response.complete);
    EXPECT_EQ(value_of(response.body, "subject"), "CN=alice");
    EXPECT_TRUE(value_of(response.body, "via").starts_with("1.0 countersign-"));
    EXPECT_TRUE(client.closed_within(kPatience));
}

TEST(Http10, IsKeptAliveWhereItAsksForThat) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();
    const std::string request = "GET http://" + nginx.authority() +
                                "/whoami HTTP/1.0\r\nProxy-Connection: Keep-Alive\r\n\r\n";

    const Response first = client.exchange(request);
    const Response second = client.exchange(request);

    EXPECT_EQ(first.field("Connection"), "keep-alive");
    EXPECT_EQ(second.status, 200);
    EXPECT_EQ(value_of(second.body, "connection"), value_of(first.body, "connection"));
}

TEST(Http10, GetsAChunkedBodyWithoutItsChunks) {
    const Partner partner;
    const ScriptedServer server{
        partner.server(), [](Peer& peer) {
            peer.read_request();
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            peer.write("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
        }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const Response response =
        proxy.exchange("GET http://" + server.authority() + "/ HTTP/1.0\r\n\r\n");

    EXPECT_EQ(response.field("Transfer-Encoding"), std::nullopt);
    EXPECT_EQ(response.body, "hello world");
    EXPECT_TRUE(response.complete);
}

TEST(Response, ToHeadHasTheFieldsAndNoBody) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();
    const std::string head = "HEAD http://" + nginx.authority() +
                             "/big HTTP/1.1\r\nHost: " + nginx.authority() + "\r\n\r\n";

    const Response response = client.exchange(head, true);
    const Response next = client.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(response.field("Content-Length"), "1048576");
    EXPECT_EQ(next.status, 200) << "a body came where none may";
}

TEST(Response, With204Or304HasNoBody) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();

    for (const int status : {204, 304}) {
        const Response response =
            client.exchange(absolute_get(nginx.authority(), "/status/" + std::to_string(status)));

        EXPECT_EQ(response.status, status);
    }
    EXPECT_EQ(client.exchange(absolute_get(nginx.authority(), "/whoami")).status, 200);
}

TEST(Response, KeepsTheCaseAndOrderOfItsFields) {
    const Partner partner;
    const ScriptedServer server{
        partner.server(), [](Peer& peer) {
            peer.read_request();
            peer.write(
                "HTTP/1.1 200 Very Fine\r\nx-ODD: 1\r\nContent-Length: 0\r\nB: 2\r\nA: 3\r\n\r\n"
            );
        }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_TRUE(response.head.starts_with(
        "HTTP/1.1 200 Very Fine\r\nx-ODD: 1\r\nContent-Length: 0\r\nB: 2\r\nA: 3\r\n"
    )) << response.head;
}

TEST(Request, KeepsTheCaseAndOrderOfItsFieldsAndLosesTheHopByHopOnes) {
    const Partner partner;
    const ScriptedServer server{
        partner.server(), [](Peer& peer) { peer.write(ok(peer.read_request())); }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const Response response = proxy.exchange(
        "GET http://" + server.authority() +
        "/p HTTP/1.1\r\nx-ODD: 1\r\nHost: " + server.authority() +
        "\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==\r\n" +
        "Connection: X-Mine\r\nX-Mine: gone\r\nB: 2\r\nA: 3\r\n\r\n"
    );

    const std::string kept = "GET /p HTTP/1.1\r\nx-ODD: 1\r\nHost: " + server.authority() +
                             "\r\nB: 2\r\nA: 3\r\nVia: 1.1 countersign-";
    ASSERT_TRUE(response.body.starts_with(kept)) << response.body;
    EXPECT_LE(response.body.size(), kept.size() + std::string_view{"01234567\r\n\r\n"}.size());
    EXPECT_EQ(response.body.find(':', kept.size()), std::string::npos) << response.body;
}

TEST(Pipelining, AnswersInOrder) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();

    client.send(
        absolute_get(nginx.authority(), "/whoami?1") +
        absolute_get(nginx.authority(), "/whoami?2") +
        absolute_post(nginx.authority(), "/echo", "third")
    );

    EXPECT_EQ(value_of(client.read_response().body, "uri"), "/whoami?1");
    EXPECT_EQ(value_of(client.read_response().body, "uri"), "/whoami?2");
    EXPECT_EQ(client.read_response().body, "third");
}

}  // namespace
}  // namespace countersign::tests
