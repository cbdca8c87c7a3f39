#include "proxy/upstream/revocation/answer_table.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace countersign::proxy::upstream::revocation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Status = Answer::Status;

AnswerKey key_of(unsigned char number, std::uint32_t rules = 0) {
    AnswerKey key;
    key.certificate[0] = number;
    key.rules = rules;
    return key;
}

class AnswerTableTest : public testing::Test {
protected:
    Answer answer(Status status, Time::duration holds) const {
        Answer made;
        made.status = status;
        made.until = now_ + holds;
        made.refresh_at = terms_.refresh_at(now_, made.until);
        return made;
    }
    /// Asked, and answered.
    AnswerTable::Finished learn(const AnswerKey& key, Status status, Time::duration holds) {
        EXPECT_TRUE(look(key).is_to_be_asked);
        return table_.finish(key, answer(status, holds), now_);
    }
    AnswerTable::Looked look(const AnswerKey& key) { return table_.look(key, {}, now_); }

    Terms terms_;
    Time now_ = std::chrono::system_clock::now();
    AnswerTable table_{terms_};
};

TEST_F(AnswerTableTest, HasOneAskedForAll) {
    EXPECT_TRUE(look(key_of(1)).is_to_be_asked);
    EXPECT_FALSE(look(key_of(1)).is_to_be_asked) << "it is under way";
    EXPECT_TRUE(look(key_of(2)).is_to_be_asked);
    EXPECT_TRUE(look(key_of(1, 7)).is_to_be_asked) << "by other rules";
}

TEST_F(AnswerTableTest, WakesWhoWaited) {
    net::EventLoop loop;
    const auto inbox = std::make_shared<Inbox>(loop, [](const tls::RevocationKey&) {});
    table_.look(key_of(1), {inbox, std::make_shared<Wake>()}, now_);
    table_.look(key_of(1), {inbox, std::make_shared<Wake>()}, now_);
    look(key_of(1));

    EXPECT_EQ(table_.finish(key_of(1), answer(Status::good, hours{1}), now_).waiters.size(), 2U);
}

TEST_F(AnswerTableTest, KnowsAGoodAnswerUntilItsEnd) {
    learn(key_of(1), Status::good, hours{2});

    now_ += minutes{119};
    EXPECT_EQ(look(key_of(1)).answer->status, Status::good);
    now_ += minutes{1};
    EXPECT_EQ(look(key_of(1)).answer, nullptr);
}

TEST_F(AnswerTableTest, AsksAgainAfterAWhileWhereNobodySaidIt) {
    learn(key_of(1), Status::unknown, seconds{30});

    EXPECT_EQ(look(key_of(1)).answer->status, Status::unknown);
    EXPECT_TRUE(table_.take_due(now_ + hours{1}).empty()) << "not by itself";
    now_ += seconds{30};
    EXPECT_TRUE(look(key_of(1)).is_to_be_asked);
}

TEST_F(AnswerTableTest, RefreshesAtHalfOfWhatIsLeft) {
    learn(key_of(1), Status::good, hours{4});
    EXPECT_EQ(table_.next_due(), now_ + hours{2});
    EXPECT_TRUE(table_.take_due(now_ + minutes{119}).empty());

    now_ += hours{2};
    EXPECT_EQ(table_.take_due(now_).size(), 1U);
    EXPECT_TRUE(table_.take_due(now_).empty()) << "it is under way";
    EXPECT_EQ(look(key_of(1)).answer->status, Status::good) << "meanwhile it holds";
}

TEST_F(AnswerTableTest, RefreshesWithinHalfADay) {
    learn(key_of(1), Status::good, hours{24 * 7});

    EXPECT_EQ(table_.next_due(), now_ + hours{12});
}

TEST_F(AnswerTableTest, KeepsTheLastGoodAnswerWhileItHolds) {
    learn(key_of(1), Status::good, hours{4});
    now_ += hours{2};
    ASSERT_EQ(table_.take_due(now_).size(), 1U);

    table_.finish(key_of(1), answer(Status::unknown, seconds{30}), now_);

    EXPECT_EQ(look(key_of(1)).answer->status, Status::good);
    EXPECT_EQ(table_.next_due(), now_ + hours{1}) << "half of what is left then";
    now_ += hours{2};
    EXPECT_EQ(look(key_of(1)).answer, nullptr) << "and no longer";
}

TEST_F(AnswerTableTest, WhatIsRevokedStaysSoUntilSomebodySaysOtherwise) {
    EXPECT_TRUE(learn(key_of(1), Status::revoked, {}).is_news);

    now_ += hours{2};
    EXPECT_EQ(look(key_of(1)).answer->status, Status::revoked);
    ASSERT_EQ(table_.take_due(now_).size(), 1U);
    table_.finish(key_of(1), answer(Status::unknown, seconds{30}), now_);
    EXPECT_EQ(look(key_of(1)).answer->status, Status::revoked);

    now_ += hours{2};
    ASSERT_EQ(table_.take_due(now_).size(), 1U);
    EXPECT_FALSE(table_.finish(key_of(1), answer(Status::revoked, {}), now_).is_news);
    now_ += hours{2};
    ASSERT_EQ(table_.take_due(now_).size(), 1U);
    table_.finish(key_of(1), answer(Status::good, hours{1}), now_);
    EXPECT_EQ(look(key_of(1)).answer->status, Status::good);
}

TEST_F(AnswerTableTest, ForgetsWhatNobodyAsksFor) {
    learn(key_of(1), Status::good, hours{24 * 7});

    EXPECT_TRUE(table_.take_due(now_ + hours{25}).empty());
    EXPECT_EQ(table_.size(), 0U);
}

TEST_F(AnswerTableTest, MakesRoomByWhatWasAskedForLongestAgo) {
    terms_.most_answers = 2;
    learn(key_of(1), Status::good, hours{4});
    now_ += seconds{1};
    learn(key_of(2), Status::good, hours{4});
    now_ += seconds{1};
    look(key_of(1));
    now_ += seconds{1};

    learn(key_of(3), Status::good, hours{4});

    EXPECT_EQ(table_.size(), 2U);
    EXPECT_NE(look(key_of(1)).answer, nullptr);
    EXPECT_NE(look(key_of(3)).answer, nullptr);
}

}  // namespace
}  // namespace countersign::proxy::upstream::revocation
