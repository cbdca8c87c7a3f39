// A key store by a slow line: the admin address has a minute for it, and not more.

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/scenarios/record_administrator.hpp"

namespace countersign::tests {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

class SlowUpload : public RecordAdministrator {};

TEST_F(SlowUpload, HasAMinuteAndNotMore) {
    const ProxyUnderTest proxy{configuration()};
    const std::string body = draft("carol");
    const auto begin = [&](std::size_t size, std::string_view fields) {
        HttpClient client = HttpClient::tcp(proxy.admin_port());
        client.send(
            "POST /api/v1/inspections HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
            "application/json\r\n" +
            std::string{fields} + "Content-Length: " + std::to_string(size) + "\r\n\r\n"
        );
        return client;
    };
    const auto began = steady_clock::now();
    HttpClient in_time = begin(body.size(), bearer());
    HttpClient too_slow = begin(body.size(), bearer());
    HttpClient stranger = begin(100, {});
    std::string_view left = body;
    const std::size_t each = body.size() / 45;
    std::chrono::steady_clock::duration stranger_had{0};
    while (left.size() > each) {
        in_time.send(left.substr(0, each));
        left.remove_prefix(each);
        too_slow.send(" ");
        if (stranger_had.count() == 0 && stranger.closed_within(seconds{1})) {
            stranger_had = steady_clock::now() - began;
        } else if (stranger_had.count() != 0) {
            std::this_thread::sleep_for(seconds{1});
        }
    }
    in_time.send(left);
    EXPECT_EQ(in_time.read_response().status, 200);
    EXPECT_GE(steady_clock::now() - began, seconds{40}) << "as slow as it was meant to be";
    EXPECT_GT(stranger_had, seconds{8});
    EXPECT_LT(stranger_had, seconds{20}) << "who may not upload has ten seconds";
    EXPECT_TRUE(too_slow.closed_within(seconds{30}));
    EXPECT_GE(steady_clock::now() - began, seconds{58});
}

}  // namespace
}  // namespace countersign::tests
