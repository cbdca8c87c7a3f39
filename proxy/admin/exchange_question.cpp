#include "proxy/admin/exchange_question.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/admin/percent_decoded.hpp"

namespace countersign::proxy::admin {

namespace {

template <class Number>
bool read_number(std::string_view text, Number& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

bool is_status(std::string_view text) {
    if (text == "none") return true;
    const bool known_class = text.size() == 3 && text.front() >= '1' && text.front() <= '5';
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return known_class && (text.substr(1) == "xx" || std::ranges::all_of(text.substr(1), is_digit));
}

/// Calls `take` with each name and its value, decoded; an empty sentence of it: it took that.
template <class Take>
std::string each_of(std::string_view query, const Take& take) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) continue;
        const std::string_view name = pair.substr(0, pair.find('='));
        const auto value = percent_decoded(pair.substr(std::min(name.size() + 1, pair.size())));
        if (!value) return "A percent sign wants two hexadecimal digits behind it.";
        if (std::string sentence = take(name, *value); !sentence.empty()) return sentence;
    }
    return {};
}

std::string unknown(std::string_view name, std::string_view known) {
    return certs::in_quotes(certs::printable(name)) + " is nothing that can be asked; there are " +
           std::string{known} + ".";
}

std::string take_part(ExchangeQuestion& into, std::string_view name, const std::string& value) {
    if (name == "profile") {
        into.profile = value;
    } else if (name == "status") {
        if (!value.empty() && !is_status(value)) return "status is one, as 502, or 5xx, or none.";
        into.status = value;
    } else if (name == "failed") {
        if (value != "true" && value != "false") return "failed is true or false.";
        into.failed = value == "true";
    } else if (name == "after") {
        if (!read_number(value, into.after)) return "after is the number of an exchange.";
    } else if (name == "before") {
        if (!read_number(value, into.before)) return "before is the number of an exchange.";
    } else if (name == "limit") {
        if (!read_number(value, into.limit) || into.limit == 0 || into.limit > RecentBoard::kMost) {
            return "limit is from 1 to 1000.";
        }
    } else {
        return unknown(name, "profile, status, failed, after, before and limit");
    }
    return {};
}

}  // namespace

certs::EditResult<ExchangeQuestion> exchange_question(std::string_view query) {
    ExchangeQuestion question;
    std::string sentence = each_of(query, [&](std::string_view name, const std::string& value) {
        return take_part(question, name, value);
    });
    if (!sentence.empty()) return certs::EditError{std::move(sentence)};
    return question;
}

certs::EditResult<EventQuestion> event_question(std::string_view query) {
    EventQuestion question;
    std::string sentence =
        each_of(query, [&](std::string_view name, const std::string& value) -> std::string {
            if (name == "exchanges") {
                question.exchanges = true;
                return {};
            }
            if (name != "after") return unknown(name, "exchanges and after");
            question.has_after = read_number(value, question.after);
            return question.has_after ? "" : "after is the number of an exchange.";
        });
    if (!sentence.empty()) return certs::EditError{std::move(sentence)};
    return question;
}

}  // namespace countersign::proxy::admin
