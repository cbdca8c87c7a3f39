#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

TEST(ConnectionLimit, AnswersTheClientsAboveItWith503) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), {}, "limits: { client_connections: 2 }\nworkers: 1")};
    const std::string request = absolute_get(nginx.authority(), "/whoami");
    HttpClient first = proxy.connect();
    HttpClient second = proxy.connect();
    ASSERT_EQ(first.exchange(request).status, 200);
    ASSERT_EQ(second.exchange(request).status, 200);

    const Response third = proxy.exchange(request);

    EXPECT_EQ(third.status, 503);
    EXPECT_EQ(proxy_error(third), "connection_limit_reached");
    EXPECT_EQ(first.exchange(request).status, 200);
}

TEST(ConnectionLimit, HasRoomAgainWhenAClientLeaves) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), {}, "limits: { client_connections: 1 }\nworkers: 1")};
    const std::string request = absolute_get(nginx.authority(), "/whoami");
    {
        HttpClient first = proxy.connect();
        ASSERT_EQ(first.exchange(request).status, 200);
    }

    wait_until("the place of the client that left", [&] {
        return proxy.exchange(request).status == 200;
    });
}

TEST(ClientTime, EndsAHeadThatDoesNotComeAndAClientThatRests) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(
        nginx.port(), {}, "limits: { client_idle: 300ms, client_head: 200ms }"
    )};
    HttpClient slow = proxy.connect();
    HttpClient resting = proxy.connect();
    ASSERT_EQ(resting.exchange(absolute_get(nginx.authority(), "/whoami")).status, 200);

    slow.send("GET http://");
    const Response late = slow.read_response();

    EXPECT_EQ(late.status, 408);
    EXPECT_NE(
        late.body.find("The request's head was not complete within limits.client_head (200ms)."),
        std::string::npos
    ) << late.body;
    EXPECT_TRUE(resting.closed_within(kPatience));
}

/// Clients that stay, until one is turned away; what that one got.
Response fill_with_clients(
    const ProxyUnderTest& proxy, const std::string& request, std::vector<HttpClient>& clients
) {
    for (int i = 0; i < 64; ++i) {
        HttpClient client = proxy.connect();
        Response response = client.exchange(request);
        if (response.status != 200) return response;
        clients.push_back(std::move(client));
    }
    return {};
}

TEST(FileDescriptors, ThatAreUsedUpAreA503ForNewClientsAndNothingForOthers) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), {}, "workers: 1"), {.before = "ulimit -n 64"}};
    const std::string request = absolute_get(nginx.authority(), "/whoami");
    std::vector<HttpClient> clients;

    const Response refused = fill_with_clients(proxy, request, clients);

    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(proxy_error(refused), "connection_limit_reached");
    EXPECT_NE(refused.body.find("file descriptor"), std::string::npos) << refused.body;
    ASSERT_GT(clients.size(), 10U);
    for (HttpClient& client : clients) EXPECT_EQ(client.exchange(request).status, 200);
    wait_until("the warning in the log", [&] {
        return proxy.log().find("listener 'apps': new clients") != std::string::npos;
    });
    EXPECT_NE(proxy.log().find("this process may have 64"), std::string::npos) << proxy.log();
    clients.clear();
    wait_until("room again", [&] { return proxy.exchange(request).status == 200; });
}

TEST(HeaderLimit, Is431ForTooManyBytes) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), {}, "limits: { header_bytes: 8KiB }")};

    const Response response = proxy.exchange(
        absolute_get(nginx.authority(), "/whoami", "X-Large: " + std::string(9000, 'x') + "\r\n")
    );

    EXPECT_EQ(response.status, 431);
    EXPECT_EQ(proxy_error(response), "http_request_error");
}

TEST(HeaderLimit, Is431ForTooManyFields) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), {}, "limits: { header_count: 20 }")};
    std::string fields;
    for (int i = 0; i < 30; ++i) fields += "X-" + std::to_string(i) + ": 1\r\n";

    const Response response = proxy.exchange(absolute_get(nginx.authority(), "/whoami", fields));

    EXPECT_EQ(response.status, 431);
    EXPECT_EQ(proxy_error(response), "http_request_error");
}

TEST(HeaderLimit, LetsThroughWhatIsBelowIt) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};

    const Response response = proxy.exchange(
        absolute_get(nginx.authority(), "/whoami", "X-Large: " + std::string(30'000, 'x') + "\r\n")
    );

    EXPECT_EQ(response.status, 200);
}

TEST(BodyLimit, Is413ForALengthAboveIt) {
    const Partner partner;
    Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), {}, "limits: { body_bytes: 1KiB }")};

    const Response response =
        proxy.exchange(absolute_post(nginx.authority(), "/upload", std::string(2000, 'x')));

    EXPECT_EQ(response.status, 413);
    EXPECT_EQ(proxy_error(response), "http_request_error");
    EXPECT_TRUE(nginx.end_and_read_log().empty());
}

TEST(BodyLimit, CountsNotWhatFramesAChunkedBody) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), {}, "limits: { body_bytes: 1000 }")};
    for (const std::size_t size : {1000U, 1001U}) {
        std::string body;
        for (std::size_t i = 0; i < size; ++i) body += "1\r\nx\r\n";
        HttpClient client = proxy.connect();

        const Response response = client.exchange(
            "POST http://" + nginx.authority() + "/upload HTTP/1.1\r\nHost: " + nginx.authority() +
            "\r\nTransfer-Encoding: chunked\r\n\r\n" + body + "0\r\n\r\n"
        );

        EXPECT_EQ(response.status, size > 1000 ? 413 : 200) << size;
    }
}

TEST(BodyLimit, Is413ForAChunkedBodyThatGrowsAboveIt) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), {}, "limits: { body_bytes: 1KiB }")};
    HttpClient client = proxy.connect();

    const Response response = client.exchange(
        "POST http://" + nginx.authority() + "/upload HTTP/1.1\r\nHost: " + nginx.authority() +
        "\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x') + "\r\n0\r\n\r\n"
    );

    EXPECT_EQ(response.status, 413);
    EXPECT_EQ(proxy_error(response), "http_request_error");
}

}  // namespace
}  // namespace countersign::tests
