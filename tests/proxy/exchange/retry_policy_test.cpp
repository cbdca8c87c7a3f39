#include "proxy/exchange/retry_policy.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::exchange {
namespace {

using profiles::RetryRule;

constexpr FailedAttempt kUnsent{.reused = true, .sent = false, .repeatable = true};
constexpr FailedAttempt kSent{.reused = true, .sent = true, .repeatable = true};
constexpr FailedAttempt kFresh{.reused = false, .sent = false, .repeatable = true};
constexpr FailedAttempt kFreshSent{.reused = false, .sent = true, .repeatable = true};
constexpr FailedAttempt kBound{.reused = true, .sent = false, .repeatable = true, .bound = true};
constexpr FailedAttempt kBodyGone{.reused = true, .sent = false, .repeatable = false};

struct Row {
    const char* name;
    RetryRule rule;
    const char* method;
    FailedAttempt attempt;
    bool again;
};

class MaySendAgain : public testing::TestWithParam<Row> {};

TEST_P(MaySendAgain, IsDecidedByRuleMethodAndAttempt) {
    const Row& row = GetParam();

    EXPECT_EQ(may_send_again(row.rule, row.method, row.attempt), row.again);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MaySendAgain,
    testing::Values(
        Row{"never_unsent", RetryRule::never, "GET", kUnsent, false},
        Row{"never_sent", RetryRule::never, "GET", kSent, false},
        Row{"if_unsent_unsent_get", RetryRule::if_unsent, "GET", kUnsent, true},
        Row{"if_unsent_unsent_post", RetryRule::if_unsent, "POST", kUnsent, true},
        Row{"if_unsent_sent", RetryRule::if_unsent, "GET", kSent, false},
        Row{"idempotent_unsent_post", RetryRule::idempotent, "POST", kUnsent, true},
        Row{"idempotent_sent_post", RetryRule::idempotent, "POST", kSent, false},
        Row{"idempotent_sent_patch", RetryRule::idempotent, "PATCH", kSent, false},
        Row{"idempotent_sent_own_method", RetryRule::idempotent, "PURGE", kSent, false},
        Row{"idempotent_sent_lower_case", RetryRule::idempotent, "get", kSent, false},
        Row{"idempotent_sent_get", RetryRule::idempotent, "GET", kSent, true},
        Row{"idempotent_sent_head", RetryRule::idempotent, "HEAD", kSent, true},
        Row{"idempotent_sent_put", RetryRule::idempotent, "PUT", kSent, true},
        Row{"idempotent_sent_delete", RetryRule::idempotent, "DELETE", kSent, true},
        Row{"idempotent_sent_options", RetryRule::idempotent, "OPTIONS", kSent, true},
        Row{"idempotent_sent_trace", RetryRule::idempotent, "TRACE", kSent, true},
        Row{"fresh_connection_unsent", RetryRule::if_unsent, "GET", kFresh, false},
        Row{"fresh_connection_sent", RetryRule::idempotent, "GET", kFreshSent, false},
        Row{"bound_if_unsent", RetryRule::if_unsent, "GET", kBound, false},
        Row{"bound_idempotent", RetryRule::idempotent, "GET", kBound, false},
        Row{"body_not_at_hand", RetryRule::if_unsent, "PUT", kBodyGone, false},
        Row{"body_not_at_hand_idempotent", RetryRule::idempotent, "PUT", kBodyGone, false}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

}  // namespace
}  // namespace countersign::proxy::exchange
