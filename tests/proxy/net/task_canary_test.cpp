#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proxy/failure.hpp"
#include "proxy/net/task.hpp"
#include "proxy/net/task_group.hpp"

namespace countersign::proxy::net {
namespace {

/// Knows of each of its objects whether it lives: a temporary that the compiler destroys twice
/// inside a co_await expression is found here, by name, before it is a crash elsewhere.
class Canary {
public:
    Canary() { born(); }
    explicit Canary(std::string text) : text_{std::move(text)} { born(); }
    Canary(const Canary& other) : text_{other.text_} { born(); }
    Canary(Canary&& other) noexcept : text_{std::move(other.text_)} { born(); }
    Canary& operator=(const Canary&) = default;
    Canary& operator=(Canary&&) noexcept = default;
    ~Canary() {
        if (living().erase(this) == 0) ++deaths_too_many();
    }

    const std::string& text() const { return text_; }

    static std::set<const Canary*>& living() {
        static std::set<const Canary*> all;
        return all;
    }
    static int& deaths_too_many() {
        static int count = 0;
        return count;
    }

private:
    void born() { living().insert(this); }
    std::string text_ = "a text that is too long for the string's own memory";
};

/// The shapes of what the data plane's tasks return.
struct Pair {
    int number = 0;
    Canary canary;
};

Task<void> yield() { co_return; }
Task<Canary> by_value(Canary canary) {
    co_await yield();
    co_return canary;
}
Task<std::string> by_reference(const Canary& canary) {
    co_await yield();
    co_return canary.text();
}
Task<Pair> aggregate() {
    co_await yield();
    co_return Pair{1, Canary{}};
}
Task<std::unique_ptr<Canary>> owned() { co_return std::make_unique<Canary>(); }
Task<std::optional<Canary>> maybe(bool there) {
    co_await yield();
    if (!there) co_return std::nullopt;
    co_return Canary{};
}
Task<Result<std::unique_ptr<Canary>>> result(std::vector<Canary> all, bool good) {
    co_await yield();
    if (!good) {
        co_return Failure::of_proxy(
            FailureCode::internal, "a reason that is too long for the string's own memory"
        );
    }
    co_return std::make_unique<Canary>(all.front());
}
Task<Result<std::unique_ptr<Canary>>> passed_on(std::vector<Canary> all, bool good) {
    co_return co_await result(std::move(all), good);
}
Task<Canary> failing(Canary canary) {
    co_await yield();
    if (!canary.text().empty()) throw std::runtime_error{"as it should"};
    co_return canary;
}

Task<void> moved_arguments() {
    Canary canary;
    const Canary back = co_await by_value(std::move(canary));
    EXPECT_FALSE(back.text().empty());
}
Task<void> temporary_arguments() {
    const Canary back =
        co_await by_value(Canary{"another text that is too long to be kept inside"});
    EXPECT_EQ(back.text(), "another text that is too long to be kept inside");
    const std::string text = co_await by_reference(Canary{});
    EXPECT_FALSE(text.empty());
}
Task<void> copied_arguments() {
    const Canary canary;
    const Canary back = co_await by_value(canary);
    EXPECT_EQ(back.text(), canary.text());
}
Task<void> returned_aggregates() {
    const Pair pair = co_await aggregate();
    EXPECT_EQ(pair.number, 1);
    Pair assigned;
    assigned = co_await aggregate();
    EXPECT_EQ(assigned.number, 1);
}
Task<void> returned_owners() {
    const std::unique_ptr<Canary> one = co_await owned();
    EXPECT_NE(one, nullptr);
    const std::optional<Canary> there = co_await maybe(true);
    EXPECT_TRUE(there.has_value());
    const std::optional<Canary> none = co_await maybe(false);
    EXPECT_FALSE(none.has_value());
}
Task<void> results() {
    std::vector<Canary> all(2);
    const Result<std::unique_ptr<Canary>> good = co_await passed_on(std::move(all), true);
    EXPECT_TRUE(good.has_value());
    const Result<std::unique_ptr<Canary>> bad = co_await passed_on(std::vector<Canary>(3), false);
    EXPECT_FALSE(bad.has_value());
}
Task<void> conditions() {
    if ((co_await by_value(Canary{})).text().empty()) ADD_FAILURE();
    const bool both = (co_await maybe(true)).has_value() && (co_await maybe(false)).has_value();
    EXPECT_FALSE(both);
}
Task<void> exceptions() {
    Canary canary;
    EXPECT_TRUE(canary.text().size() > 1);
    try {
        co_await failing(std::move(canary));
    } catch (const std::runtime_error&) {
        co_return;
    }
    ADD_FAILURE() << "nothing was thrown";
}
Task<void> started_beside() {
    Canary canary;
    Task<Canary> beside = by_value(std::move(canary));
    beside.start();
    const Canary back = co_await beside;
    EXPECT_FALSE(back.text().empty());
}

struct Row {
    const char* name;
    Task<void> (*run)();
};

class TaskCanary : public testing::TestWithParam<Row> {};

TEST_P(TaskCanary, EveryObjectIsDestroyedOnce) {
    Canary::deaths_too_many() = 0;
    TaskGroup group;

    group.spawn(GetParam().run());

    EXPECT_EQ(group.size(), 0U);
    EXPECT_EQ(Canary::deaths_too_many(), 0);
    EXPECT_EQ(Canary::living().size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, TaskCanary,
    testing::Values(
        Row{"moved_arguments", moved_arguments}, Row{"temporary_arguments", temporary_arguments},
        Row{"copied_arguments", copied_arguments}, Row{"returned_aggregates", returned_aggregates},
        Row{"returned_owners", returned_owners}, Row{"results", results},
        Row{"conditions", conditions}, Row{"exceptions", exceptions},
        Row{"started_beside", started_beside}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

}  // namespace
}  // namespace countersign::proxy::net
