#include "proxy/admin/exchange_document.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::admin {
namespace {

live::KeptExchange kept(std::string_view method, std::string_view host, std::string_view path) {
    ExchangeRecord record;
    record.method = method;
    record.host = host;
    record.port = 8443;
    record.path = path;
    live::KeptExchange line;
    line.keep(record, path);
    return line;
}

struct UrlRow {
    const char* method;
    std::string host;
    std::string path;
    std::string url;
};

TEST(UrlText, IsVisibleAsciiWhateverAClientSends) {
    const std::string hostile = "/<script>\"'\\&\x1B[2J\r\n\x7F \xE2\x80\xAE\xFF";
    const UrlRow rows[] = {
        {"GET", "api.partner.example", "/orders?a=b", "http://api.partner.example:8443/orders?a=b"},
        {"GET", "::1", "/", "http://[::1]:8443/"},
        {"OPTIONS", "a.example", "*", "http://a.example:8443*"},
        {"CONNECT", "a.example", "", "a.example:8443"},
        {"GET", "", "", ""},
        {"GET", "a.example", hostile,
         "http://a.example:8443/<script>\"'\\&%1B[2J%0D%0A%7F%20%E2%80%AE%FF"},
        {"GET", "a.example", "/%E2%80%AE%0A", "http://a.example:8443/%E2%80%AE%0A"},
        {"GET", "a.example", "/" + std::string(5000, 'x'),
         "http://a.example:8443/" + std::string(319, 'x') + "..."},
    };
    for (const UrlRow& row : rows)
        EXPECT_EQ(url_text(kept(row.method, row.host, row.path)), row.url);
}

TEST(ReportObject, HasItsStepsAsTheClientWasToldThem) {
    live::FailedExchange failed;
    failed.stage = "TLS handshake";
    failed.reason = "It is refused.";
    failed.account = std::make_shared<Account>(Account{
        {"connect", "192.0.2.1:443 connected"}, {"chain", "1 'CN=a'"}, {"", "  for a"}, {"", ""}});
    const boost::json::object report = report_object(failed);
    const auto& steps = report.at("steps").as_array();
    ASSERT_EQ(steps.size(), 4U);
    EXPECT_EQ(steps[0].as_string(), "connect: 192.0.2.1:443 connected");
    EXPECT_EQ(steps[2].as_string(), "chain: for a");
    EXPECT_EQ(steps[3].as_string(), "chain: ");
    EXPECT_EQ(report.at("remedy").as_string(), "");
}

TEST(ExchangeObject, SaysNullOfWhatIsNotKnown) {
    live::KeptExchange line = kept("GET", "a.example", "/");
    const boost::json::object object = exchange_object(line, 7);
    for (const char* const key : {"status", "profile", "error", "side", "cause", "uid", "tls"}) {
        EXPECT_TRUE(object.at(key).is_null()) << key;
    }
    EXPECT_EQ(object.at("number").to_number<int>(), 7);
    EXPECT_EQ(object.at("time").as_string(), "1970-01-01 00:00:00.000 UTC");
}

}  // namespace
}  // namespace countersign::proxy::admin
