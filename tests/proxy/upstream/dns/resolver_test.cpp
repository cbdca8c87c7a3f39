#include "proxy/upstream/dns/resolver.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/proxy/upstream/dns/resolver_fixture.hpp"

namespace countersign::proxy::upstream::dns {
namespace {

TEST_F(ResolverTest, GivesTheAddressesOfBothFamilies) {
    loop_.run(look_up(resolver_, "both.example", later(), outcome_));

    EXPECT_EQ(outcome_.addresses, (Texts{"192.0.2.1", "2001:db8::1"}));
}

TEST_F(ResolverTest, GivesAllAddressesOfOneFamily) {
    loop_.run(look_up(resolver_, "four.example", later(), outcome_));

    EXPECT_EQ(outcome_.addresses, (Texts{"192.0.2.1", "192.0.2.2"}));
}

TEST_F(ResolverTest, SaysThatANameDoesNotExist) {
    loop_.run(look_up(resolver_, "missing.example", later(), outcome_));

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code(), FailureCode::dns_not_found);
    EXPECT_EQ(outcome_.failure->side(), Side::upstream);
    EXPECT_TRUE(
        outcome_.failure->reason().starts_with("The name 'missing.example' could not be resolved: ")
    ) << outcome_.failure->reason();
}

TEST_F(ResolverTest, SaysThatANameHasNoAddress) {
    loop_.run(look_up(resolver_, "empty.example", later(), outcome_));

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code(), FailureCode::dns_not_found);
}

TEST_F(ResolverTest, SaysThatTheServerFails) {
    loop_.run(look_up(resolver_, "broken.example", later(), outcome_));

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code(), FailureCode::dns_not_found);
}

TEST_F(ResolverTest, TimesOutAtTheDeadlineWhereTheServerIsSilent) {
    const net::TimePoint deadline = net::Clock::now() + milliseconds{30};

    loop_.run(look_up(resolver_, "silent.example", deadline, outcome_));

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code(), FailureCode::dns_timeout);
    EXPECT_GE(net::Clock::now(), deadline);
    EXPECT_EQ(
        outcome_.failure->reason(),
        "The name 'silent.example' was not resolved within timeouts.resolve."
    );
}

net::Task<void> look_up_twice(
    Resolver& resolver, std::string host, net::TimePoint deadline, Outcome& second
) {
    Outcome first;
    co_await look_up(resolver, host, deadline, first);
    co_await look_up(resolver, host, deadline, second);
    EXPECT_EQ(first.addresses, second.addresses);
}

TEST_F(ResolverTest, AsksOnceWithinTheTimeToLive) {
    loop_.run(look_up_twice(resolver_, "both.example", later(), outcome_));

    EXPECT_EQ(outcome_.addresses, (Texts{"192.0.2.1", "2001:db8::1"}));
    EXPECT_EQ(server_.questions("both.example"), 1);
}

TEST_F(ResolverTest, AsksAgainAfterTheTimeToLive) {
    loop_.run(look_up_twice(resolver_, "fleeting.example", later(), outcome_));

    EXPECT_EQ(outcome_.addresses, Texts{"192.0.2.3"});
    EXPECT_EQ(server_.questions("fleeting.example"), 2);
}

TEST_F(ResolverTest, KnowsForAWhileThatANameDoesNotExist) {
    loop_.run(look_up_twice(resolver_, "missing.example", later(), outcome_));

    EXPECT_EQ(server_.questions("missing.example"), 1);
    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code(), FailureCode::dns_not_found);
    EXPECT_EQ(outcome_.failure->reason().find("no DNS server"), std::string::npos);
}

TEST_F(ResolverTest, KnowsForAWhileThatANameHasNoAddress) {
    loop_.run(look_up_twice(resolver_, "empty.example", later(), outcome_));

    EXPECT_EQ(server_.questions("empty.example"), 1);
    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code(), FailureCode::dns_not_found);
}

net::Task<void> look_up_counting(
    Resolver& resolver, std::string host, net::TimePoint deadline, const DnsServer& server,
    int& between
) {
    Outcome outcome;
    co_await look_up(resolver, host, deadline, outcome);
    between = server.questions(host);
    co_await look_up(resolver, host, deadline, outcome);
}

TEST_F(ResolverTest, AsksAgainAfterAFailure) {
    int asked = 0;

    loop_.run(look_up_counting(resolver_, "broken.example", later(), server_, asked));

    EXPECT_GT(server_.questions("broken.example"), asked);
}

TEST_F(ResolverTest, ThoseWhoAskAtTheSameTimeShareOneQuestion) {
    std::vector<Outcome> outcomes(10);
    for (Outcome& outcome : outcomes) {
        loop_.spawn(look_up(resolver_, "fleeting.example", later(), outcome));
    }

    loop_.run();

    for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.addresses, Texts{"192.0.2.3"});
    EXPECT_EQ(server_.questions("fleeting.example"), 1);
}

TEST_F(ResolverTest, OneWhoGivesUpLeavesTheOthersWaiting) {
    Outcome hasty;
    loop_.spawn(look_up(resolver_, "both.example", net::TimePoint{}, hasty));
    loop_.spawn(look_up(resolver_, "both.example", later(), outcome_));

    loop_.run();

    ASSERT_TRUE(hasty.failure);
    EXPECT_EQ(hasty.failure->code(), FailureCode::dns_timeout);
    EXPECT_EQ(outcome_.addresses, (Texts{"192.0.2.1", "2001:db8::1"}));
}

struct Row {
    const char* name;
    const char* host;
    Texts addresses;
};

class ResolverWithoutQuestion : public ResolverTest, public testing::WithParamInterface<Row> {};

TEST_P(ResolverWithoutQuestion, KnowsTheAnswer) {
    loop_.run(look_up(resolver_, GetParam().host, later(), outcome_));

    EXPECT_EQ(outcome_.addresses, GetParam().addresses);
    EXPECT_EQ(server_.all_questions(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ResolverWithoutQuestion,
    testing::Values(
        Row{"v4_literal", "192.0.2.5", {"192.0.2.5"}}, Row{"v6_literal", "::1", {"::1"}},
        Row{"localhost", "localhost", {"127.0.0.1", "::1"}},
        Row{"below_localhost", "app.localhost", {"127.0.0.1", "::1"}},
        Row{"hosts_file", "pinned.example", {"192.0.2.99"}}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

net::Task<void> cancel_soon(net::EventLoop& event_loop) {
    co_await net::next_round(event_loop);
    event_loop.cancel_all();
}

TEST_F(ResolverTest, AStopEndsTheWait) {
    loop_.spawn(look_up(resolver_, "silent.example", net::kNever, outcome_));

    loop_.run(cancel_soon(loop_.event_loop()));

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code(), FailureCode::draining);
}

net::Task<void> cancel_once_asked(
    net::EventLoop& event_loop, const DnsServer& server, std::string host
) {
    while (server.questions(host) == 0 && !event_loop.cancelled())
        co_await net::next_round(event_loop);
    event_loop.cancel_all();
}

TEST_F(ResolverTest, MayGoWhileAQuestionIsOpen) {
    auto own = std::make_unique<Resolver>(loop_.event_loop(), files_);
    loop_.spawn(look_up(*own, "silent.example", net::kNever, outcome_));
    loop_.run(cancel_once_asked(loop_.event_loop(), server_, "silent.example"));

    own.reset();

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code(), FailureCode::draining);
}

}  // namespace
}  // namespace countersign::proxy::upstream::dns
