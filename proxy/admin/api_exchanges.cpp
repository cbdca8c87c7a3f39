#include <charconv>

#include "proxy/admin/api.hpp"
#include "proxy/admin/exchange_question.hpp"

namespace countersign::proxy::admin {

// The last exchanges, as they are asked for; what the others are asked is in api.cpp.

namespace {

using boost::asio::awaitable;

constexpr auto kForList = std::chrono::seconds{1};

Answer no_console() {
    return problem(
        404,
        "Exchanges are kept for the console alone, and there is none. To have it: console: { "
        "enabled: true }. The access log has every exchange."
    );
}

Answer json_answer(std::string text) {
    Answer answer;
    answer.body = std::move(text);
    answer.type = "application/json";
    return answer;
}

}  // namespace

awaitable<bool> Api::has_exchanges() {
    if (!from_.state.generation->configuration().console.enabled) co_return false;
    co_await from_.recent.refresh(kForList);
    co_return true;
}

awaitable<Answer> Api::exchanges(const Call& call) {
    const auto question = exchange_question(call.query());
    if (!question) co_return problem(400, question.error());
    if (!co_await has_exchanges()) co_return no_console();
    co_return json_answer(from_.recent.board().page(*question, from_.recent.silent_workers()));
}

awaitable<Answer> Api::exchange(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (!co_await has_exchanges()) co_return no_console();
    std::string found;
    if (is_number) found = from_.recent.board().one(number);
    if (found.empty()) {
        co_return problem(
            404,
            "There is no exchange of that number, or it is not kept any more: the last thousand "
            "are, and the last hundred that failed. The access log has all."
        );
    }
    co_return json_answer(std::move(found));
}

}  // namespace countersign::proxy::admin
