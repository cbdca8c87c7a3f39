#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "certs/password_digest.hpp"
#include "profiles/configuration.hpp"

namespace countersign::proxy::admin {

/// Who asks.
struct Caller {
    bool is_unix = false;
    profiles::IpAddress address = {};  ///< where it is not

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

/// What a call does.
enum class Access {
    watch,   ///< says how the proxy is: for probes and Prometheus, from elsewhere, too
    enter,   ///< leads to what is asked: for callers of this machine, who need not have signed in
    read,    ///< says more of it: for callers of this machine
    edit,    ///< changes what the console may: for those that have the token, or have signed in
    change,  ///< for callers of this machine that have the token
};

/// Of a browser in which the token was shown.
enum class Session {
    none,
    open,   ///< the cookie is one of such a browser
    proven  ///< and the call has what only the console's own pages know
};

struct Refusal {
    unsigned status;
    std::string reason;  ///< a sentence or two: why, and what to do
};

/// Why that call is refused; nothing where it may be made. `token`: null: there is none.
/// An open session is enough to read, a proven one to edit. No I/O.
std::optional<Refusal> refusal_of(
    const Caller& caller, const Credentials& credentials, Access access,
    const profiles::Listener& rules, const certs::PasswordDigest* token,
    Session session = Session::none
);

}  // namespace countersign::proxy::admin
