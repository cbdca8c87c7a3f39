#include "proxy/exchange/answer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/proxy/json_reader.hpp"

namespace countersign::proxy::exchange {
namespace {

TEST(WriteAnswerOf, EachCodeHasItsRow) {
    for (int code = 0; code <= static_cast<int>(FailureCode::internal); ++code) {
        const FailureRow row = row_of(static_cast<FailureCode>(code));
        const Failure failure = Failure::of_proxy(static_cast<FailureCode>(code), "It failed.");
        std::string answer;

        write_answer(failure, {}, answer);

        const std::string brief = brief_text(failure, {});
        EXPECT_TRUE(answer.starts_with(
            "HTTP/1.1 " + std::to_string(row.status) + " " + brief +
            "\r\nProxy-Status: countersign; error=" + std::string{row.proxy_error} +
            "; details=\"" + brief + "\"\r\n"
        )) << answer;
        const std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
        auto members = read_json_object(body);
        EXPECT_EQ(members["status"], std::to_string(row.status));
        EXPECT_EQ(members["title"], row.title);
        EXPECT_EQ(members["error"], row.proxy_error);
    }
}

struct AlertRow {
    const char* name;
    std::uint8_t number;
    const char* brief;
    const char* status;
};

class AlertAnswer : public testing::TestWithParam<AlertRow> {};

// RFC 9209 2.3.
TEST_P(AlertAnswer, SaysWhichItWas) {
    const Failure failure =
        Failure::of_upstream(FailureCode::alert_received, "It failed.").by_alert(GetParam().number);
    std::string answer;

    write_answer(failure, {}, answer);

    const std::string brief = "TLS handshake ended by the destination: ";
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 502 " + brief + GetParam().brief + "\r\n")) << answer;
    EXPECT_NE(
        answer.find(
            "\r\nProxy-Status: countersign; error=tls_alert_received; details=\"" + brief +
            GetParam().brief + "\"; " + GetParam().status + "\r\n"
        ),
        std::string::npos
    ) << answer;
}

INSTANTIATE_TEST_SUITE_P(
    Alerts, AlertAnswer,
    testing::Values(
        AlertRow{"UnknownCa", 48, "unknown CA", "alert-id=48; alert-message=\"unknown_ca\""},
        AlertRow{
            "CertificateRequired", 116, "certificate required",
            "alert-id=116; alert-message=\"certificate_required\""},
        AlertRow{"Unregistered", 200, "TLS alert 200", "alert-id=200"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

class WriteAnswer : public testing::Test {
protected:
    WriteAnswer() {
        context_.profile = "partner";
        context_.host = "api";
        context_.keep_alive = true;
    }
    std::string written() {
        std::string out = "left from before";
        write_answer(failure_, context_, out);
        return out;
    }

    Failure failure_ = Failure::of_upstream(
        FailureCode::dns_not_found, "The name 'api' could not be resolved.", "Check the name."
    );
    AnswerContext context_;
};

TEST_F(WriteAnswer, SaysInJsonWhatFailedAndWhatToDo) {
    EXPECT_EQ(
        written(),
        "HTTP/1.1 502 name not found: api\r\n"
        "Proxy-Status: countersign; error=dns_error; details=\"name not found: api\"\r\n"
        "Content-Type: application/problem+json\r\n"
        "Cache-Control: no-store\r\n"
        "Content-Length: 255\r\n"
        "\r\n"
        "{\n"
        "  \"type\": \"about:blank\",\n"
        "  \"title\": \"Bad Gateway\",\n"
        "  \"status\": 502,\n"
        "  \"error\": \"dns_error\",\n"
        "  \"stage\": \"name resolution\",\n"
        "  \"side\": \"upstream\",\n"
        "  \"profile\": \"partner\",\n"
        "  \"detail\": \"The name 'api' could not be resolved.\",\n"
        "  \"remedy\": \"Check the name.\"\n"
        "}\n"
    );
}

TEST_F(WriteAnswer, SaysInTextWhatFailedAndWhatToDo) {
    context_.text = true;

    EXPECT_EQ(
        written(),
        "HTTP/1.1 502 name not found: api\r\n"
        "Proxy-Status: countersign; error=dns_error; details=\"name not found: api\"\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Cache-Control: no-store\r\n"
        "Content-Length: 162\r\n"
        "\r\n"
        "Countersign: 502 Bad Gateway\n"
        "\n"
        "stage:   name resolution\n"
        "side:    upstream\n"
        "profile: partner\n"
        "reason:  The name 'api' could not be resolved.\n"
        "remedy:  Check the name.\n"
    );
}

TEST_F(WriteAnswer, LeavesOutWhatIsNotKnown) {
    context_.profile = {};
    failure_ = Failure::of_upstream(failure_.code(), failure_.reason());

    const std::string json = written();
    context_.text = true;
    const std::string text = written();

    EXPECT_EQ(json.find("profile"), std::string::npos);
    EXPECT_EQ(json.find("remedy"), std::string::npos);
    EXPECT_EQ(text.find("profile:"), std::string::npos);
    EXPECT_EQ(text.find("remedy:"), std::string::npos);
}

TEST_F(WriteAnswer, EscapesInJsonWhatCameFromOutside) {
    failure_ = Failure::of_upstream(failure_.code(), "It said \"no\"\r\n\x01 \\ \xff.");

    const std::string answer = written();

    const std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
    EXPECT_EQ(read_json_object(body)["detail"], "It said \"no\"\r\n\x01 \\ \xEF\xBF\xBD.");
}

TEST_F(WriteAnswer, AHeadRequestGetsTheHeadAlone) {
    const std::string whole = written();
    context_.head_request = true;

    const std::string head = written();

    EXPECT_EQ(head, whole.substr(0, whole.find("\r\n\r\n") + 4));
}

struct ConnectionRow {
    const char* name;
    bool keep_alive;
    std::uint8_t minor_version;
    const char* field;  ///< null: none
};

class AnswerConnection : public testing::TestWithParam<ConnectionRow> {};

TEST_P(AnswerConnection, IsSaidWhereTheClientWouldNotKnow) {
    AnswerContext context;
    context.keep_alive = GetParam().keep_alive;
    context.minor_version = GetParam().minor_version;
    std::string answer;

    write_answer(internal_failure(), context, answer);

    const std::size_t at = answer.find("\r\nConnection: ");
    if (GetParam().field == nullptr) {
        EXPECT_EQ(at, std::string::npos) << answer;
    } else {
        ASSERT_NE(at, std::string::npos) << answer;
        EXPECT_EQ(answer.substr(at + 2, answer.find('\r', at + 2) - at - 2), GetParam().field);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Versions, AnswerConnection,
    testing::Values(
        ConnectionRow{"kept_1_1", true, 1, nullptr},
        ConnectionRow{"kept_1_0", true, 0, "Connection: keep-alive"},
        ConnectionRow{"closed_1_1", false, 1, "Connection: close"},
        ConnectionRow{"closed_1_0", false, 0, "Connection: close"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

struct AcceptRow {
    const char* name;
    const char* accept;
    bool text;
};

class PrefersText : public testing::TestWithParam<AcceptRow> {};

TEST_P(PrefersText, IsDecidedByWhatStandsFirst) {
    EXPECT_EQ(prefers_text(GetParam().accept), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Accept, PrefersText,
    testing::Values(
        AcceptRow{"nothing", "", false}, AcceptRow{"anything", "*/*", false},
        AcceptRow{"plain_text", "text/plain", true}, AcceptRow{"any_text", "text/*", true},
        AcceptRow{"any_case", "TEXT/Plain", true}, AcceptRow{"json", "application/json", false},
        AcceptRow{"problem_json", "application/problem+json", false},
        AcceptRow{"json_first", "application/json, text/plain", false},
        AcceptRow{"text_first", "text/plain, application/json", true},
        AcceptRow{"browser", "text/html,application/xhtml+xml,*/*;q=0.8", true},
        AcceptRow{"something_else", "application/xml", false}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST_F(WriteAnswer, SaysByWhatItsLineInTheLogIsFound) {
    context_.request_id = "7f3c1b5e";
    context_.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    std::string answer;

    write_answer(internal_failure(), context_, answer);
    const std::string json = answer.substr(answer.find("\r\n\r\n") + 4);
    context_.text = true;
    write_answer(internal_failure(), context_, answer);

    auto members = read_json_object(json);
    EXPECT_EQ(members["request_id"], "7f3c1b5e");
    EXPECT_EQ(members["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_TRUE(answer.ends_with("\nrequest: 7f3c1b5e\ntrace:   4bf92f3577b34da6a3ce929d0e0e4736\n")
    ) << answer;
}

TEST_F(WriteAnswer, TellsStepByStepHowTheConnectionWasTried) {
    const auto account = std::make_shared<const Account>(Account{
        {"connect", "192.0.2.1:443 connected after 0.3 ms"},
        {"chain", "1 'CN=\"a\"'"},
        {"", "  SHA-256 00", true},
    });
    const Failure failure =
        Failure::of_upstream(FailureCode::tls_protocol, "It failed.", "Mend it.")
            .with_account(account);
    std::string answer;

    write_answer(failure, context_, answer);
    const std::string json = answer.substr(answer.find("\r\n\r\n") + 4);
    context_.text = true;
    write_answer(failure, context_, answer);

    EXPECT_EQ(
        read_json_object(json)["steps"],
        R"(["connect: 192.0.2.1:443 connected after 0.3 ms","chain: 1 'CN=\"a\"'","chain: SHA-256 00"])"
    ) << json;
    EXPECT_TRUE(
        answer.ends_with("\nremedy:  Mend it.\n\nconnect     192.0.2.1:443 connected after 0.3 ms\n"
                         "chain       1 'CN=\"a\"'\n              SHA-256 00\n")
    ) << answer;
}

}  // namespace
}  // namespace countersign::proxy::exchange
