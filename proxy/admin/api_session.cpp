#include "proxy/admin/api.hpp"
#include "proxy/admin/json_body.hpp"

namespace countersign::proxy::admin {

// Who has signed in, and how; what the others are asked is in api.cpp.

namespace {

using boost::asio::awaitable;

/// Who guesses a token waits so long for each answer, and few may at a time.
constexpr auto kRefusal = std::chrono::seconds{1};
constexpr unsigned kMostRefusing = 4;

}  // namespace

bool Api::signed_in(const Credentials& credentials) {
    const generation::Generation& generation = *from_.state.generation;
    const certs::PasswordDigest* const token = generation.admin_token();
    if (token == nullptr || !generation.configuration().console.enabled) {
        sessions_.end_all();
        return false;
    }
    return sessions_.has(credentials.cookie, *token, Clock::now());
}

bool Api::is_signed_in_or_shows_token(const Credentials& credentials) {
    return !refusal_of(
        {.is_unix = true}, {.authorization = credentials.authorization}, Access::read, {},
        from_.state.generation->admin_token(), signed_in(credentials)
    );
}

Answer Api::session_document(bool is_in) const {
    return document({
        {"signed_in", is_in},
        {"needs_token", from_.state.generation->admin_token() != nullptr},
        {"role", "view"},
    });
}

awaitable<Answer> Api::session(const Call& call) {
    if (call.method == "POST") co_return co_await begin_session(call);
    if (call.method == "DELETE") {
        sessions_.end(call.credentials.cookie);
        Answer answer;
        answer.status = 204;
        answer.set_cookie = Sessions::set_cookie({});
        co_return answer;
    }
    co_return session_document(is_signed_in_or_shows_token(call.credentials));
}

awaitable<Answer> Api::begin_session(const Call& call) {
    const auto asked = object_in(call.body);
    const boost::json::string* const token = asked ? text_in(*asked, "token") : nullptr;
    if (token == nullptr) co_return problem(400, "Send {\"token\": \"...\"}, as a JSON object.");
    const certs::PasswordDigest* const expected = from_.state.generation->admin_token();
    if (expected == nullptr) co_return session_document(true);
    const std::string_view given{token->data(), token->size()};
    // Before it is looked at: who guesses is told nothing meanwhile.
    if (refusing_ >= kMostRefusing) {
        co_return problem(429, "Too many wrong tokens at a time. Try again in a second.");
    }
    if (!expected->matches(given)) {
        ++refusing_;
        co_await pause(kRefusal);
        --refusing_;
        co_return problem(
            401,
            "The token is not the one of admin.token. Where that has been changed, reload first."
        );
    }
    const std::string value = sessions_.begin(*expected, Clock::now());
    if (value.empty()) co_return problem(503, "This machine has no random numbers for a session.");
    Answer answer = session_document(true);
    answer.set_cookie = Sessions::set_cookie(value);
    co_return answer;
}

}  // namespace countersign::proxy::admin
