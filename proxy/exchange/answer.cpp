#include "proxy/exchange/answer.hpp"

#include <algorithm>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "certs/text/ascii.hpp"
#include "certs/text/utf8.hpp"
#include "proxy/exchange/serialised.hpp"

namespace countersign::proxy::exchange {

namespace beast = boost::beast::http;

namespace {

namespace json = boost::json;

/// What is not UTF-8 in it becomes U+FFFD: no peer can break a document.
json::string json_text(std::string_view text) {
    const std::string valid = certs::with_valid_utf8(text);
    return json::string{valid.data(), valid.size()};
}

/// Each line with the name of its step.
json::array steps_of(const Account& account) {
    json::array steps;
    std::string_view step;
    for (const AccountLine& line : account) {
        if (!line.name.empty()) step = line.name;
        const std::size_t begin = line.text.find_first_not_of(' ');
        steps.push_back(json_text(
            std::string{step} + ": " + line.text.substr(std::min(begin, line.text.size()))
        ));
    }
    return steps;
}

/// RFC 9457.
json::object problem(const Failure& failure, const FailureRow& row, const AnswerContext& context) {
    json::object out{{"type", "about:blank"}};
    const auto tell = [&out](std::string_view name, std::string_view value) {
        if (!value.empty()) out[name] = json_text(value);
    };
    tell("title", row.title);
    out["status"] = row.status;
    tell("error", row.proxy_error);
    tell("stage", row.stage);
    tell("side", certs::word_for(kSides, failure.side()));
    tell("profile", context.profile);
    tell("detail", failure.reason());
    tell("remedy", failure.remedy());
    if (failure.account()) out["steps"] = steps_of(*failure.account());
    tell("request_id", context.request_id);
    tell("trace_id", context.trace_id);
    return out;
}

void append_values(std::string& out, const json::array& values, std::string_view before_each) {
    const char* separator = "[";
    for (const json::value& value : values) {
        out += std::exchange(separator, ",");
        out += before_each;
        out += json::serialize(value);
    }
}

/// A member a line, and a step: people read it too.
std::string laid_out(const json::object& document) {
    std::string out;
    const char* separator = "{\n  ";
    for (const auto& [name, value] : document) {
        out += std::exchange(separator, ",\n  ");
        out += json::serialize(json::string_view{name});
        out += ": ";
        if (const json::array* const values = value.if_array()) {
            append_values(out, *values, "\n    ");
            out += "\n  ]";
        } else {
            out += json::serialize(value);
        }
    }
    return out + "\n}\n";
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
        context.text ? text_body(failure, row, context) : laid_out(problem(failure, row, context));
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
