#include "proxy/admin/api.hpp"
#include "proxy/admin/json_body.hpp"
#include "proxy/admin/json_document.hpp"

namespace countersign::proxy::admin {

// Who has signed in, and how; what the others are asked is in api.cpp.

namespace {

using boost::asio::awaitable;

/// Who guesses a token waits so long for each answer, and few may at a time.
constexpr auto kRefusal = std::chrono::seconds{1};
constexpr unsigned kMostRefusing = 4;

}  // namespace

Session Api::session_of(const Credentials& credentials) {
    const generation::Generation& generation = *from_.state.generation;
    const certs::PasswordDigest* const token = generation.admin_token();
    if (token == nullptr || !generation.configuration().console.enabled) {
        sessions_.end_all();
        return Session::none;
    }
    if (!sessions_.has(credentials.cookie, *token, Clock::now())) return Session::none;
    const bool proven =
        !credentials.proof.empty() && sessions_.proof_of(credentials.cookie) == credentials.proof;
    return proven ? Session::proven : Session::open;
}

bool Api::is_signed_in_or_shows_token(const Credentials& credentials) {
    return !refusal_of(
        {.is_unix = true}, {.authorization = credentials.authorization}, Access::read, {},
        from_.state.generation->admin_token(), session_of(credentials)
    );
}

/// `proof`: of a session that begins. It is said once: another server of this host may be shown the
/// cookie, and must not find out the proof by it.
Answer Api::session_document(bool is_in, std::string_view proof) const {
    const bool has_token = from_.state.generation->admin_token() != nullptr;
    const bool can_write = from_.state.generation->configuration().console.directory.has_value();
    boost::json::object object{
        {"signed_in", is_in},
        {"needs_token", has_token},
        {"role", is_in && has_token && can_write ? "edit" : "view"},
        {"proof", nullptr},
    };
    if (!proof.empty()) object["proof"] = json_text(proof);
    return document(object);
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
    co_return session_document(is_signed_in_or_shows_token(call.credentials), {});
}

awaitable<Answer> Api::begin_session(const Call& call) {
    const auto asked = object_in(call.body);
    const boost::json::string* const token = asked ? text_in(*asked, "token") : nullptr;
    if (token == nullptr) co_return problem(400, "Send {\"token\": \"...\"}, as a JSON object.");
    const certs::PasswordDigest* const expected = from_.state.generation->admin_token();
    if (expected == nullptr) co_return session_document(true, {});
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
    std::string cookie = Sessions::set_cookie(value);
    Answer answer = session_document(true, sessions_.proof_of(cookie));
    answer.set_cookie = std::move(cookie);
    co_return answer;
}

}  // namespace countersign::proxy::admin
