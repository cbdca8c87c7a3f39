#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "certs/password_digest.hpp"
#include "profiles/configuration.hpp"
#include "proxy/generation/console_users.hpp"
#include "proxy/tls/server_context.hpp"

namespace countersign::proxy::admin {

/// Who asks.
struct Caller {
    bool is_unix = false;
    profiles::IpAddress address = {};  ///< where it is not
    /// How its connection is encrypted; null: it is not.
    std::shared_ptr<const tls::ServerContext> tls = {};
    tls::VerifiedClient certificate = {};  ///< that it has shown there
    /// As whom a call is made: "user:anna", "token". Of the API's calls.
    std::string who = {};

    std::string_view scheme() const { return tls ? "https://" : "http://"; }
    bool is_local() const { return is_unix || address.is_loopback(); }
    /// Whether it may connect: this machine always may, and `allow` says who else.
    bool may_connect(const profiles::Listener& rules) const {
        return is_local() || rules.allows(address);
    }
};

/// What a call is asked with, as far as it decides who may make it. Views into the request.
struct Credentials {
    std::string_view host = {};           ///< Host; empty: there is none
    std::string_view origin = {};         ///< Origin
    std::string_view fetch_site = {};     ///< Sec-Fetch-Site
    std::string_view authorization = {};  ///< Authorization
    std::string_view cookie = {};         ///< Cookie
    std::string_view proof = {};          ///< Countersign-Session
};

/// Of a call that goes on, what says who has made it: Host and Origin were looked at when it began.
class KeptCredentials {
public:
    explicit KeptCredentials(const Credentials& credentials)
        : authorization_{credentials.authorization},
          cookie_{credentials.cookie},
          proof_{credentials.proof} {}

    Credentials view() const {
        return {.authorization = authorization_, .cookie = cookie_, .proof = proof_};
    }

private:
    std::string authorization_;
    std::string cookie_;
    std::string proof_;
};

/// What a call does.
enum class Access {
    watch,   ///< says how the proxy is: for probes and Prometheus, from elsewhere, too
    enter,   ///< leads to what is asked: for callers of this machine, who need not have signed in
    read,    ///< says more of it: for callers of this machine
    edit,    ///< changes what the console may: for the token, and for who signed in with that role
    change,  ///< for callers of this machine that have the token
};

/// Of a browser in which somebody has signed in.
enum class Session {
    none,
    open,   ///< the cookie is one of such a browser
    proven  ///< and the call has what only the console's own pages know
};

/// Who has signed in, by a call's cookie.
struct SignedIn {
    Session session = Session::none;
    std::string user = {};  ///< of console.users; empty: who has the token
    generation::Role role = generation::Role::edit;
    bool by_certificate = false;  ///< of the connection, and by no cookie

    bool may_edit() const { return session == Session::proven && role == generation::Role::edit; }
    /// "user:anna", "token".
    std::string text() const { return user.empty() ? "token" : "user:" + user; }
};

/// What there is to show, and to whom that has been shown already.
struct Door {
    const certs::PasswordDigest* token = nullptr;  ///< null: there is none
    bool has_users = false;                        ///< of console.users, in a console
    SignedIn signed_in = {};

    /// Whether anybody who may connect may look.
    bool is_open() const { return token == nullptr && !has_users; }
};

struct Refusal {
    unsigned status;
    std::string reason;  ///< a sentence or two: why, and what to do
};

/// Why that call is refused; nothing where it may be made. An open session is enough to read; to
/// edit it is proven, and its role is `edit`. No I/O.
std::optional<Refusal> refusal_of(
    const Caller& caller, const Credentials& credentials, Access access,
    const profiles::Listener& rules, const Door& door
);

/// As whom a call is made that was not refused: "user:anna", "token"; empty: nobody needs to say.
std::string who_asks(const Credentials& credentials, const Door& door);

}  // namespace countersign::proxy::admin
