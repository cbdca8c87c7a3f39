#include "proxy/client/listening_socket.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::client {
namespace {

class UnixListeningSocketTest : public testing::Test {
protected:
    tests::TempDir directory_;
    const std::filesystem::path path_ = directory_ / "apps.sock";
    const profiles::Listener listener_{"apps", profiles::UnixAddress{path_}, {}};
};

TEST_F(UnixListeningSocketTest, RemovesItsFileAtTheEnd) {
    { const ListeningSocket socket{listener_, 1}; }

    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixListeningSocketTest, TakesOverThePlaceOfOneThatNobodyListensOn) {
    ListeningSocket stale{listener_, 1};
    stale.take(0).reset();

    EXPECT_NO_THROW((ListeningSocket{listener_, 1}));
}

TEST_F(UnixListeningSocketTest, RefusesThePlaceOfOneThatListens) {
    const ListeningSocket first{listener_, 1};

    EXPECT_THROW((ListeningSocket{listener_, 1}), std::system_error);
    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(UnixListeningSocketTest, LeavesTheFileOfItsSuccessor) {
    std::optional<ListeningSocket> draining;
    draining.emplace(listener_, 1U);
    draining->take(0).reset();
    const ListeningSocket successor{listener_, 1};

    draining.reset();

    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST(TcpListeningSocket, RefusesAPortThatAnotherListensOn) {
    const profiles::Listener any{
        "any", profiles::TcpAddress{profiles::IpAddress::v4({127, 0, 0, 1}), 0}, {}};
    const ListeningSocket first{any, 2};
    const profiles::Listener same{"same", first.bound(), {}};

    EXPECT_THROW((ListeningSocket{same, 2}), std::system_error);
}

}  // namespace
}  // namespace countersign::proxy::client
