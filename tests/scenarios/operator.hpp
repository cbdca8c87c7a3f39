#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/scenarios/who_asks.hpp"

namespace countersign::tests {

/// Long enough to be one.
inline constexpr std::string_view kToken = "0123456789abcdef0123";

/// An admin address on a port of the system's, with a token in a file of the partner's.
inline std::string admin_with_token(const Partner& partner) {
    const auto file = partner.files().write("admin.token", std::string{kToken} + "\n");
    return "admin: { address: 127.0.0.1:0, token: { file: " + file.string() + " } }\n";
}

/// What an operator is answered; `fields` with their line ends.
inline Response ask_admin(
    std::uint16_t port, std::string_view method, std::string_view target,
    std::string_view fields = {}
) {
    HttpClient client = HttpClient::tcp(port);
    return client.exchange(
        std::string{method} + " " + std::string{target} +
            " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n" + std::string{fields} + "\r\n",
        method == "HEAD"
    );
}

/// It says that it listens a moment before every worker does.
inline void wait_until_ready(const ProxyUnderTest& proxy) {
    wait_until("the proxy is ready", [&] {
        return ask_admin(proxy.admin_port(), "GET", "/readyz").status == 200;
    });
}

inline std::string bearer(std::string_view token = kToken) {
    return "Authorization: Bearer " + std::string{token} + "\r\n";
}

/// A partner with a server that says who asks, and a proxy's configuration with an admin address.
class OperatorTest : public testing::Test {
protected:
    std::string yaml(std::string_view top = {}) const {
        return "workers: 2\n" +
               partner_.configuration(
                   server_.port(), {}, admin_with_token(partner_) + std::string{top}
               );
    }

    const Partner partner_;
    const ScriptedServer server_ = who_asks(partner_);
};

}  // namespace countersign::tests
