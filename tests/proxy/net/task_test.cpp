#include "proxy/net/task.hpp"

#include <gtest/gtest.h>

#include <coroutine>
#include <memory>
#include <stdexcept>
#include <string>

#include "proxy/net/task_group.hpp"

namespace countersign::proxy::net {
namespace {

/// Lets a task wait until the test opens it.
class Gate {
public:
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { waiter_ = waiter; }
    void await_resume() const {}
    void open() { std::exchange(waiter_, {}).resume(); }
    bool waited_for() const { return static_cast<bool>(waiter_); }

private:
    std::coroutine_handle<> waiter_;
};

Task<int> number(int value) { co_return value; }
Task<std::unique_ptr<int>> owned(int value) { co_return std::make_unique<int>(value); }
Task<int> failing() {
    throw std::runtime_error{"as it should"};
    co_return 0;
}
Task<int> number_behind(Gate& gate, int value) {
    co_await gate;
    co_return value;
}
Task<int> failing_behind(Gate& gate) {
    co_await gate;
    throw std::runtime_error{"as it should"};
}
Task<void> note(bool& ran) {
    ran = true;
    co_return;
}

/// Runs `task` in a group and stores what it gave.
Task<void> store(Task<int> task, int& result) { result = co_await task; }
Task<void> store_error(Task<int> task, std::string& error) {
    try {
        co_await task;
    } catch (const std::runtime_error& caught) {
        error = caught.what();
    }
}

TEST(Task, RunsOnlyWhenItIsAwaited) {
    bool ran = false;
    TaskGroup group;
    Task<void> task = note(ran);
    EXPECT_FALSE(ran);

    group.spawn(std::move(task));

    EXPECT_TRUE(ran);
}

TEST(Task, GivesItsValue) {
    TaskGroup group;
    int result = 0;

    group.spawn(store(number(42), result));

    EXPECT_EQ(result, 42);
}

Task<void> store_owned(int& result) {
    const std::unique_ptr<int> value = co_await owned(7);
    result = *value;
}

TEST(Task, GivesAValueThatCanOnlyBeMoved) {
    TaskGroup group;
    int result = 0;

    group.spawn(store_owned(result));

    EXPECT_EQ(result, 7);
}

TEST(Task, GivesItsExceptionToWhoAwaitsIt) {
    TaskGroup group;
    std::string error;

    group.spawn(store_error(failing(), error));

    EXPECT_EQ(error, "as it should");
}

TEST(Task, GivesItsExceptionAfterASuspensionToo) {
    TaskGroup group;
    Gate gate;
    std::string error;
    group.spawn(store_error(failing_behind(gate), error));

    gate.open();

    EXPECT_EQ(error, "as it should");
}

TEST(Task, WakesItsWaiterWhenItEndsLater) {
    TaskGroup group;
    Gate gate;
    int result = 0;
    group.spawn(store(number_behind(gate, 5), result));
    EXPECT_EQ(result, 0);
    EXPECT_EQ(group.size(), 1U);

    gate.open();

    EXPECT_EQ(result, 5);
    EXPECT_EQ(group.size(), 0U);
}

Task<void> start_then_await(Gate& beside, Gate& between, std::string& story) {
    Task<int> other = number_behind(beside, 1);
    other.start();
    story += other.await_ready() ? "finished;" : "runs;";
    co_await between;
    story += other.await_ready() ? "finished;" : "runs;";
    story += std::to_string(co_await other);
}

TEST(Task, RunsBesideItsOwnerFromItsStartAndIsAwaitedWhenItHasEnded) {
    TaskGroup group;
    Gate beside;
    Gate between;
    std::string story;
    group.spawn(start_then_await(beside, between, story));

    beside.open();
    between.open();

    EXPECT_EQ(story, "runs;finished;1");
}

TEST(Task, RunsBesideItsOwnerFromItsStartAndIsAwaitedWhileItRuns) {
    TaskGroup group;
    Gate beside;
    Gate between;
    std::string story;
    group.spawn(start_then_await(beside, between, story));

    between.open();
    EXPECT_EQ(story, "runs;runs;");
    beside.open();

    EXPECT_EQ(story, "runs;runs;1");
}

Task<void> start_one_that_fails(std::string& error) {
    Task<int> other = failing();
    other.start();
    try {
        co_await other;
    } catch (const std::runtime_error& caught) {
        error = caught.what();
    }
}

TEST(Task, KeepsTheExceptionOfAStartedTaskUntilItIsAwaited) {
    TaskGroup group;
    std::string error;

    group.spawn(start_one_that_fails(error));

    EXPECT_EQ(error, "as it should");
}

Task<void> add_up(int count, long& sum) {
    for (int i = 0; i < count; ++i) sum += co_await number(i);
}
Task<void> add_up_behind(Gate& gate, int count, long& sum) {
    sum += co_await number_behind(gate, 0);
    co_await add_up(count, sum);
}

TEST(Task, AMillionThatEndAtOnceDoNotGrowTheStack) {
    constexpr long kCount = 1'000'000;
    TaskGroup group;
    long sum = 0;

    group.spawn(add_up(kCount, sum));

    EXPECT_EQ(sum, kCount * (kCount - 1) / 2);
}

TEST(Task, AMillionThatEndAtOnceDoNotGrowTheStackOfOneThatWasWoken) {
    constexpr long kCount = 1'000'000;
    TaskGroup group;
    Gate gate;
    long sum = 0;
    group.spawn(add_up_behind(gate, kCount, sum));

    gate.open();

    EXPECT_EQ(sum, kCount * (kCount - 1) / 2);
}

Task<void> await_again_and_again(Gate& gate, int count, int& awaited) {
    for (; awaited < count; ++awaited) co_await number_behind(gate, 0);
}

TEST(Task, ManyThatSuspendOneAfterAnotherDoNotGrowTheStack) {
    constexpr int kCount = 100'000;
    TaskGroup group;
    Gate gate;
    int awaited = 0;
    group.spawn(await_again_and_again(gate, kCount, awaited));

    while (gate.waited_for()) gate.open();

    EXPECT_EQ(awaited, kCount);
}

Task<void> hold(std::shared_ptr<int> argument) {
    co_await std::suspend_never{};
    *argument = 1;
}

TEST(Task, DestroyedUnstartedItDestroysItsArgumentsOnce) {
    const auto argument = std::make_shared<int>(0);
    { const Task<void> task = hold(argument); }

    EXPECT_EQ(argument.use_count(), 1);
    EXPECT_EQ(*argument, 0);
}

TEST(Task, AMovedFromTaskOwnsNothing) {
    const auto argument = std::make_shared<int>(0);
    Task<void> task = hold(argument);
    {
        const Task<void> moved = std::move(task);
        EXPECT_EQ(argument.use_count(), 2);
    }

    EXPECT_EQ(argument.use_count(), 1);
}

}  // namespace
}  // namespace countersign::proxy::net
