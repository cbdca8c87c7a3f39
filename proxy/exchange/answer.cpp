#include "proxy/exchange/answer.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

#include "certs/text/ascii.hpp"
#include "proxy/exchange/serialised.hpp"
#include "proxy/log/json_text.hpp"

namespace countersign::proxy::exchange {

namespace beast = boost::beast::http;

namespace {

void append_json_member(std::string& out, std::string_view name, std::string_view value) {
    out += ",\n  \"";
    out += name;
    out += "\": \"";
    log::append_json_text(out, value);
    out += '"';
}

/// Each line with the name of its step.
void append_json_steps(std::string& out, const Account& account) {
    std::string_view step;
    out += ",\n  \"steps\": [";
    for (const AccountLine& line : account) {
        if (!line.name.empty()) step = line.name;
        out += &line == &account.front() ? "\n    \"" : ",\n    \"";
        log::append_json_text(out, step);
        out += ": ";
        log::append_json_text(
            out, std::string_view{line.text}.substr(line.text.find_first_not_of(' '))
        );
        out += '"';
    }
    out += "\n  ]";
}

std::string json_body(const Failure& failure, const FailureRow& row, const AnswerContext& context) {
    std::string body = "{\n  \"type\": \"about:blank\",\n  \"title\": \"";
    body += row.title;
    body += "\",\n  \"status\": " + std::to_string(row.status);
    append_json_member(body, "error", row.proxy_error);
    append_json_member(body, "stage", row.stage);
    append_json_member(body, "side", certs::word_for(kSides, failure.side()));
    if (!context.profile.empty()) append_json_member(body, "profile", context.profile);
    append_json_member(body, "detail", failure.reason());
    if (!failure.remedy().empty()) append_json_member(body, "remedy", failure.remedy());
    if (failure.account()) append_json_steps(body, *failure.account());
    if (!context.request_id.empty()) append_json_member(body, "request_id", context.request_id);
    if (!context.trace_id.empty()) append_json_member(body, "trace_id", context.trace_id);
    body += "\n}\n";
    return body;
}

std::string text_body(const Failure& failure, const FailureRow& row, const AnswerContext& context) {
    std::string body = "Countersign: ";
    body += std::to_string(row.status) + " ";
    body += row.title;
    body += "\n\nstage:   ";
    body += row.stage;
    const auto line = [&body](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        body += name;
        body += value;
    };
    line("\nside:    ", certs::word_for(kSides, failure.side()));
    line("\nprofile: ", context.profile);
    line("\nreason:  ", failure.reason());
    line("\nremedy:  ", failure.remedy());
    line("\nrequest: ", context.request_id);
    line("\ntrace:   ", context.trace_id);
    body += '\n';
    if (failure.account()) {
        body += '\n';
        for (const AccountLine& one : *failure.account()) {
            body += column_text(one.name, one.text) + '\n';
        }
    }
    return body;
}

/// RFC 9209 2.3.
std::string proxy_status(const Failure& failure, std::string_view brief) {
    std::string value = "countersign; error=";
    value += error_of(&failure);
    value += "; details=\"";
    value += brief;
    value += '"';
    if (!failure.alert()) return value;
    value += "; alert-id=" + std::to_string(*failure.alert());
    if (const std::string_view name = alert_name(*failure.alert()); !name.empty()) {
        value += "; alert-message=\"";
        value += name;
        value += '"';
    }
    return value;
}

}  // namespace

void write_answer(const Failure& failure, const AnswerContext& context, std::string& out) {
    const FailureRow row = row_of(failure.code());
    const std::string brief = brief_text(failure, context.host);
    constexpr unsigned kHttp11 = 11;
    beast::response<beast::string_body> message{static_cast<beast::status>(row.status), kHttp11};
    message.reason(brief);
    message.set("Proxy-Status", proxy_status(failure, brief));
    message.set(
        beast::field::content_type,
        context.text ? "text/plain; charset=utf-8" : "application/problem+json"
    );
    if (row.status == 407) {
        message.set(
            beast::field::proxy_authenticate, "Basic realm=\"countersign\", charset=\"UTF-8\""
        );
    }
    if (failure.retry_after() != 0) {
        message.set(beast::field::retry_after, std::to_string(failure.retry_after()));
    }
    message.set(beast::field::cache_control, "no-store");
    message.body() =
        context.text ? text_body(failure, row, context) : json_body(failure, row, context);
    message.content_length(message.body().size());
    if (!context.keep_alive) {
        message.set(beast::field::connection, "close");
    } else if (context.minor_version == 0) {
        message.set(beast::field::connection, "keep-alive");
    }
    out.clear();
    serialise(message, context.head_request, out);
}

bool prefers_text(std::string_view accept) {
    const std::string lower = certs::in_lower_case(accept);
    const std::size_t text = lower.find("text/");
    return text != std::string::npos && text < lower.find("json");
}

}  // namespace countersign::proxy::exchange
