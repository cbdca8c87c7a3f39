#include "certs/printable.hpp"
#include "certs/source.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/admin/api.hpp"
#include "proxy/admin/during.hpp"
#include "proxy/admin/elsewhere.hpp"
#include "proxy/admin/json_body.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::admin {

// Who has signed in, and how; what the others are asked is in api.cpp.

namespace {

using boost::asio::awaitable;
using generation::ConsoleUser;
using generation::ConsoleUsers;

/// Who guesses waits so long for each answer, and few of a place may at a time.
constexpr auto kRefusal = std::chrono::seconds{1};

/// Before anything is looked at: who guesses is told nothing meanwhile.
Answer too_many() {
    Answer answer =
        problem(429, "Too many sign in at a time, or with what is wrong. Try again in a second.");
    answer.retry_after = 1;
    return answer;
}

std::string place_of(const Caller& caller) {
    return caller.is_unix ? "the unix socket" : caller.address.to_text();
}

/// The users of a unix socket are one.
routing::PeerKey key_of(const Caller& caller) {
    routing::Peer peer;
    peer.is_unix = caller.is_unix;
    peer.address = caller.address;
    return routing::PeerKey::of(peer);
}

}  // namespace

SignedIn Api::signed_in(const Caller& caller, const Credentials& credentials) {
    const generation::Generation& generation = *from_.state.generation;
    if (!generation.configuration().console.enabled) {
        sessions_.end_all();
        return {};
    }
    const auto in_force = [&](const std::string& user) -> const certs::PasswordDigest* {
        if (user.empty()) return generation.admin_token();
        const ConsoleUsers* const users = generation.console_users();
        const ConsoleUser* const known = users != nullptr ? users->find(user) : nullptr;
        return known != nullptr ? &known->line : nullptr;
    };
    const Sessions::Cookies cookies{credentials.cookie, caller.tls != nullptr};
    const Sessions::Who* const who = sessions_.who(cookies, in_force, Clock::now());
    if (who == nullptr) return by_certificate(caller);
    const bool proven =
        !credentials.proof.empty() && sessions_.proof_of(cookies) == credentials.proof;
    return {proven ? Session::proven : Session::open, who->user, who->role};
}

/// Of the certificate of the connection; empty: it has shown none that is trusted and valid.
std::string_view Api::shown_subject(const Caller& caller) const {
    const auto& tls = from_.state.generation->admin_tls();
    // What is trusted may be another one since the certificate was verified.
    if (!caller.tls || !tls || !tls->trusts_as(*caller.tls)) return {};
    if (caller.certificate.until < std::chrono::system_clock::now()) return {};
    return caller.certificate.subject;
}

/// By the certificate of the connection. It is no cookie: no other server can show it.
SignedIn Api::by_certificate(const Caller& caller) const {
    const ConsoleUsers* const users = from_.state.generation->console_users();
    const std::string_view subject = shown_subject(caller);
    if (users == nullptr || subject.empty()) return {};
    const ConsoleUser* const known = users->find(subject);
    if (known == nullptr) return {};
    return {Session::proven, known->name, known->role, true};
}

Door Api::door_for(const Caller& caller, const Credentials& credentials) {
    const generation::Generation& generation = *from_.state.generation;
    // Without a console nobody can sign in.
    const bool has_users =
        generation.configuration().console.enabled && generation.console_users() != nullptr;
    return {generation.admin_token(), has_users, signed_in(caller, credentials)};
}

std::optional<Refusal> Api::refusal_to_go_on(
    Access access, const Caller& caller, const Credentials& credentials
) {
    const auto& rules = from_.state.generation->configuration().admin.listener;
    if (!rules) return Refusal{403, "The configuration has no admin address any more."};
    return refusal_of(
        caller, {.authorization = credentials.authorization}, access, *rules,
        door_for(caller, credentials)
    );
}

/// `who`: null: nobody has signed in. `proof`: of a session that begins. It is said once: another
/// server of this host may be shown the cookie, and must not find out the proof by it.
Answer Api::session_document(const Caller& caller, const SignedIn* who, std::string_view proof)
    const {
    const generation::Generation& generation = *from_.state.generation;
    const ConsoleUsers* const users = generation.console_users();
    const bool takes_certificates = caller.tls != nullptr && caller.tls->asks_who_comes();
    boost::json::array ways;
    // Where all users come by certificates, nobody is asked for a password.
    if (users != nullptr && (users->have_passwords() || !takes_certificates)) {
        ways.emplace_back("password");
    }
    if (generation.admin_token() != nullptr) ways.emplace_back("token");
    if (users != nullptr && takes_certificates) ways.emplace_back("certificate");
    const bool may_edit = who != nullptr && !ways.empty() && who->role == generation::Role::edit;
    boost::json::object object{
        {"signed_in", who != nullptr},
        {"needs_sign_in", !ways.empty()},
        {"ways", ways},
        {"user", nullptr},
        {"role", may_edit ? "edit" : "view"},
        {"by_certificate", who != nullptr && who->by_certificate},
        {"can_write", generation.configuration().console.directory.has_value()},
        {"proof", nullptr},
        {"certificate", nullptr},
    };
    if (who != nullptr && !who->user.empty()) object["user"] = json_text(who->user);
    if (!proof.empty()) object["proof"] = json_text(proof);
    const std::string_view subject = shown_subject(caller);
    if (!subject.empty()) object["certificate"] = json_text(subject);
    return document(object);
}

awaitable<Answer> Api::session(const Caller& caller, const Call& call) {
    if (call.method == "POST") co_return co_await begin_session(caller, call);
    if (call.method == "DELETE") {
        sessions_.end({call.credentials.cookie, caller.tls != nullptr});
        Answer answer;
        answer.status = 204;
        answer.set_cookie = Sessions::set_cookie({}, caller.tls != nullptr);
        co_return answer;
    }
    const SignedIn who = signed_in(caller, call.credentials);
    const bool is_in = !refusal_to_go_on(Access::read, caller, call.credentials);
    co_return session_document(caller, is_in ? &who : nullptr, {});
}

awaitable<Answer> Api::begin_session(const Caller& caller, const Call& call) {
    const auto asked = object_in(call.body);
    const boost::json::string* const token = asked ? text_in(*asked, "token") : nullptr;
    const boost::json::string* const user = asked ? text_in(*asked, "user") : nullptr;
    const boost::json::string* const password = asked ? text_in(*asked, "password") : nullptr;
    const bool one_way = token != nullptr && user != nullptr && password != nullptr &&
                         (token->empty() != user->empty()) && user->empty() == password->empty();
    if (!one_way) {
        co_return problem(
            400,
            "Send {\"user\": \"...\", \"password\": \"...\"} or {\"token\": \"...\"}, as a JSON "
            "object."
        );
    }
    if (door_for({}, {}).is_open()) {
        const SignedIn anybody;
        co_return session_document(caller, &anybody, {});
    }
    std::string first{token->empty() ? *user : *token};
    if (!token->empty()) co_return co_await begin_with_token(caller, std::move(first));
    std::string second{*password};
    co_return co_await begin_with_password(caller, std::move(first), std::move(second));
}

awaitable<Answer> Api::begin_with_token(const Caller& caller, std::string token) {
    const certs::PasswordDigest* const expected = from_.state.generation->admin_token();
    if (expected == nullptr) {
        co_return problem(
            401, "There is no admin.token to sign in with. Sign in with a name and a password."
        );
    }
    const std::unique_ptr<SignInPlaces::Stay> stay = signing_in_.begin(key_of(caller));
    if (stay == nullptr) co_return too_many();
    if (expected->matches(token)) co_return begun(caller, {{}, generation::Role::edit, *expected});
    co_await pause(kRefusal);
    co_return problem(
        401, "The token is not the one of admin.token. Where that has been changed, reload first."
    );
}

awaitable<Answer> Api::begin_with_password(
    const Caller& caller, std::string user, std::string password
) {
    const auto generation = from_.state.generation;
    const ConsoleUsers* const users = generation->console_users();
    if (users == nullptr) {
        co_return problem(
            401, "There are no console.users to sign in as. Sign in with the token of admin.token."
        );
    }
    const std::unique_ptr<SignInPlaces::Stay> stay = signing_in_.begin(key_of(caller));
    if (stay == nullptr) co_return too_many();
    auto refused_at = Clock::now() + kRefusal;
    const ConsoleUser* const known = users->find(user);
    auto compare = [hash = known != nullptr ? known->password : users->nobody(),
                    given = certs::Secret{std::move(password)}] {
        return hash.matches(given.reveal());
    };
    // One after the other: each takes its time and memory.
    if (!comparisons_) comparisons_.emplace(1);
    const auto compared = co_await done_elsewhere(context_, *comparisons_, std::move(compare));
    if (!compared || !*compared) {
        co_return problem(503, "The password cannot be compared now: memory is short.");
    }
    // The session ends at once where the user's line was changed meanwhile.
    if (known != nullptr && **compared) {
        co_return begun(caller, {known->name, known->role, known->line});
    }
    log::warning(
        "console: refused to sign in {} from {}: {}",
        known != nullptr ? certs::in_quotes(known->name) : "somebody", place_of(caller),
        known != nullptr ? "wrong password" : "console.users has no such name"
    );
    // At whole seconds: how long it took to compare tells whose password it was not.
    while (refused_at <= Clock::now()) refused_at += kRefusal;
    co_await pause(refused_at - Clock::now());
    co_return problem(401, "There is no user of that name with that password.");
}

Answer Api::begun(const Caller& caller, Sessions::Who who) {
    const SignedIn signed_in{Session::proven, who.user, who.role};
    const std::string value = sessions_.begin(std::move(who), Clock::now());
    if (value.empty()) return problem(503, "This machine has no random numbers for a session.");
    log::info(
        "console: {} has signed in from {}",
        signed_in.user.empty() ? "who has the token" : certs::in_quotes(signed_in.user),
        place_of(caller)
    );
    std::string cookie = Sessions::set_cookie(value, caller.tls != nullptr);
    Answer answer =
        session_document(caller, &signed_in, sessions_.proof_of({cookie, caller.tls != nullptr}));
    answer.set_cookie = std::move(cookie);
    return answer;
}

}  // namespace countersign::proxy::admin
