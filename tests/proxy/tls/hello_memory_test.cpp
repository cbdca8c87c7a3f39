#include "proxy/tls/hello_memory.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::tls {
namespace {

using std::chrono::seconds;

class HelloMemoryTest : public testing::Test {
protected:
    HelloMemory memory_;
    const HelloMemory::Time now_ = std::chrono::steady_clock::now();
};

TEST_F(HelloMemoryTest, LetsAFirstMessageBeLargeWhereNothingIsKnown) {
    EXPECT_TRUE(memory_.may_be_large(now_));
    EXPECT_FALSE(memory_.was_taken());
}

TEST_F(HelloMemoryTest, KeepsItSmallForTenMinutesWhereALargeOneWasNotTaken) {
    memory_.note_not_taken(now_);

    EXPECT_FALSE(memory_.may_be_large(now_));
    EXPECT_FALSE(memory_.may_be_large(now_ + seconds{599}));
    EXPECT_TRUE(memory_.may_be_large(now_ + seconds{600}));
}

TEST_F(HelloMemoryTest, HasItToldOnceUntilOneIsTaken) {
    EXPECT_TRUE(memory_.note_not_taken(now_));
    EXPECT_FALSE(memory_.note_not_taken(now_ + seconds{600}));

    memory_.note_taken();

    EXPECT_TRUE(memory_.was_taken());
    EXPECT_TRUE(memory_.note_not_taken(now_ + seconds{1200}));
    EXPECT_FALSE(memory_.was_taken());
}

TEST_F(HelloMemoryTest, TrustsNoServerAnyMoreThatHasFallenSilent) {
    memory_.note_taken();

    memory_.note_silence();

    EXPECT_FALSE(memory_.was_taken());
    EXPECT_TRUE(memory_.may_be_large(now_)) << "it may have been silent for another reason";
}

}  // namespace
}  // namespace countersign::proxy::tls
