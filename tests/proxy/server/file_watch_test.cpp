#include "proxy/server/file_watch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::server {
namespace {

using namespace std::chrono_literals;

/// A thread that writes lines to a file until the end.
class Noise {
public:
    enum class How { held_open, opened_for_each };

    Noise(const std::filesystem::path& file, How how)
        : thread_{[this, file, how] {
              std::ofstream out{file};
              while (!over_) {
                  if (how == How::opened_for_each) out = std::ofstream{file, std::ios::app};
                  out << "one more line" << std::endl;  // flushed
                  std::this_thread::sleep_for(50us);
              }
          }} {}
    ~Noise() {
        over_ = true;
        thread_.join();
    }
    Noise(const Noise&) = delete;
    Noise& operator=(const Noise&) = delete;

private:
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

class FileWatchTest : public testing::Test {
protected:
    FileWatchTest() { watch_.follow({files_.write("store.pem", "first")}); }

    /// Until it has been told so often; false where that does not come.
    bool told(int times) {
        const auto give_up = std::chrono::steady_clock::now() + 30s;
        while (told_ < times && std::chrono::steady_clock::now() < give_up) run_one();
        return told_ == times;
    }
    void run_one() {
        try {
            context_.run_one_for(1s);
        } catch (const std::runtime_error&) {
        }
    }

    tests::TempDir files_;
    boost::asio::io_context context_{1};
    int told_ = 0;
    std::function<void()> then_ = [] {};
    FileWatch watch_{context_, [this] {
                         ++told_;
                         then_();
                     }};
};

TEST_F(FileWatchTest, TellsOnceOfWhatChangesWithinAMoment) {
    files_.write("store.pem", "second");
    files_.write("store.pem", "third");

    context_.run_for(1s);

    EXPECT_EQ(told_, 1);
}

TEST_F(FileWatchTest, TellsOfALaterChangeAsWell) {
    files_.write("store.pem", "second");
    EXPECT_TRUE(told(1));
    files_.write("store.pem", "third");
    EXPECT_TRUE(told(2));
}

TEST_F(FileWatchTest, TellsOfALaterChangeWhereWhoIsToldThrows) {
    then_ = [] { throw std::runtime_error{"no thread is left"}; };
    files_.write("store.pem", "second");
    EXPECT_TRUE(told(1));
    files_.write("store.pem", "third");
    EXPECT_TRUE(told(2));
}

/// As the access log is, where somebody has it in the same directory.
TEST_F(FileWatchTest, LooksNowAndThenWhereAFileBesideIsWrittenAllTheTime) {
    for (const Noise::How how : {Noise::How::held_open, Noise::How::opened_for_each}) {
        const Noise noise{files_ / "access.log", how};

        EXPECT_LE(context_.run_for(1s), 20U) << "handlers of five looks a second";
    }
    EXPECT_EQ(told_, 0);
}

TEST_F(FileWatchTest, TellsOfAChangeBesideAFileThatIsWrittenAllTheTime) {
    const Noise noise{files_ / "access.log", Noise::How::held_open};
    files_.write("store.pem", "second");

    EXPECT_TRUE(told(1));
}

TEST_F(FileWatchTest, TellsNothingAfterItsEnd) {
    files_.write("store.pem", "second");
    context_.run_one_for(30s);  // that something has happened
    watch_.stop();
    context_.run_for(500ms);

    EXPECT_EQ(told_, 0);
    EXPECT_TRUE(context_.stopped()) << "nothing is left to wait for";
}

}  // namespace
}  // namespace countersign::proxy::server
