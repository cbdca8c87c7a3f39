#include "proxy/http/field_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::http {
namespace {

struct Known {
    std::string_view lower;
    FieldName id;
};

constexpr Known kKnown[] = {
    {"authorization", FieldName::authorization},
    {"connection", FieldName::connection},
    {"content-length", FieldName::content_length},
    {"expect", FieldName::expect},
    {"host", FieldName::host},
    {"keep-alive", FieldName::keep_alive},
    {"max-forwards", FieldName::max_forwards},
    {"origin", FieldName::origin},
    {"proxy-authenticate", FieldName::proxy_authenticate},
    {"proxy-authorization", FieldName::proxy_authorization},
    {"proxy-connection", FieldName::proxy_connection},
    {"proxy-status", FieldName::proxy_status},
    {"sec-fetch-site", FieldName::sec_fetch_site},
    {"te", FieldName::te},
    {"traceparent", FieldName::trace_parent},
    {"tracestate", FieldName::trace_state},
    {"trailer", FieldName::trailer},
    {"transfer-encoding", FieldName::transfer_encoding},
    {"upgrade", FieldName::upgrade},
    {"via", FieldName::via},
    {"www-authenticate", FieldName::www_authenticate},
    {"x-request-id", FieldName::x_request_id},
};

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

TEST(FieldNameOf, IsRecognisedInAnyCase) {
    for (const Known& known : kKnown) {
        EXPECT_EQ(field_name(known.lower), known.id) << known.lower;
        EXPECT_EQ(field_name(upper(known.lower)), known.id) << known.lower;
    }
}

TEST(FieldNameOf, IsOtherWhenOneCharacterDiffers) {
    constexpr std::string_view kTokens =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (const Known& known : kKnown) {
        for (std::size_t at = 0; at < known.lower.size(); ++at) {
            for (const char c : kTokens) {
                std::string name(known.lower);
                if ((c | 0x20) == name[at]) continue;
                name[at] = c;
                EXPECT_EQ(field_name(name), FieldName::other) << name;
            }
        }
        EXPECT_EQ(field_name(std::string(known.lower) + "s"), FieldName::other);
        EXPECT_EQ(field_name(known.lower.substr(1)), FieldName::other);
    }
}

TEST(EndToEnd, AreTheFieldsMeantForTheFinalRecipient) {
    for (const std::string_view name :
         {"Host", "content-length", "Transfer-Encoding", "Via", "Expect", "Authorization", "COOKIE",
          "WWW-Authenticate", "Set-Cookie", "Content-Type", "content-anything", "X-Forwarded-Host",
          "Date"}) {
        EXPECT_TRUE(is_end_to_end(name)) << name;
    }
    for (const std::string_view name :
         {"TE", "Upgrade", "Trailer", "Keep-Alive", "Proxy-Authorization", "X-Hop",
          "HTTP2-Settings", "Content", "Cookies", "x"}) {
        EXPECT_FALSE(is_end_to_end(name)) << name;
    }
}

}  // namespace
}  // namespace countersign::proxy::http
