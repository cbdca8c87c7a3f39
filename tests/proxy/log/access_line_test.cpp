#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

#include "proxy/log/access_log.hpp"
#include "tests/proxy/json_reader.hpp"

namespace countersign::proxy::log {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

class AccessLine : public testing::Test {
protected:
    AccessLine() {
        record_.time = system_clock::time_point{seconds{1795442700} + milliseconds{7}};
        record_.listener = "apps";
        record_.client = "127.0.0.1:50412";
        record_.method = "POST";
        record_.host = "api.partner.example";
        record_.port = 443;
        record_.path = "/orders?customer=7&token=secret";
        record_.profile = "partner";
        record_.identity = "CN=acme-client, O=Acme";
        record_.tls_version = "TLSv1.3";
        record_.resumed = true;
        record_.reused = false;
        record_.status = 201;
        record_.bytes_in = 1'000'000'000'000;
        record_.bytes_out = 512;
        record_.resolve = microseconds{1};
        record_.connect = microseconds{20};
        record_.handshake = microseconds{300};
        record_.wait = microseconds{4'000};
        record_.total = microseconds{50'000};
    }
    std::string line() const {
        std::string out;
        append_access_line(out, record_, rules_);
        return out;
    }

    ExchangeRecord record_;
    profiles::LogRules rules_;
};

TEST_F(AccessLine, IsTextWithAMemberAWord) {
    EXPECT_EQ(
        line(),
        "2026-11-23T14:05:00.007Z listener=apps client=127.0.0.1:50412 method=POST "
        "host=api.partner.example port=443 path=/orders profile=partner identity=\"CN=acme-client, "
        "O=Acme\" tls=TLSv1.3 "
        "resumed=yes reused=no status=201 bytes_in=1000000000000 bytes_out=512 resolve_us=1 "
        "connect_us=20 handshake_us=300 wait_us=4000 total_us=50000 error=-\n"
    );
}

TEST_F(AccessLine, IsOneJsonObject) {
    rules_.format = profiles::LogFormat::json;

    EXPECT_EQ(
        line(),
        R"({"time":"2026-11-23T14:05:00.007Z","countersign.listener":"apps",)"
        R"("client.address":"127.0.0.1","client.port":50412,"http.request.method":"POST",)"
        R"("server.address":"api.partner.example","server.port":443,"url.path":"/orders",)"
        R"("countersign.profile":"partner","tls.client.subject":"CN=acme-client, O=Acme",)"
        R"("tls.protocol.version":"1.3","tls.resumed":true,"countersign.connection.reused":false,)"
        R"("http.response.status_code":201,"http.request.body.size":1000000000000,)"
        R"("http.response.size":512,"countersign.resolve_us":1,"countersign.connect_us":20,)"
        R"("countersign.handshake_us":300,"countersign.wait_us":4000,"countersign.total_us":50000})"
        "\n"
    );
    EXPECT_NO_THROW(read_json_object(line()));
}

TEST_F(AccessLine, SaysWhoAskedWhatWasDialledAndAsWhomWhereThatIsKnown) {
    record_.client = "unix";
    record_.uid = 1000;
    record_.name = "billing";
    record_.address = "[2001:db8::1]:8443";
    record_.fingerprint = "0123abcd";
    record_.error = "tls_alert_received";
    record_.side = Side::upstream;
    record_.cause = "client certificate refused by api.partner.example: unknown CA";

    const std::string text = line();

    EXPECT_NE(text.find(" listener=apps client=unix uid=1000 name=billing method=POST "), text.npos)
        << text;
    EXPECT_NE(text.find(" path=/orders address=[2001:db8::1]:8443 profile=partner "), text.npos)
        << text;
    EXPECT_NE(
        text.find(" identity=\"CN=acme-client, O=Acme\" fingerprint=0123abcd tls="), text.npos
    ) << text;
    EXPECT_TRUE(
        text.ends_with(" error=tls_alert_received side=upstream cause=\"client certificate refused "
                       "by api.partner.example: "
                       "unknown CA\"\n")
    ) << text;
    rules_.format = profiles::LogFormat::json;
    auto members = read_json_object(line());
    EXPECT_EQ(members["client.address"], "unix");
    EXPECT_EQ(members["countersign.side"], "upstream");
    EXPECT_EQ(members.count("client.port"), 0U);
    EXPECT_EQ(members["countersign.client.uid"], "1000");
    EXPECT_EQ(members["countersign.client.name"], "billing");
    EXPECT_EQ(members["network.peer.address"], "2001:db8::1");
    EXPECT_EQ(members["network.peer.port"], "8443");
    EXPECT_EQ(members["tls.client.hash.sha256"], "0123ABCD");
    EXPECT_EQ(members["error.type"], record_.error);
    EXPECT_EQ(members["error.message"], record_.cause);
}

TEST_F(AccessLine, EndsWithTheIdsByWhichItIsFound) {
    record_.request_id = "Root=1-2";
    EXPECT_TRUE(line().ends_with(" error=- request_id=\"Root=1-2\"\n")) << line();
    record_.request_id = "7f3c1b5e-0d7e";
    record_.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    record_.span_id = "00f067aa0ba902b7";
    record_.trace_flags = "01";

    EXPECT_TRUE(line().ends_with(
        " error=- request_id=7f3c1b5e-0d7e trace_id=4bf92f3577b34da6a3ce929d0e0e4736 "
        "span_id=00f067aa0ba902b7 trace_flags=01\n"
    )) << line();
    rules_.format = profiles::LogFormat::json;
    auto members = read_json_object(line());
    EXPECT_EQ(members["countersign.request_id"], "7f3c1b5e-0d7e");
    EXPECT_EQ(members["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(members["span_id"], "00f067aa0ba902b7");
    EXPECT_EQ(members["trace_flags"], "01");
}

TEST_F(AccessLine, InJsonLeavesOutWhatIsNotKnown) {
    record_ = {};
    record_.time = system_clock::time_point{seconds{1795442700}};
    rules_.format = profiles::LogFormat::json;

    EXPECT_EQ(
        line(), R"({"time":"2026-11-23T14:05:00.000Z","tls.resumed":false,)"
                R"("countersign.connection.reused":false,"http.request.body.size":0,)"
                R"("http.response.size":0,"countersign.resolve_us":0,"countersign.connect_us":0,)"
                R"("countersign.handshake_us":0,"countersign.wait_us":0,"countersign.total_us":0})"
                "\n"
    );
}

TEST_F(AccessLine, OfARefusedRequestSaysWhatIsKnown) {
    record_ = {};
    record_.time = system_clock::time_point{seconds{1795442700}};
    record_.client = "unix";
    record_.status = 400;
    record_.error = "http_request_error";
    record_.side = Side::client;

    EXPECT_EQ(
        line(),
        "2026-11-23T14:05:00.000Z listener=- client=unix method=- host=- port=0 path=- profile=- "
        "identity=- "
        "tls=- resumed=no reused=no status=400 bytes_in=0 bytes_out=0 resolve_us=0 connect_us=0 "
        "handshake_us=0 wait_us=0 total_us=0 error=http_request_error side=client\n"
    );
}

TEST_F(AccessLine, KeepsTheQueryOnlyWhereTheConfigurationSaysSo) {
    EXPECT_EQ(line().find("secret"), std::string::npos);

    rules_.query = true;

    EXPECT_NE(line().find("path=\"/orders?customer=7&token=secret\""), std::string::npos);
    rules_.format = profiles::LogFormat::json;
    auto members = read_json_object(line());
    EXPECT_EQ(members["url.path"], "/orders");
    EXPECT_EQ(members["url.query"], "customer=7&token=secret");
}

TEST_F(AccessLine, CannotBeForgedByALineBreak) {
    record_.path = "/a\r\n2026-11-23T14:05:00.007Z client=127.0.0.1:1 status=200";
    record_.identity = "CN=\"x\" status=200";

    const std::string text = line();

    EXPECT_EQ(text.find('\n'), text.size() - 1);
    EXPECT_EQ(text.find('\r'), std::string::npos);
    EXPECT_NE(text.find(R"(path="/a\u000d\u000a2026-11-23T14:05:00.007Z client=)"), text.npos);
    EXPECT_NE(text.find(R"(identity="CN=\"x\" status=200")"), text.npos);
}

TEST_F(AccessLine, InJsonCannotBeForgedEither) {
    rules_.format = profiles::LogFormat::json;
    record_.path = "/a\",\"status\":200,\"x\":\"\n{";

    auto members = read_json_object(line());

    EXPECT_EQ(members["url.path"], record_.path);
    EXPECT_EQ(members["http.response.status_code"], "201");
    EXPECT_EQ(members.count("x"), 0U);
}

TEST_F(AccessLine, QuotesWhatIsNotOneWord) {
    for (const std::string_view method : {"A B", "A=B", "A\"B", "A\\B", "A\x7f", "\xC3\xBC"}) {
        record_.method = method;
        EXPECT_NE(line().find(" method=\""), std::string::npos) << method;
    }
}

TEST_F(AccessLine, TellsEachSecondsOwnTime) {
    line();
    record_.time += milliseconds{993};

    EXPECT_TRUE(line().starts_with("2026-11-23T14:05:01.000Z "));
}

/// The longest that a line can get: every number at its end, every byte escaped.
TEST_F(AccessLine, HasRoomForWhateverComes) {
    for (const std::size_t length : {0U, 1U, 400U, 600U, 70'000U}) {
        SCOPED_TRACE(length);
        const std::string text(length, '\x01');
        const auto most = std::numeric_limits<std::int64_t>::min();
        record_.client = record_.method = record_.host = record_.path = record_.profile = text;
        record_.identity = record_.tls_version = record_.error = record_.would_be = text;
        record_.listener = record_.name = record_.address = record_.fingerprint = text;
        record_.cause = record_.certificate = record_.issuers = text;
        record_.request_id = record_.trace_id = record_.span_id = record_.trace_flags = text;
        record_.uid = std::numeric_limits<std::uint32_t>::max();
        record_.port = record_.status = std::numeric_limits<std::uint16_t>::max();
        record_.bytes_in = record_.bytes_out = std::numeric_limits<std::uint64_t>::max();
        record_.resolve = record_.connect = record_.handshake = microseconds{most};
        record_.wait = record_.total = microseconds{most};
        for (const auto format : {profiles::LogFormat::text, profiles::LogFormat::json}) {
            rules_.format = format;

            const std::string written = line();

            EXPECT_TRUE(written.starts_with(
                format == profiles::LogFormat::json ? "{\"time\":\"2026-" : "2026-"
            ));
            EXPECT_GT(written.size(), 20 * 6 * length);
            EXPECT_EQ(std::ranges::count(written, '\n'), 1);
            EXPECT_EQ(written.back(), '\n');
        }
    }
}

TEST_F(AccessLine, IsAppended) {
    std::string out = "before\n";

    append_access_line(out, record_, rules_);

    EXPECT_TRUE(out.starts_with("before\n2026-"));
}

}  // namespace
}  // namespace countersign::proxy::log
