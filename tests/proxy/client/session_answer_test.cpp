#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/proxy/client/session_world.hpp"

namespace countersign::proxy::client {
namespace {

constexpr std::string_view kText = "\r\nContent-Type: text/plain";
constexpr std::string_view kJson = "\r\nContent-Type: application/problem+json";

class SessionAnswer : public testing::Test {
protected:
    /// To a request for a port where nobody listens, with the client's own `accept`.
    std::string answer(const profiles::RequestHeaderRules& edits, const std::string& accept) {
        profiles::Configuration configuration;
        configuration.certificates = {partner_.trust(), partner_.key_store("acme")};
        configuration.profiles = {Partner::profile("partner", {"127.0.0.1"}, "acme")};
        configuration.profiles.front().request_headers = edits;
        log::AccessLog log{no_access_log()};
        SessionWorld world{configuration, log};
        std::string heard;
        world.run(say_and_hear_all(
            world.client(),
            "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n"
            "Accept: " +
                accept + "\r\n\r\n",
            heard
        ));
        EXPECT_TRUE(heard.starts_with("HTTP/1.1 502 ")) << heard;
        return heard;
    }

    Partner partner_;
};

profiles::RequestHeaderRules with_accept(const std::string& value) {
    profiles::RequestHeaderRules edits;
    edits.set.push_back({"Accept", certs::Secret{value}, {}});
    return edits;
}

// What the server is to be told about Accept is between the proxy and the server.
TEST_F(SessionAnswer, HasTheFormThatTheClientAcceptsWhateverTheServerIsTold) {
    EXPECT_NE(answer({}, "text/plain").find(kText), std::string::npos);
    EXPECT_NE(answer({{}, {"accept"}}, "text/plain").find(kText), std::string::npos);
    EXPECT_NE(answer(with_accept("*/*"), "text/plain").find(kText), std::string::npos);
    EXPECT_NE(answer({}, "application/json").find(kJson), std::string::npos);
    EXPECT_NE(answer(with_accept("text/plain"), "*/*").find(kJson), std::string::npos);
}

}  // namespace
}  // namespace countersign::proxy::client
