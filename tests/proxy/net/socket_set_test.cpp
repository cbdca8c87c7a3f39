#include "proxy/net/socket_set.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <deque>
#include <functional>
#include <system_error>

#include "tests/proxy/net/socket_pair.hpp"

namespace countersign::proxy::net {
namespace {

class Told final : public EventSource {
public:
    std::function<void()> then = [] {};
    int times = 0;
    SocketEvents events{0};

private:
    void on_events(SocketEvents what) override {
        ++times;
        events = what;
        then();
    }
};

class SocketSetTest : public testing::Test {
protected:
    bool readable() const {
        pollfd set{.fd = set_.fd(), .events = POLLIN, .revents = 0};
        return ::poll(&set, 1, 0) == 1;
    }
    void look_and_tell() {
        set_.look();
        set_.tell();
    }

    SocketSet set_;
};

TEST_F(SocketSetTest, TellsAListenerInEachRoundUnlessItIsNotToBeTold) {
    SocketPair pair;
    Told source;
    pair.say("x");
    set_.add_listener(pair.ours.get(), source);

    look_and_tell();
    look_and_tell();
    EXPECT_TRUE(source.events.readable());
    EXPECT_FALSE(source.events.writable());
    EXPECT_EQ(source.times, 2) << "nobody has read it";
    set_.listen(pair.ours.get(), source, false);
    EXPECT_FALSE(readable());
    look_and_tell();
    EXPECT_EQ(source.times, 2);
    set_.listen(pair.ours.get(), source, true);
    look_and_tell();
    EXPECT_EQ(source.times, 3);
}

TEST_F(SocketSetTest, AListenerThatOthersHoldLeavesItNevertheless) {
    SocketPair pair;
    Told source;
    const UniqueFd of_others{::dup(pair.ours.get())};
    set_.add_listener(pair.ours.get(), source);
    pair.say("x");

    set_.remove_listener(pair.ours.get(), source);
    pair.ours.reset();

    EXPECT_FALSE(readable());
}

TEST_F(SocketSetTest, IsReadableWhileThereIsSomethingToTell) {
    SocketPair pair;
    Told source;
    EXPECT_FALSE(readable());

    set_.add(pair.ours.get(), source);
    EXPECT_TRUE(readable());
    look_and_tell();

    EXPECT_TRUE(source.events.writable());
    EXPECT_FALSE(source.events.readable());
    EXPECT_FALSE(readable());
    pair.say("x");
    EXPECT_TRUE(readable());
    look_and_tell();
    EXPECT_TRUE(source.events.readable());
    EXPECT_TRUE(source.events.writable());
    pair.ours.reset();
}

TEST_F(SocketSetTest, WhatIsMoreThanOneRoundComesWithTheNext) {
    constexpr std::size_t kMany = 300;
    std::deque<SocketPair> pairs(kMany);
    std::deque<Told> sources(kMany);
    for (std::size_t i = 0; i < kMany; ++i) set_.add(pairs[i].ours.get(), sources[i]);
    const auto told = [&] {
        std::size_t count = 0;
        for (const Told& source : sources) count += static_cast<std::size_t>(source.times);
        return count;
    };

    look_and_tell();
    EXPECT_LT(told(), kMany);
    EXPECT_FALSE(set_.has_told(sources.front())) << "more may have come";
    EXPECT_TRUE(readable());
    look_and_tell();

    EXPECT_EQ(told(), kMany);
    EXPECT_FALSE(readable());
    for (SocketPair& pair : pairs) pair.ours.reset();
}

TEST_F(SocketSetTest, WhatLeavesInARoundIsToldNothingMore) {
    SocketPair first;
    SocketPair second;
    Told sources[2];
    for (int i = 0; i < 2; ++i) {
        sources[i].then = [this, &other = sources[1 - i]] { set_.remove(other); };
    }
    set_.add(first.ours.get(), sources[0]);
    set_.add(second.ours.get(), sources[1]);

    look_and_tell();

    EXPECT_EQ(sources[0].times + sources[1].times, 1);
    first.ours.reset();
    second.ours.reset();
}

TEST_F(SocketSetTest, KnowsWhomItHasToldAll) {
    SocketPair first;
    SocketPair second;
    Told sources[2];
    int others_told = 0;
    for (int i = 0; i < 2; ++i) {
        sources[i].then = [this, &others_told, &other = sources[1 - i]] {
            others_told += set_.has_told(other) ? 1 : 0;
        };
    }
    set_.add(first.ours.get(), sources[0]);
    set_.add(second.ours.get(), sources[1]);

    look_and_tell();

    EXPECT_EQ(others_told, 1) << "while the first is told, the second is not told yet";
    EXPECT_TRUE(set_.has_told(sources[0]) && set_.has_told(sources[1]));
    first.ours.reset();
    second.ours.reset();
}

TEST_F(SocketSetTest, WhatCannotBeWatchedIsAnError) {
    Told source;

    EXPECT_THROW(set_.add(-1, source), std::system_error);
}

}  // namespace
}  // namespace countersign::proxy::net
