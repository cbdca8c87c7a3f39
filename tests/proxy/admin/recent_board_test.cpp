#include "proxy/admin/recent_board.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

namespace countersign::proxy::admin {
namespace {

using std::chrono::microseconds;

/// A worker: what has ended on it, and how much of that is known.
class Worker {
public:
    Worker() { ring_.enable(true); }

    /// At that time.
    void end(int at, std::uint16_t status = 200, std::string_view profile = "partner") {
        ring_.add(record_of(at, status, profile), {}, nullptr);
    }
    void fail(int at) {
        const Failure failure =
            Failure::of_upstream(FailureCode::connection_refused, "Nobody is there.");
        ExchangeRecord record = record_of(at, 502, "partner");
        record.error = error_of(&failure);
        ring_.add(record, {}, &failure);
    }
    RecentBoard::Told tell() {
        const std::uint64_t before = told_.count;
        told_ = ring_.since(before, {});
        return {before, told_};
    }

private:
    ExchangeRecord record_of(int at, std::uint16_t status, std::string_view profile) {
        path_ = "/" + std::to_string(at);
        ExchangeRecord record;
        record.time = std::chrono::system_clock::time_point{microseconds{at}};
        record.method = "GET";
        record.host = "a.example";
        record.path = path_;
        record.profile = profile;
        record.status = status;
        return record;
    }

    live::ExchangeRing ring_;
    live::RecentExchanges told_;
    std::string path_;
};

std::vector<std::string> all_of(const std::string& text, const char* pattern) {
    std::vector<std::string> found;
    const std::regex one{pattern};
    for (std::sregex_iterator i{text.begin(), text.end(), one}; i != std::sregex_iterator{}; ++i) {
        found.push_back((*i)[1]);
    }
    return found;
}
std::vector<std::string> times_in(const std::string& text) {
    return all_of(text, "\"url\":\"http://a.example/([0-9]+)\"");
}
std::vector<std::string> numbers_in(const std::string& text) {
    return all_of(text, "\"number\":([0-9]+)");
}
std::string member(const std::string& text, const std::string& name) {
    return all_of(text, ("\"" + name + "\":([0-9a-z]+)").c_str()).at(0);
}

using Texts = std::vector<std::string>;

TEST(RecentBoard, MergesWhatWorkersSayByTime) {
    Worker one;
    Worker two;
    one.end(10);
    one.end(30);
    two.end(20);
    two.end(40);
    RecentBoard board;
    board.add({one.tell(), two.tell()});
    const std::string page = board.page({}, 0);
    EXPECT_EQ(times_in(page), (Texts{"40", "30", "20", "10"}));
    EXPECT_EQ(numbers_in(page), (Texts{"4", "3", "2", "1"}));
    EXPECT_EQ(member(page, "newest"), "4");
    EXPECT_EQ(member(page, "next"), "null");

    one.end(50);
    board.add({one.tell(), two.tell()});
    EXPECT_EQ(board.newest(), 5U);
    EXPECT_EQ(times_in(board.page({.after = 4}, 0)), Texts{"50"});
}

TEST(RecentBoard, CountsWhatWasNotKept) {
    Worker one;
    for (int i = 1; i <= 2500; ++i) one.end(i);
    RecentBoard board;
    board.add({one.tell()});
    EXPECT_EQ(board.newest(), 2500U);
    const std::string page = board.page({.limit = 1000}, 0);
    EXPECT_EQ(numbers_in(page).size(), 1000U);
    EXPECT_EQ(numbers_in(page).back(), "1501");
    EXPECT_EQ(member(page, "next"), "null");
}

TEST(RecentBoard, KeepsAThousandOfAllWorkers) {
    Worker one;
    Worker two;
    for (int i = 1; i <= 800; ++i) {
        one.end(2 * i);
        two.end(2 * i + 1);
    }
    RecentBoard board;
    board.add({one.tell(), two.tell()});
    const std::string page = board.page({.limit = 1000}, 0);
    EXPECT_EQ(numbers_in(page).size(), 1000U);
    EXPECT_EQ(numbers_in(page).back(), "601");
    EXPECT_EQ(times_in(page).back(), "602");
}

TEST(RecentBoard, GivesPagesWithoutAGap) {
    Worker one;
    for (int i = 1; i <= 25; ++i) one.end(i);
    RecentBoard board;
    board.add({one.tell()});
    const std::string first = board.page({.limit = 10}, 0);
    EXPECT_EQ(numbers_in(first).front(), "25");
    EXPECT_EQ(member(first, "next"), "16");
    const std::string second = board.page({.before = 16, .limit = 10}, 0);
    EXPECT_EQ(numbers_in(second).front(), "15");
    const std::string last = board.page({.before = 6, .limit = 10}, 0);
    EXPECT_EQ(numbers_in(last).size(), 5U);
    EXPECT_EQ(member(last, "next"), "null");
}

TEST(RecentBoard, FindsWhatIsAskedFor) {
    Worker one;
    one.end(1, 200);
    one.end(2, 404, "other");
    one.end(3, 502, "");
    one.fail(4);
    one.end(5, 0);
    RecentBoard board;
    board.add({one.tell()});
    EXPECT_EQ(times_in(board.page({.profile = "other"}, 0)), Texts{"2"});
    EXPECT_EQ(times_in(board.page({.profile = "-"}, 0)), Texts{"3"});
    EXPECT_EQ(times_in(board.page({.status = "5xx"}, 0)), (Texts{"4", "3"}));
    EXPECT_EQ(times_in(board.page({.status = "404"}, 0)), Texts{"2"});
    EXPECT_EQ(times_in(board.page({.status = "none"}, 0)), Texts{"5"});
    EXPECT_EQ(times_in(board.page({.failed = true}, 0)), Texts{"4"});
    EXPECT_EQ(times_in(board.page({.after = 1, .before = 4}, 0)), (Texts{"3", "2"}));
    EXPECT_EQ(member(board.page({}, 2), "silent_workers"), "2");
}

TEST(RecentBoard, HasFailuresThatOthersHavePushedOut) {
    Worker one;
    one.fail(1);
    for (int i = 2; i <= 1500; ++i) one.end(i);
    RecentBoard board;
    board.add({one.tell()});
    for (int i = 1501; i <= 3000; ++i) one.end(i);
    board.add({one.tell()});
    const std::string failed = board.page({.failed = true}, 0);
    EXPECT_EQ(times_in(failed), Texts{"1"});
    const std::string number = numbers_in(failed).at(0);
    const std::string full = board.one(std::stoull(number));
    EXPECT_NE(full.find("\"detail\":\"Nobody is there.\""), std::string::npos) << full;
    EXPECT_NE(board.one(3000).find("\"report\":null"), std::string::npos);
    EXPECT_EQ(board.one(3001), "");
    EXPECT_EQ(times_in(board.page({.limit = 1000}, 0)).size(), 1000U);
}

TEST(RecentBoard, TellsNewsFromTheOldestOn) {
    Worker one;
    one.end(1);
    RecentBoard board;
    board.add({one.tell()});
    EXPECT_EQ(board.news(1), "");
    one.end(2);
    one.fail(3);
    one.end(4);
    board.add({one.tell()});
    const std::string news = board.news(1);
    EXPECT_EQ(times_in(news), (Texts{"2", "3", "4"}));
    EXPECT_EQ(member(news, "newest"), "4");
    EXPECT_EQ(member(news, "skipped"), "0");
}

TEST(RecentBoard, BoundsNewsAndSaysHowManyAreNotInThem) {
    Worker one;
    for (int i = 1; i <= 200; ++i) one.fail(i);
    for (int i = 201; i <= 5000; ++i) one.end(i);
    RecentBoard board;
    board.add({one.tell()});
    const std::string news = board.news(0);
    EXPECT_EQ(times_in(news).size(), RecentBoard::kMostInNews);
    EXPECT_EQ(times_in(news).back(), "5000");
    EXPECT_EQ(member(news, "skipped"), "4750");
    EXPECT_LE(news.size(), RecentBoard::kMostNewsBytes + 200);

    Worker two;
    for (int i = 1; i <= 300; ++i) two.fail(i);
    RecentBoard failing;
    failing.add({two.tell()});
    EXPECT_EQ(times_in(failing.news(0)).size(), RecentBoard::kMostInNews);
}

TEST(RecentBoard, ForgetsAndGoesOnCounting) {
    Worker one;
    one.fail(1);
    RecentBoard board;
    board.add({one.tell()});
    board.clear();
    EXPECT_TRUE(times_in(board.page({}, 0)).empty());
    EXPECT_EQ(board.one(1), "");
    one.end(2);
    board.add({one.tell()});
    EXPECT_EQ(numbers_in(board.page({}, 0)), Texts{"2"});
}

}  // namespace
}  // namespace countersign::proxy::admin
