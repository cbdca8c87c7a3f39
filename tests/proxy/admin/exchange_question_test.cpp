#include "proxy/admin/exchange_question.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::admin {
namespace {

TEST(ExchangeQuestion, IsForTheNewestHundredWhereNothingIsSaid) {
    const auto question = exchange_question("");
    ASSERT_TRUE(question);
    EXPECT_EQ(question->limit, 100U);
    EXPECT_EQ(question->profile, "");
    EXPECT_FALSE(question->failed);
}

TEST(ExchangeQuestion, ReadsEachPart) {
    const auto question = exchange_question(
        "profile=partner%2dv2&status=5xx&failed=true&after=17&before=99&limit=1000"
    );
    ASSERT_TRUE(question);
    EXPECT_EQ(question->profile, "partner-v2");
    EXPECT_EQ(question->status, "5xx");
    EXPECT_TRUE(question->failed);
    EXPECT_EQ(question->after, 17U);
    EXPECT_EQ(question->before, 99U);
    EXPECT_EQ(question->limit, 1000U);
}

struct Row {
    const char* query;
    const char* sentence;
};

TEST(ExchangeQuestion, SaysWhatIsWrongWithIt) {
    for (const Row& row : {
             Row{"status=6xx", "status is one, as 502, or 5xx, or none."},
             Row{"status=50", "status is one, as 502, or 5xx, or none."},
             Row{"status=5x2", "status is one, as 502, or 5xx, or none."},
             Row{"failed=yes", "failed is true or false."},
             Row{"after=-1", "after is the number of an exchange."},
             Row{"after=99999999999999999999", "after is the number of an exchange."},
             Row{"before=", "before is the number of an exchange."},
             Row{"limit=0", "limit is from 1 to 1000."},
             Row{"limit=1001", "limit is from 1 to 1000."},
             Row{"profile=%4", "A percent sign wants two hexadecimal digits behind it."},
             Row{"colour=red",
                 "'colour' is nothing that can be asked; there are profile, status, failed, after, "
                 "before and limit."},
         }) {
        const auto question = exchange_question(row.query);
        ASSERT_FALSE(question) << row.query;
        EXPECT_EQ(question.error().sentence, row.sentence) << row.query;
    }
}

TEST(EventQuestion, AsksForExchangesOnlyWhereItSaysSo) {
    EXPECT_FALSE(event_question("")->exchanges);
    EXPECT_TRUE(event_question("exchanges")->exchanges);
    const auto from = event_question("exchanges&after=17");
    EXPECT_TRUE(from->exchanges);
    EXPECT_TRUE(from->has_after);
    EXPECT_EQ(from->after, 17U);
    EXPECT_EQ(event_question("after=x").error().sentence, "after is the number of an exchange.");
    EXPECT_EQ(
        event_question("exchange").error().sentence,
        "'exchange' is nothing that can be asked; there are exchanges and after."
    );
}

}  // namespace
}  // namespace countersign::proxy::admin
