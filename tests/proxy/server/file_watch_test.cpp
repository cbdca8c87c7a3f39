#include "proxy/server/file_watch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::server {
namespace {

using namespace std::chrono_literals;

/// A thread that writes to a file until the end.
class Noise {
public:
    explicit Noise(const std::filesystem::path& file)
        : thread_{[this, file] {
              std::ofstream out{file};
              while (!over_) {
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

    tests::TempDir files_;
    boost::asio::io_context context_{1};
    int told_ = 0;
    FileWatch watch_{context_, [this] { ++told_; }};
};

TEST_F(FileWatchTest, TellsOnceOfWhatChangesWithinAMoment) {
    files_.write("store.pem", "second");
    files_.write("store.pem", "third");

    context_.run_for(1s);

    EXPECT_EQ(told_, 1);
}

TEST_F(FileWatchTest, TellsOfALaterChangeAsWell) {
    files_.write("store.pem", "second");
    context_.run_for(500ms);
    files_.write("store.pem", "third");
    context_.run_for(1s);

    EXPECT_EQ(told_, 2);
}

/// As the access log is, where somebody has it in the same directory.
TEST_F(FileWatchTest, LooksNowAndThenWhereAFileBesideIsWrittenAllTheTime) {
    {
        const Noise noise{files_ / "access.log"};

        EXPECT_LE(context_.run_for(1s), 20U) << "handlers of five looks a second";

        EXPECT_EQ(told_, 0);
        files_.write("store.pem", "second");
        context_.run_for(1s);
    }
    EXPECT_EQ(told_, 1);
}

TEST_F(FileWatchTest, TellsNothingAfterItsEnd) {
    files_.write("store.pem", "second");
    context_.run_for(100ms);
    watch_.stop();
    context_.run_for(500ms);

    EXPECT_EQ(told_, 0);
    EXPECT_TRUE(context_.stopped()) << "nothing is left to wait for";
}

}  // namespace
}  // namespace countersign::proxy::server
