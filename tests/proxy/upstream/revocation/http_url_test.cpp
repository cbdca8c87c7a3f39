#include "proxy/upstream/revocation/http_url.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::upstream::revocation {
namespace {

TEST(HttpUrl, IsTakenApart) {
    struct Row {
        const char* text;
        const char* host;
        int port;
        const char* target;
    };
    const Row kRows[] = {
        {"http://ocsp.example", "ocsp.example", 80, "/"},
        {"http://ocsp.example/", "ocsp.example", 80, "/"},
        {"HTTP://OCSP.Example:8080/a/b?c=d", "ocsp.example", 8080, "/a/b?c=d"},
        {"http://ocsp.example?x", "ocsp.example", 80, "/?x"},
        {"http://ocsp.example/a#b", "ocsp.example", 80, "/a"},
        {"http://192.0.2.1:81/", "192.0.2.1", 81, "/"},
        {"http://[2001:db8::1]/x", "2001:db8::1", 80, "/x"},
        {"http://[2001:db8::1]:81/x", "2001:db8::1", 81, "/x"},
    };
    for (const Row& row : kRows) {
        const auto url = HttpUrl::parse(row.text);
        ASSERT_TRUE(url) << row.text;
        EXPECT_EQ(url->host, row.host) << row.text;
        EXPECT_EQ(url->port, row.port) << row.text;
        EXPECT_EQ(url->target, row.target) << row.text;
    }
}

TEST(HttpUrl, IsNoOther) {
    for (const char* const text :
         {"", "http://", "https://ocsp.example/", "ldap://ocsp.example", "http:///x",
          "http://user@ocsp.example/", "http://ocsp.example:0/", "http://ocsp.example:70000/",
          "http://ocsp.example:/", "http://ocsp.example:80x/", "http://a b/",
          "http://ocsp.example/\r\nX: y", "http://127.1/", "http://0x7f.0.0.1/"}) {
        EXPECT_FALSE(HttpUrl::parse(text)) << text;
    }
}

}  // namespace
}  // namespace countersign::proxy::upstream::revocation
