#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/proxy/exchange/slow_client.hpp"

namespace countersign::proxy::exchange {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Without its end, the last chunk.
std::string chunks_of(std::size_t count) {
    std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t i = 0; i < count; ++i) {
        text += "400\r\n" + std::string(1024, static_cast<char>('a' + i % 23)) + "\r\n";
    }
    return text;
}

TEST_F(SlowClient, HasItsResponseReadAheadAfterAWhile) {
    const std::string response = response_of(30'000);
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);
    ASSERT_FALSE(left.empty());
    EXPECT_FALSE(core().reads_server());

    world_.pass(milliseconds{199});
    EXPECT_FALSE(core().reads_server());
    world_.pass(milliseconds{1});
    EXPECT_TRUE(core().reads_server());
    say_all_there_is_room_for(left);

    EXPECT_TRUE(left.empty());
    EXPECT_TRUE(core().lets_go_of_server());
    EXPECT_TRUE(core().server_keeps());
    EXPECT_FALSE(core().over());
    take_all();
    expect_answered(response);
    EXPECT_EQ(world_.budget.taken(), 0U);
}

TEST_F(SlowClient, IsNotWaitedForWhereAllIsHereAlready) {
    world_.begin_get();
    std::string_view left = kAnswer;

    stall_behind(left);

    EXPECT_TRUE(core().lets_go_of_server());
    EXPECT_TRUE(core().server_keeps());
    take_all();
    expect_answered(kAnswer);
}

TEST_F(SlowClient, KeepsTheServerWhileItTakesSomething) {
    const std::string response = response_of(3'000);
    std::string_view left = response;
    world_.begin_get();
    world_.settle();
    world_.server_says(left);

    ASSERT_TRUE(world_.client_takes(100));

    EXPECT_FALSE(core().lets_go_of_server());
}

TEST_F(SlowClient, KeepsTheServerThatHasNotTakenTheRequest) {
    world_.begin_post(length(100));
    std::string_view left = kAnswer;

    stall_behind(left);

    EXPECT_FALSE(core().lets_go_of_server());
    take_all();
    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_FALSE(core().server_keeps());
}

TEST_F(SlowClient, IsSentWhatItTakesWhileTheRestIsReadAhead) {
    const std::string response = response_of(40'000);
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);
    world_.pass(seconds{1});

    while (!core().over()) {
        const bool said = world_.server_says(left);
        const bool took = world_.client_takes(700);
        ASSERT_TRUE(said || took);
    }

    expect_answered(response);
    EXPECT_EQ(world_.budget.taken(), 0U);
}

TEST_F(SlowClient, OfMoreThanOneMayHaveGetsNothingAhead) {
    const std::string response = response_of(kOne + 5'000);
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);

    world_.pass(seconds{1});

    EXPECT_FALSE(core().reads_server());
    EXPECT_EQ(world_.budget.taken(), 0U);
}

TEST_F(SlowClient, OfUnknownLengthGetsAheadWhatOneMayHave) {
    const std::string response = chunks_of(100) + "0\r\n\r\n";
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);
    world_.pass(seconds{1});

    say_all_there_is_room_for(left);

    EXPECT_FALSE(left.empty());
    EXPECT_FALSE(core().reads_server());
    EXPECT_EQ(world_.budget.taken(), kOne);
    take_all();
    EXPECT_EQ(world_.budget.taken(), 0U);
    world_.from_server(left);
    expect_answered(response);
}

TEST_F(SlowClient, GetsNothingAheadWhereOthersHaveAll) {
    net::MemoryBudget::Share others{world_.budget};
    ASSERT_TRUE(others.grow(kAll, kAll));
    const std::string response = response_of(30'000);
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);

    world_.pass(seconds{1});

    EXPECT_FALSE(core().reads_server());
    take_all();
    world_.from_server(left);
    expect_answered(response);
}

TEST_F(SlowClient, GetsNothingAheadWhereNothingMayBeHeld) {
    world_.most_held = 0;
    const std::string response = response_of(30'000);
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);

    world_.pass(seconds{1});

    EXPECT_FALSE(core().reads_server());
}

TEST_F(SlowClient, OfHttp10HasItsChunksUndoneAhead) {
    world_.request.minor_version = 0;
    world_.request.client_keeps = false;
    const std::string response = chunks_of(30) + "0\r\n\r\n";
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);
    world_.pass(seconds{1});

    say_all_there_is_room_for(left);

    EXPECT_TRUE(left.empty());
    EXPECT_TRUE(core().lets_go_of_server());
    take_all();
    EXPECT_EQ(world_.ending(), Ending::complete);
    const std::size_t body = world_.at_client.find("\r\n\r\n") + 4;
    EXPECT_EQ(world_.at_client.size() - body, 30U * 1024);
    EXPECT_EQ(world_.budget.taken(), 0U);
}

TEST_F(SlowClient, OfHttp10HasABoundToo) {
    world_.request.minor_version = 0;
    world_.request.client_keeps = false;
    const std::string response = chunks_of(200) + "0\r\n\r\n";
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);
    world_.pass(seconds{1});

    say_all_there_is_room_for(left);

    EXPECT_FALSE(left.empty());
    EXPECT_LE(core().to_client().size(), kOne + CoreWorld::kPayload);
    EXPECT_LE(world_.budget.taken(), kOne);
    take_all();
    world_.from_server(left);
    EXPECT_EQ(world_.ending(), Ending::complete);
}

TEST_F(SlowClient, GetsAllOfABodyThatLastsUntilTheConnectionEnds) {
    const std::string response = "HTTP/1.1 200 OK\r\n\r\n" + std::string(20'000, 'x');
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);
    world_.pass(seconds{1});
    say_all_there_is_room_for(left);
    ASSERT_TRUE(left.empty());

    core().read_from_server({net::IoStatus::closed, 0}, world_.now);

    EXPECT_TRUE(core().lets_go_of_server());
    EXPECT_FALSE(core().server_keeps());
    take_all();
    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_TRUE(world_.at_client.ends_with("\r\n0\r\n\r\n"));
}

TEST_F(SlowClient, OfAServerThatEndsEarlyIsCut) {
    const std::string response = response_of(30'000);
    std::string_view left = std::string_view{response}.substr(0, 20'000);
    world_.begin_get();
    stall_behind(left);
    world_.pass(seconds{1});
    say_all_there_is_room_for(left);

    core().read_from_server({net::IoStatus::truncated, 0}, world_.now);

    EXPECT_FALSE(core().lets_go_of_server());
    EXPECT_FALSE(core().reads_server());
    take_all();
    EXPECT_EQ(world_.ending(), Ending::server_closed);
    EXPECT_EQ(world_.verdict(), Verdict::cut);
    EXPECT_EQ(without_via(world_.at_client), response.substr(0, 20'000));
}

TEST_F(SlowClient, OfAServerThatFallsSilentIsCut) {
    world_.timeouts.response_idle = seconds{10};
    const std::string response = response_of(30'000);
    std::string_view left = std::string_view{response}.substr(0, 20'000);
    world_.begin_get();
    stall_behind(left);
    world_.pass(seconds{1});
    say_all_there_is_room_for(left);

    world_.pass(seconds{10});

    EXPECT_FALSE(core().over());
    EXPECT_FALSE(core().reads_server());
    take_all();
    EXPECT_EQ(world_.ending(), Ending::response_stalled);
    EXPECT_EQ(world_.verdict(), Verdict::cut);
}

TEST_F(SlowClient, OfAMalformedBodyIsCut) {
    std::string response = chunks_of(10);
    response += "zz\r\n";
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);
    world_.pass(seconds{1});

    say_all_there_is_room_for(left);
    take_all();

    EXPECT_EQ(world_.ending(), Ending::response_body_malformed);
    EXPECT_EQ(world_.verdict(), Verdict::cut);
}

TEST_F(SlowClient, ThatTakesNothingAtAllEndsAfterRequestIdle) {
    world_.timeouts.request_idle = seconds{20};
    const std::string response = response_of(30'000);
    std::string_view left = response;
    world_.begin_get();
    stall_behind(left);
    world_.pass(seconds{1});
    say_all_there_is_room_for(left);
    ASSERT_TRUE(core().lets_go_of_server());

    world_.pass(seconds{19});

    EXPECT_EQ(world_.ending(), Ending::response_not_taken);
    EXPECT_EQ(world_.verdict(), Verdict::cut);
}

TEST_F(SlowClient, ThatSendsMoreSaysNothingOfAnUncleanEnd) {
    const std::string response = response_of(10) + "surplus";
    std::string_view left = response;
    world_.begin_get();

    stall_behind(left);

    EXPECT_TRUE(core().lets_go_of_server());
    EXPECT_FALSE(core().server_keeps());
}

}  // namespace
}  // namespace countersign::proxy::exchange
