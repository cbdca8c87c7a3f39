#pragma once

#include <chrono>
#include <concepts>
#include <functional>
#include <list>
#include <string>
#include <string_view>

#include "certs/password_digest.hpp"
#include "proxy/generation/console_users.hpp"

namespace countersign::proxy::admin {

/// Who has signed in to the console. A session is a random text in a cookie, which ends after a
/// while, with its browser, and when what has opened it is no longer that of the configuration. Of
/// the admin thread. No I/O.
class Sessions {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr auto kLife = std::chrono::hours{8};
    /// So many of one user at a time; a further one ends his oldest. Nobody signs others out.
    static constexpr std::size_t kMostOfOne = 16;
    /// So many at a time; a further one ends the oldest of the user who has most.
    static constexpr std::size_t kMost = 256;

    /// A Cookie field's value. Over HTTPS (`secure`) its session has a name that no plain HTTP is
    /// shown, and that no other server of the host may set.
    struct Cookies {
        template <class Text>
        requires std::convertible_to<const Text&, std::string_view>
        Cookies(const Text& value, bool over_https = false) : text{value}, secure{over_https} {}

        std::string_view text;
        bool secure;
    };

    /// As whom somebody has signed in, and by what.
    struct Who {
        std::string user;  ///< empty: who has the token
        generation::Role role = generation::Role::edit;
        certs::PasswordDigest by;  ///< the token's, or that of the user's line
    };
    /// What opens a session for `user` by the configuration in force; null: nothing does.
    using InForce = std::function<const certs::PasswordDigest*(const std::string& user)>;

    /// A new one: the value of the cookie. Empty where this machine has no random numbers.
    std::string begin(Who who, TimePoint now);
    /// Whose `cookies` name one; null: nobody's. Until the next call.
    const Who* who(Cookies cookies, const InForce& in_force, TimePoint now);
    /// What the pages of that session show with a change. Who signs in is told; neither a page of
    /// elsewhere nor another server of this host, which a browser shows the cookie, knows it.
    /// Empty: there is no such session.
    std::string proof_of(Cookies cookies);
    void end(Cookies cookies);
    void end_all() { open_.clear(); }

    /// What a browser is told to keep; an empty `value`: to forget.
    static std::string set_cookie(std::string_view value, bool secure);

private:
    struct Session {
        certs::PasswordDigest value;
        Who who;
        TimePoint until;
        std::string proof;
    };
    std::list<Session>::iterator find(Cookies cookies);
    void make_room_for(const std::string& user);
    void end_oldest_of(const std::string& user);

    std::list<Session> open_;
};

}  // namespace countersign::proxy::admin
