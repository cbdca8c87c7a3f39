#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

TEST(Listener, OnAUnixSocketServes) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const auto path = partner.files() / "apps.sock";
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port()) +
        "listeners: [{ name: local, address: \"unix:" + path.string() + "\" }]\n"};

    const Response response =
        HttpClient::unix_socket(path).exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "subject"), "CN=alice");
}

TEST(Listener, OnAUnixSocketTakesThePlaceOfOneThatWasLeftBehind) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const auto path = partner.files() / "apps.sock";
    const std::string yaml = partner.configuration(nginx.port()) +
                             "listeners: [{ name: local, address: \"unix:" + path.string() +
                             "\" }]\n";
    {
        ProxyUnderTest killed{yaml};
        killed.process().send_signal(SIGKILL);
    }
    ASSERT_TRUE(std::filesystem::exists(path)) << "the killed proxy could not tidy up";

    const ProxyUnderTest proxy{yaml};

    EXPECT_EQ(
        HttpClient::unix_socket(path).exchange(absolute_get(nginx.authority(), "/whoami")).status,
        200
    );
}

TEST(Listener, OnAUnixSocketLeavesNoFileWhenTheProxyStops) {
    const Partner partner;
    const auto path = partner.files() / "apps.sock";
    ProxyUnderTest proxy{
        partner.configuration(443) + "listeners: [{ name: local, address: \"unix:" + path.string() +
        "\" }]\n"};

    EXPECT_EQ(proxy.stop(), 0);

    EXPECT_FALSE(std::filesystem::exists(path));
}

struct stat file_of(const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0);
    return status;
}

TEST(Listener, OnAUnixSocketHasTheModeAndTheGroupThatItIsGiven) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const auto path = partner.files() / "apps.sock";
    const gid_t group = ::geteuid() == 0 ? 54321 : ::getegid();
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port()) + "listeners: [{ name: local, address: \"unix:" +
        path.string() + "\", mode: \"0620\", group: " + std::to_string(group) + " }]\n"};

    const Response response =
        HttpClient::unix_socket(path).exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(file_of(path).st_mode & 07777U, 0620U);
    EXPECT_EQ(file_of(path).st_gid, group);
}

TEST(Listener, OnAUnixSocketOfAGroupThatIsNotThereIsWhyNothingStarts) {
    const Partner partner;
    const std::string yaml =
        partner.configuration(443) +
        "listeners: [{ name: local, address: \"unix:" + (partner.files() / "apps.sock").string() +
        "\", mode: 660, group: no-such-group }]\n";

    const RefusedStart start = start_expecting_refusal(yaml);

    EXPECT_EQ(start.status, 1);
    EXPECT_NE(start.message.find("this machine has no group 'no-such-group'"), std::string::npos);
    EXPECT_NE(start.message.find("in quotes; without them it may be read"), std::string::npos)
        << start.message;
}

TEST(Listeners, AreManyAndServeTheSameProfiles) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port()) +
        "listeners:\n"
        "  - { name: one, address: 127.0.0.1:0 }\n"
        "  - { name: two, address: 127.0.0.1:0 }\n"};
    const std::string request = absolute_get(nginx.authority(), "/whoami");

    const Response one = HttpClient::tcp(proxy.port("one")).exchange(request);
    const Response two = HttpClient::tcp(proxy.port("two")).exchange(request);

    EXPECT_EQ(one.status, 200);
    EXPECT_EQ(two.status, 200);
}

TEST(Listener, OnIpv6ServesWhereTheMachineHasItAndElseIsWhyNothingStarts) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const std::string yaml =
        partner.configuration(nginx.port()) + "listeners: [{ name: six, address: \"[::1]:0\" }]\n";

    if (has_ipv6()) {
        const ProxyUnderTest proxy{yaml};
        const Response response = HttpClient::tcp(proxy.port("six"), "::1")
                                      .exchange(absolute_get(nginx.authority(), "/whoami"));
        EXPECT_EQ(response.status, 200) << response.body;
    } else {
        const RefusedStart start = start_expecting_refusal(yaml);
        EXPECT_EQ(start.status, 1);
        EXPECT_NE(start.message.find("[::1]:0"), std::string::npos) << start.message;
    }
}

TEST(Listener, RefusesAClientThatAllowDoesNotName) {
    const Partner partner;
    Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port()) +
        "listeners: [{ name: apps, address: 127.0.0.1:0, allow: [192.0.2.0/24] }]\n"};

    const Response response = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(proxy_error(response), "http_request_denied");
    EXPECT_TRUE(nginx.end_and_read_log().empty());
}

}  // namespace
}  // namespace countersign::tests
