#include "proxy/upstream/dns/resolver.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/proxy/net/test_loop.hpp"
#include "tests/proxy/upstream/dns/dns_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Texts = std::vector<std::string>;
using Kind = DnsReply::Kind;

/// What a look-up gave: the addresses as sorted texts, or the failure.
struct Outcome {
    Texts addresses;
    std::optional<Failure> failure;
};

Task<void> look_up(Resolver& resolver, std::string host, TimePoint deadline, Outcome& outcome) {
    const Result<std::vector<profiles::IpAddress>> found =
        co_await resolver.resolve(host, deadline);
    outcome = {};
    if (!found) {
        outcome.failure = found.error();
        co_return;
    }
    for (const profiles::IpAddress& address : *found)
        outcome.addresses.push_back(address.to_text());
    std::sort(outcome.addresses.begin(), outcome.addresses.end());
}

class ResolverTest : public testing::Test {
protected:
    static DnsReply reply(const std::string& name) {
        if (name == "both.example") return {Kind::answer, {"192.0.2.1", "2001:db8::1"}, 3600};
        if (name == "four.example") return {Kind::answer, {"192.0.2.1", "192.0.2.2"}, 3600};
        if (name == "fleeting.example") return {Kind::answer, {"192.0.2.3"}, 0};
        if (name == "empty.example") return {Kind::answer, {}, 3600};
        if (name == "broken.example") return {Kind::server_failure, {}, 0};
        if (name == "silent.example") return {Kind::silence, {}, 0};
        return {Kind::no_such_name, {}, 0};
    }
    NameSources sources() {
        return {
            directory_.write("hosts", "192.0.2.99 pinned.example\n"),
            directory_.write("resolv.conf", ""), [this] { return server_.address(); },
            milliseconds{0}};
    }
    TimePoint later() { return Clock::now() + hours{1}; }

    tests::TempDir directory_;
    DnsServer server_{reply};
    TestLoop loop_;
    NameFiles files_{sources()};
    Resolver resolver_{loop_.event_loop(), files_};
    Outcome outcome_;
};

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
    EXPECT_EQ(outcome_.failure->code, FailureCode::dns_not_found);
    EXPECT_EQ(outcome_.failure->side, Side::upstream);
    EXPECT_TRUE(
        outcome_.failure->reason.starts_with("The name 'missing.example' could not be resolved: ")
    ) << outcome_.failure->reason;
}

TEST_F(ResolverTest, SaysThatANameHasNoAddress) {
    loop_.run(look_up(resolver_, "empty.example", later(), outcome_));

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code, FailureCode::dns_not_found);
}

TEST_F(ResolverTest, SaysThatTheServerFails) {
    loop_.run(look_up(resolver_, "broken.example", later(), outcome_));

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code, FailureCode::dns_not_found);
}

TEST_F(ResolverTest, TimesOutAtTheDeadlineWhereTheServerIsSilent) {
    const TimePoint deadline = Clock::now() + milliseconds{30};

    loop_.run(look_up(resolver_, "silent.example", deadline, outcome_));

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code, FailureCode::dns_timeout);
    EXPECT_GE(Clock::now(), deadline);
    EXPECT_EQ(
        outcome_.failure->reason,
        "The name 'silent.example' was not resolved in time (resolve_timeout)."
    );
}

Task<void> look_up_twice(
    Resolver& resolver, std::string host, TimePoint deadline, Outcome& second
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
    EXPECT_EQ(outcome_.failure->code, FailureCode::dns_not_found);
    EXPECT_EQ(outcome_.failure->reason.find("no DNS server"), std::string::npos);
}

TEST_F(ResolverTest, KnowsForAWhileThatANameHasNoAddress) {
    loop_.run(look_up_twice(resolver_, "empty.example", later(), outcome_));

    EXPECT_EQ(server_.questions("empty.example"), 1);
    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code, FailureCode::dns_not_found);
}

Task<void> look_up_counting(
    Resolver& resolver, std::string host, TimePoint deadline, const DnsServer& server, int& between
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
    loop_.spawn(look_up(resolver_, "both.example", TimePoint{}, hasty));
    loop_.spawn(look_up(resolver_, "both.example", later(), outcome_));

    loop_.run();

    ASSERT_TRUE(hasty.failure);
    EXPECT_EQ(hasty.failure->code, FailureCode::dns_timeout);
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

Task<void> cancel_soon(EventLoop& event_loop) {
    co_await next_round(event_loop);
    event_loop.cancel_all();
}

TEST_F(ResolverTest, AStopEndsTheWait) {
    loop_.spawn(look_up(resolver_, "silent.example", kNever, outcome_));

    loop_.run(cancel_soon(loop_.event_loop()));

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code, FailureCode::draining);
}

Task<void> cancel_once_asked(EventLoop& event_loop, const DnsServer& server, std::string host) {
    while (server.questions(host) == 0 && !event_loop.cancelled()) co_await next_round(event_loop);
    event_loop.cancel_all();
}

TEST_F(ResolverTest, MayGoWhileAQuestionIsOpen) {
    auto own = std::make_unique<Resolver>(loop_.event_loop(), files_);
    loop_.spawn(look_up(*own, "silent.example", kNever, outcome_));
    loop_.run(cancel_once_asked(loop_.event_loop(), server_, "silent.example"));

    own.reset();

    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code, FailureCode::draining);
}

/// Written later than everything before it, whatever the file system's clock says.
void write_later(tests::TempDir& directory, const std::string& name, const std::string& text) {
    static int writes = 0;
    std::filesystem::last_write_time(
        directory.write(name, text),
        std::filesystem::file_time_type::clock::now() + std::chrono::seconds{++writes}
    );
}

Task<void> look_up_around_a_change(
    Resolver& resolver, std::function<void()> change, TimePoint deadline, Outcome& first,
    Outcome& second
) {
    co_await look_up(resolver, "pinned.example", deadline, first);
    change();
    co_await look_up(resolver, "pinned.example", deadline, second);
}

TEST_F(ResolverTest, SeesAChangeOfTheHostsFile) {
    Outcome first;

    loop_.run(look_up_around_a_change(
        resolver_, [&] { write_later(directory_, "hosts", "192.0.2.7 pinned.example\n"); }, later(),
        first, outcome_
    ));

    EXPECT_EQ(first.addresses, Texts{"192.0.2.99"});
    EXPECT_EQ(outcome_.addresses, Texts{"192.0.2.7"});
}

TEST_F(ResolverTest, LooksNotAgainBeforeItsTime) {
    NameSources slow = sources();
    slow.look_every = hours{1};
    NameFiles files{slow};
    Resolver resolver{loop_.event_loop(), files};
    Outcome first;

    loop_.run(look_up_around_a_change(
        resolver, [&] { write_later(directory_, "hosts", "192.0.2.7 pinned.example\n"); }, later(),
        first, outcome_
    ));

    EXPECT_EQ(outcome_.addresses, Texts{"192.0.2.99"});
}

/// A file that nobody can read to its end, as on a disk that hangs, until it goes.
class HangingFile {
public:
    explicit HangingFile(const std::filesystem::path& path) : path_{path} {
        std::filesystem::remove(path);
        EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    }
    ~HangingFile() { std::ofstream{path_} << "192.0.2.8 late.example\n"; }

private:
    std::filesystem::path path_;
};

TEST_F(ResolverTest, AHostsFileThatHangsHoldsUpNobodyElse) {
    const HangingFile hanging{directory_ / "hosts"};
    Outcome literal;
    const TimePoint deadline = Clock::now() + milliseconds{30};
    loop_.spawn(look_up(resolver_, "pinned.example", deadline, outcome_));
    loop_.spawn(look_up(resolver_, "192.0.2.5", deadline, literal));

    loop_.run();

    EXPECT_EQ(literal.addresses, Texts{"192.0.2.5"});
    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code, FailureCode::dns_timeout);
    EXPECT_EQ(outcome_.failure->side, Side::proxy);
    EXPECT_EQ(
        outcome_.failure->reason,
        "The name 'pinned.example' was not resolved in time (resolve_timeout): /etc/hosts and "
        "/etc/resolv.conf could not be read in that time."
    );
}

TEST_F(ResolverTest, MayGoWhileItsFilesAreRead) {
    auto own = std::make_unique<Resolver>(loop_.event_loop(), files_);
    {
        const HangingFile hanging{directory_ / "hosts"};
        const TimePoint soon = Clock::now() + milliseconds{30};
        loop_.run(look_up(*own, "pinned.example", soon, outcome_));

        own.reset();
    }

    EXPECT_TRUE(outcome_.failure);
}

TEST_F(ResolverTest, AStopDoesNotWaitForADiskThatHangs) {
    auto files = std::make_unique<NameFiles>(sources());
    const HangingFile hanging{directory_ / "hosts"};
    {
        Resolver resolver{loop_.event_loop(), *files};
        loop_.run(look_up(resolver, "a.example", Clock::now() + milliseconds{30}, outcome_));
    }
    const TimePoint start = Clock::now();

    files.reset();

    EXPECT_LT(Clock::now() - start, tests::kPatience / 2);
    ASSERT_TRUE(outcome_.failure);
    EXPECT_NE(outcome_.failure->reason.find("could not be read in that time"), std::string::npos);
}

TEST_F(ResolverTest, AHostsFileThatCannotBeReadKeepsNobodyFromTheServers) {
    std::filesystem::remove(directory_ / "hosts");
    std::filesystem::create_directory(directory_ / "hosts");

    loop_.run(look_up(resolver_, "both.example", later(), outcome_));

    EXPECT_EQ(outcome_.addresses, (Texts{"192.0.2.1", "2001:db8::1"}));
}

TEST_F(ResolverTest, AResolvConfThatIsGoneForAMomentChangesNothing) {
    int asked = 0;
    NameSources counting = sources();
    counting.servers = [&] {
        ++asked;
        return server_.address();
    };
    NameFiles files{counting};
    Resolver resolver{loop_.event_loop(), files};
    Outcome first;

    loop_.run(look_up_around_a_change(
        resolver, [&] { std::filesystem::remove(directory_ / "resolv.conf"); }, later(), first,
        outcome_
    ));

    EXPECT_EQ(outcome_.addresses, Texts{"192.0.2.99"});
    EXPECT_EQ(asked, 1);
}

/// Once the first server has been asked: another one is said, and somebody looks up a name.
Task<void> look_up_after_a_change(
    EventLoop& event_loop, Resolver& resolver, const DnsServer& first, std::function<void()> change,
    std::string host, Outcome& outcome
) {
    while (first.questions("both.example") == 0) co_await next_round(event_loop);
    change();
    co_await look_up(resolver, std::move(host), Clock::now() + tests::kPatience, outcome);
}

TEST_F(ResolverTest, WhatTheOldServerOwesIsAskedOfTheNewOne) {
    const DnsServer silent{[](const std::string&) { return DnsReply{Kind::silence, {}, 0}; }};
    std::string asked = silent.address();
    NameSources changing = sources();
    changing.servers = [&] { return asked; };
    NameFiles files{changing};
    Resolver resolver{loop_.event_loop(), files};
    Outcome pending;
    loop_.spawn(look_up(resolver, "both.example", Clock::now() + tests::kPatience, pending));

    loop_.run(look_up_after_a_change(
        loop_.event_loop(), resolver, silent,
        [&] {
            asked = server_.address();
            write_later(directory_, "resolv.conf", "# changed\n");
        },
        "four.example", outcome_
    ));

    EXPECT_EQ(outcome_.addresses, (Texts{"192.0.2.1", "192.0.2.2"}));
    EXPECT_EQ(pending.addresses, (Texts{"192.0.2.1", "2001:db8::1"}));
    EXPECT_EQ(silent.questions("four.example"), 0);
}

}  // namespace
}  // namespace countersign::proxy
