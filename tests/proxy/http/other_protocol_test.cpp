#include "proxy/http/other_protocol.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace countersign::proxy::http {
namespace {

using namespace std::string_view_literals;

TEST(OtherProtocol, IsKnownByItsFirstBytes) {
    EXPECT_EQ(other_protocol("\x16\x03\x01\x02\x00\x01"sv), OtherProtocol::tls);
    EXPECT_EQ(other_protocol("\x16"sv), OtherProtocol::tls) << "the rest has not come yet";
    EXPECT_EQ(other_protocol("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"sv), OtherProtocol::http2);
    EXPECT_EQ(other_protocol("\x05\x01\x00"sv), OtherProtocol::socks);
    EXPECT_EQ(other_protocol("\x04\x01\x00\x50"sv), OtherProtocol::socks);
}

TEST(OtherProtocol, IsNoneOfWhatMayBeHttp) {
    EXPECT_EQ(other_protocol(""sv), OtherProtocol::none);
    EXPECT_EQ(other_protocol("\x16GET"sv), OtherProtocol::none);
    EXPECT_EQ(other_protocol("GET / HTTP/1.1\r\n"sv), OtherProtocol::none);
    EXPECT_EQ(other_protocol("PRI * HTTP/1.1\r\n"sv), OtherProtocol::none);
}

TEST(OtherService, IsKnownByHowItGreets) {
    using std::string_view_literals::operator""sv;
    EXPECT_EQ(other_service("SSH-2.0-OpenSSH_9.2\r\n"), "an SSH server");
    EXPECT_EQ(other_service("220 mail.example ESMTP\r\n"), "a mail or FTP server");
    EXPECT_EQ(other_service("HTTP/2 200\r\n"), "an HTTP/2 server");
    EXPECT_EQ(other_service("\0\0\x12\x04\0"sv), "an HTTP/2 server");
    for (const auto text : {""sv, "\0"sv, "hello"sv, "22"sv}) EXPECT_EQ(other_service(text), "");
}

}  // namespace
}  // namespace countersign::proxy::http
