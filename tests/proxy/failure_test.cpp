#include "proxy/failure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>

namespace countersign::proxy {
namespace {

struct CodeRow {
    const char* name;
    FailureCode code;
    int status;
    const char* title;
    const char* error;
};

constexpr CodeRow kCodes[] = {
    {"bad_request", FailureCode::bad_request, 400, "Bad Request", "http_request_error"},
    {"no_profile", FailureCode::no_profile, 403, "Forbidden", "http_request_denied"},
    {"client_not_allowed", FailureCode::client_not_allowed, 403, "Forbidden",
     "http_request_denied"},
    {"client_unknown", FailureCode::client_unknown, 407, "Proxy Authentication Required",
     "http_request_denied"},
    {"name_wanted", FailureCode::name_wanted, 407, "Proxy Authentication Required",
     "http_request_denied"},
    {"trace_refused", FailureCode::trace_refused, 403, "Forbidden", "http_request_denied"},
    {"loop", FailureCode::loop, 502, "Bad Gateway", "proxy_loop_detected"},
    {"destination_unavailable", FailureCode::destination_unavailable, 503, "Service Unavailable",
     "destination_unavailable"},
    {"upgrade_refused", FailureCode::upgrade_refused, 403, "Forbidden", "http_request_denied"},
    {"connect_refused", FailureCode::connect_refused, 403, "Forbidden", "http_request_denied"},
    {"cross_site", FailureCode::cross_site, 403, "Forbidden", "http_request_denied"},
    {"body_too_large", FailureCode::body_too_large, 413, "Content Too Large", "http_request_error"},
    {"head_too_large", FailureCode::head_too_large, 431, "Request Header Fields Too Large",
     "http_request_error"},
    {"target_too_long", FailureCode::target_too_long, 414, "URI Too Long", "http_request_error"},
    {"request_timeout", FailureCode::request_timeout, 408, "Request Timeout", "http_request_error"},
    {"dns_not_found", FailureCode::dns_not_found, 502, "Bad Gateway", "dns_error"},
    {"dns_timeout", FailureCode::dns_timeout, 504, "Gateway Timeout", "dns_timeout"},
    {"connection_refused", FailureCode::connection_refused, 502, "Bad Gateway",
     "connection_refused"},
    {"unreachable", FailureCode::unreachable, 502, "Bad Gateway", "destination_ip_unroutable"},
    {"connect_timeout", FailureCode::connect_timeout, 504, "Gateway Timeout", "connection_timeout"},
    {"address_prohibited", FailureCode::address_prohibited, 403, "Forbidden",
     "destination_ip_prohibited"},
    {"server_certificate", FailureCode::server_certificate, 502, "Bad Gateway",
     "tls_certificate_error"},
    {"alert_received", FailureCode::alert_received, 502, "Bad Gateway", "tls_alert_received"},
    {"tls_protocol", FailureCode::tls_protocol, 502, "Bad Gateway", "tls_protocol_error"},
    {"handshake_timeout", FailureCode::handshake_timeout, 504, "Gateway Timeout",
     "connection_timeout"},
    {"response_incomplete", FailureCode::response_incomplete, 502, "Bad Gateway",
     "http_response_incomplete"},
    {"response_malformed", FailureCode::response_malformed, 502, "Bad Gateway",
     "http_protocol_error"},
    {"response_too_long", FailureCode::response_too_long, 502, "Bad Gateway",
     "http_response_body_size"},
    {"response_timeout", FailureCode::response_timeout, 504, "Gateway Timeout",
     "http_response_timeout"},
    {"tunnel_lost", FailureCode::tunnel_lost, 502, "Bad Gateway", "connection_terminated"},
    {"tunnel_idle", FailureCode::tunnel_idle, 504, "Gateway Timeout", "connection_read_timeout"},
    {"connection_limit", FailureCode::connection_limit, 503, "Service Unavailable",
     "connection_limit_reached"},
    {"descriptors_exhausted", FailureCode::descriptors_exhausted, 503, "Service Unavailable",
     "connection_limit_reached"},
    {"draining", FailureCode::draining, 503, "Service Unavailable", "proxy_internal_response"},
    {"identity_unusable", FailureCode::identity_unusable, 503, "Service Unavailable",
     "proxy_configuration_error"},
    {"internal", FailureCode::internal, 500, "Internal Server Error", "proxy_internal_error"},
};

class FailureCodeTest : public testing::TestWithParam<CodeRow> {};

TEST_P(FailureCodeTest, HasItsRow) {
    const FailureRow row = row_of(GetParam().code);

    EXPECT_EQ(row.status, GetParam().status);
    EXPECT_EQ(row.title, GetParam().title);
    EXPECT_EQ(row.proxy_error, GetParam().error);
    EXPECT_FALSE(row.stage.empty());
}

INSTANTIATE_TEST_SUITE_P(Codes, FailureCodeTest, testing::ValuesIn(kCodes), [](const auto& row) {
    return std::string{row.param.name};
});

TEST(FailureCodeTable, HasARowForEveryCode) {
    EXPECT_EQ(std::size(kCodes), static_cast<std::size_t>(FailureCode::internal) + 1);
}

using MakeFailure = Failure (*)(FailureCode, std::string, std::string, std::string_view);

struct SideRow {
    const char* name;
    MakeFailure make;
    Side side;
};

class FailureOf : public testing::TestWithParam<SideRow> {};

TEST_P(FailureOf, KnowsWhoseFaultItIsAndWhatItWasTold) {
    const Failure failure = GetParam().make(FailureCode::draining, "It failed.", "Mend it.", {});

    EXPECT_EQ(failure.side(), GetParam().side);
    EXPECT_EQ(failure.code(), FailureCode::draining);
    EXPECT_EQ(failure.reason(), "It failed.");
    EXPECT_EQ(failure.remedy(), "Mend it.");
}

INSTANTIATE_TEST_SUITE_P(
    Sides, FailureOf,
    testing::Values(
        SideRow{"client", Failure::of_client, Side::client},
        SideRow{"upstream", Failure::of_upstream, Side::upstream},
        SideRow{"proxy", Failure::of_proxy, Side::proxy}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

// Who makes a failure has to say whose fault it is.
static_assert(!std::is_default_constructible_v<Failure>);
static_assert(!std::is_constructible_v<Failure, FailureCode, std::string, std::string>);
static_assert(!std::is_constructible_v<
              Failure, FailureCode, Side, std::string, std::string, std::string_view>);

// Nothing refers into a temporary, which `Result::error` gives.
static_assert(!std::is_reference_v<decltype(std::declval<Failure>().reason())>);
static_assert(!std::is_reference_v<decltype(std::declval<Failure>().remedy())>);

TEST(Failure, WithMoreSaysOneSentenceMoreAndIsTheSameOtherwise) {
    const Failure failure =
        Failure::of_client(FailureCode::bad_request, "It failed.", "Mend it.").with_more("Twice.");

    EXPECT_EQ(failure.reason(), "It failed. Twice.");
    EXPECT_EQ(failure.remedy(), "Mend it.");
    EXPECT_EQ(failure.code(), FailureCode::bad_request);
    EXPECT_EQ(failure.side(), Side::client);
}

TEST(BriefText, OfEveryCodeIsShortPlainAndOneLine) {
    const std::string longest(253, 'h');
    for (const CodeRow& row : kCodes) {
        const Failure failure = Failure::of_proxy(row.code, "It failed.");
        for (const std::string& host : {std::string{}, std::string{"api.example"}, longest}) {
            const std::string text = brief_text(failure, host);

            EXPECT_LE(text.size(), 120U) << text;
            EXPECT_FALSE(text.empty()) << row.name;
            EXPECT_EQ(text.find("{}"), std::string::npos) << text;
            EXPECT_TRUE(std::ranges::all_of(text, [](char c) {
                return c >= ' ' && c <= '~' && c != '"' && c != '\\';
            })) << text;
        }
    }
}

TEST(BriefText, NamesTheHostWhereItFitsAndIsOne) {
    const Failure failure = Failure::of_upstream(
        FailureCode::alert_received, "It failed.", {}, "client certificate refused by {}"
    );

    EXPECT_EQ(
        brief_text(failure, "api.partner.example"),
        "client certificate refused by api.partner.example"
    );
    EXPECT_EQ(brief_text(failure, "::1"), "client certificate refused by ::1");
    EXPECT_EQ(brief_text(failure, ""), "client certificate refused by the destination");
    EXPECT_EQ(
        brief_text(failure, std::string(91, 'h')), "client certificate refused by the destination"
    );
    EXPECT_EQ(brief_text(failure, std::string(90, 'h')).size(), 120U);
    EXPECT_EQ(brief_text(failure, "a\r\nX: b"), "client certificate refused by the destination")
        << "whatever a host may be one day";
}

}  // namespace
}  // namespace countersign::proxy
