#include <gtest/gtest.h>

#include <string>

#include "tests/scenarios/who_asks.hpp"

namespace countersign::tests {
namespace {

/// Where nothing tells of changes, somebody looks every 30 seconds.
TEST(RotationWithoutInotify, IsFoundByLooking) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    ProxyUnderTest proxy{
        "workers: 1\n" + partner.configuration(server.port()),
        {.environment = {{"LD_PRELOAD", COUNTERSIGN_NO_INOTIFY}}}};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server), "CN=alice on connection 1");
    EXPECT_TRUE(has(
        proxy.log(),
        " warning a change of key stores is found within 30 seconds, and not at once: inotify: "
    )) << proxy.log();

    partner.write_identity("alice", partner.issue_client("alice renewed"));

    wait_until("the new identity is found", [&] {
        return ask(client, server) == "CN=alice renewed on connection 2";
    });
    EXPECT_TRUE(has(proxy.log(), " info reloaded the key material of ")) << proxy.log();
}

}  // namespace
}  // namespace countersign::tests
