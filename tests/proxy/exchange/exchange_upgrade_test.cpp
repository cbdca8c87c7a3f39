#include "tests/proxy/exchange/core_world.hpp"

namespace countersign::proxy::exchange {
namespace {

constexpr std::string_view kSwitched =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
constexpr std::string_view kTold =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

class ExchangeUpgrade : public ExchangeTest {
protected:
    ExchangeUpgrade() {
        world_.request.upgrade = "websocket";
        world_.begin_get();
    }
    std::string rest() {
        net::Buffer rest = std::move(core()).take_rest();
        return rest ? std::string{rest.view()} : std::string{};
    }
};

TEST_F(ExchangeUpgrade, TellsTheClientAndLeavesWhatFollows) {
    world_.from_server(std::string{kSwitched} + "first frame");

    EXPECT_EQ(world_.ending(), Ending::switched);
    EXPECT_EQ(world_.verdict(), Verdict::tunnel);
    EXPECT_EQ(without_via(world_.at_client), kTold);
    EXPECT_EQ(core().progress().status, 101);
    EXPECT_EQ(core().progress().bytes_out, world_.at_client.size());
    EXPECT_EQ(rest(), "first frame");
}

TEST_F(ExchangeUpgrade, FollowsAnInterimResponse) {
    world_.from_server("HTTP/1.1 103 Early Hints\r\n\r\n" + std::string{kSwitched});

    EXPECT_EQ(world_.ending(), Ending::switched);
    EXPECT_EQ(
        without_via(world_.at_client), "HTTP/1.1 103 Early Hints\r\n\r\n" + std::string{kTold}
    );
    EXPECT_EQ(rest(), "");
}

TEST_F(ExchangeUpgrade, IsDeclinedByAnyOtherResponse) {
    world_.from_server(kAnswer);

    expect_answered(kAnswer);
}

TEST_F(ExchangeUpgrade, IsToNothingElseThanWasAskedFor) {
    for (const std::string_view fields : {"Upgrade: irc\r\n", ""}) {
        CoreWorld world;
        world.request.upgrade = "websocket";
        world.begin_get();

        world.from_server("HTTP/1.1 101 X\r\n" + std::string{fields} + "\r\nframe");

        EXPECT_EQ(world.ending(), Ending::protocol_switched) << fields;
        EXPECT_EQ(world.verdict(), Verdict::answer) << fields;
        EXPECT_EQ(world.at_client, "") << fields;
    }
}

/// The head of a 101 goes to a client that takes it byte by byte, and is gone in between.
TEST_F(ExchangeUpgrade, WhoseClientGoesIsCut) {
    std::string_view bytes = kSwitched;
    while (world_.server_takes()) {
    }
    ASSERT_TRUE(world_.server_says(bytes));
    ASSERT_TRUE(world_.client_takes(1));

    core().lose_client();

    EXPECT_EQ(world_.verdict(), Verdict::cut);
}

}  // namespace
}  // namespace countersign::proxy::exchange
