#include "proxy/upstream/dns/name_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "tests/proxy/upstream/dns/resolver_fixture.hpp"

namespace countersign::proxy::upstream::dns {
namespace {

class NameFilesTest : public ResolverTest {};

/// Written later than everything before it, whatever the file system's clock says.
void write_later(tests::TempDir& directory, const std::string& name, const std::string& text) {
    static int writes = 0;
    std::filesystem::last_write_time(
        directory.write(name, text),
        std::filesystem::file_time_type::clock::now() + std::chrono::seconds{++writes}
    );
}

net::Task<void> look_up_around_a_change(
    Resolver& resolver, std::function<void()> change, net::TimePoint deadline, Outcome& first,
    Outcome& second
) {
    co_await look_up(resolver, "pinned.example", deadline, first);
    change();
    co_await look_up(resolver, "pinned.example", deadline, second);
}

TEST_F(NameFilesTest, SeesAChangeOfTheHostsFile) {
    Outcome first;

    loop_.run(look_up_around_a_change(
        resolver_, [&] { write_later(directory_, "hosts", "192.0.2.7 pinned.example\n"); }, later(),
        first, outcome_
    ));

    EXPECT_EQ(first.addresses, Texts{"192.0.2.99"});
    EXPECT_EQ(outcome_.addresses, Texts{"192.0.2.7"});
}

TEST_F(NameFilesTest, LooksNotAgainBeforeItsTime) {
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

TEST_F(NameFilesTest, AHostsFileThatHangsHoldsUpNobodyElse) {
    const HangingFile hanging{directory_ / "hosts"};
    Outcome literal;
    const net::TimePoint deadline = net::Clock::now() + milliseconds{30};
    loop_.spawn(look_up(resolver_, "pinned.example", deadline, outcome_));
    loop_.spawn(look_up(resolver_, "192.0.2.5", deadline, literal));

    loop_.run();

    EXPECT_EQ(literal.addresses, Texts{"192.0.2.5"});
    ASSERT_TRUE(outcome_.failure);
    EXPECT_EQ(outcome_.failure->code(), FailureCode::dns_timeout);
    EXPECT_EQ(outcome_.failure->side(), Side::proxy);
    EXPECT_EQ(
        outcome_.failure->reason(),
        "The name 'pinned.example' was not resolved within timeouts.resolve: /etc/hosts and "
        "/etc/resolv.conf could not be read in that time."
    );
}

TEST_F(NameFilesTest, MayGoWhileItsFilesAreRead) {
    auto own = std::make_unique<Resolver>(loop_.event_loop(), files_);
    {
        const HangingFile hanging{directory_ / "hosts"};
        const net::TimePoint soon = net::Clock::now() + milliseconds{30};
        loop_.run(look_up(*own, "pinned.example", soon, outcome_));

        own.reset();
    }

    EXPECT_TRUE(outcome_.failure);
}

TEST_F(NameFilesTest, AStopDoesNotWaitForADiskThatHangs) {
    auto files = std::make_unique<NameFiles>(sources());
    const HangingFile hanging{directory_ / "hosts"};
    {
        Resolver resolver{loop_.event_loop(), *files};
        loop_.run(look_up(resolver, "a.example", net::Clock::now() + milliseconds{30}, outcome_));
    }
    const net::TimePoint start = net::Clock::now();

    files.reset();

    EXPECT_LT(net::Clock::now() - start, tests::kPatience / 2);
    ASSERT_TRUE(outcome_.failure);
    EXPECT_NE(outcome_.failure->reason().find("could not be read in that time"), std::string::npos);
}

TEST_F(NameFilesTest, AHostsFileThatCannotBeReadKeepsNobodyFromTheServers) {
    std::filesystem::remove(directory_ / "hosts");
    std::filesystem::create_directory(directory_ / "hosts");

    loop_.run(look_up(resolver_, "both.example", later(), outcome_));

    EXPECT_EQ(outcome_.addresses, (Texts{"192.0.2.1", "2001:db8::1"}));
}

TEST_F(NameFilesTest, AResolvConfThatIsGoneForAMomentChangesNothing) {
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
net::Task<void> look_up_after_a_change(
    net::EventLoop& event_loop, Resolver& resolver, const DnsServer& first,
    std::function<void()> change, std::string host, Outcome& outcome
) {
    while (first.questions("both.example") == 0) co_await net::next_round(event_loop);
    change();
    co_await look_up(resolver, std::move(host), net::Clock::now() + tests::kPatience, outcome);
}

TEST_F(NameFilesTest, WhatTheOldServerOwesIsAskedOfTheNewOne) {
    const DnsServer silent{[](const std::string&) { return DnsReply{Kind::silence, {}, 0}; }};
    std::string asked = silent.address();
    NameSources changing = sources();
    changing.servers = [&] { return asked; };
    NameFiles files{changing};
    Resolver resolver{loop_.event_loop(), files};
    Outcome pending;
    loop_.spawn(look_up(resolver, "both.example", net::Clock::now() + tests::kPatience, pending));

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
}  // namespace countersign::proxy::upstream::dns
