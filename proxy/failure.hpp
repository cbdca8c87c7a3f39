#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "certs/text/word.hpp"
#include "proxy/account.hpp"

namespace countersign::proxy {

/// What failed. The table in failure.cpp gives each its status, its Proxy-Status error and its
/// title.
enum class FailureCode : std::uint8_t {
    bad_request,
    no_profile,
    client_not_allowed,
    client_unknown,
    name_wanted,
    connect_refused,
    cross_site,
    upgrade_refused,
    trace_refused,
    loop,
    body_too_large,
    head_too_large,
    target_too_long,
    request_timeout,
    dns_not_found,
    dns_timeout,
    connection_refused,
    unreachable,
    connect_timeout,
    address_prohibited,
    destination_unavailable,
    server_certificate,
    alert_received,
    tls_protocol,
    handshake_timeout,
    response_incomplete,
    response_malformed,
    response_too_long,
    response_timeout,
    tunnel_lost,
    tunnel_idle,
    connection_limit,
    descriptors_exhausted,
    draining,
    identity_unusable,
    internal,
};

/// Whose fault it is, as far as the proxy can tell.
enum class Side : std::uint8_t { client, upstream, proxy };
inline constexpr certs::Word<Side> kSides[] = {
    {"client", Side::client}, {"upstream", Side::upstream}, {"proxy", Side::proxy}};

/// Why an exchange failed: appears at the edge of an exchange only, and is turned into the answer
/// by `write_answer`. Who makes one says whose fault it is. `reason` is one or two sentences of
/// what was found, `remedy` one of what to do, empty where nobody hears it. No secrets, no header
/// values. Most programs show the status line alone, and `brief` is what stands there: a literal of
/// printable ASCII without quotes, "{}" for the destination's host, so that nothing in it comes
/// from outside; empty: its code's.
class Failure {
public:
    static Failure of_client(
        FailureCode code, std::string reason, std::string remedy = {}, std::string_view brief = {}
    );
    static Failure of_upstream(
        FailureCode code, std::string reason, std::string remedy = {}, std::string_view brief = {}
    );
    static Failure of_proxy(
        FailureCode code, std::string reason, std::string remedy = {}, std::string_view brief = {}
    );

    FailureCode code() const { return code_; }
    Side side() const { return side_; }
    const std::string& reason() const& { return reason_; }
    const std::string& remedy() const& { return remedy_; }
    std::string_view brief() const;
    // `Result::error` gives a temporary: a reference into it would outlive it.
    std::string reason() && { return std::move(reason_); }
    std::string remedy() && { return std::move(remedy_); }

    /// The same, and one more sentence of what was found.
    Failure with_more(std::string_view sentence) &&;

    /// The same, with that remedy instead.
    Failure with_remedy(std::string remedy) &&;

    /// The same, said otherwise.
    Failure in_words(std::string reason, std::string remedy) &&;

    /// The same; the server has sent the TLS alert of that number.
    Failure by_alert(std::uint8_t number) &&;
    std::optional<std::uint8_t> alert() const { return alert_; }

    /// The same, and how the connection to the server was tried.
    Failure with_account(std::shared_ptr<const Account> account) &&;
    /// Null: no connection was tried for it.
    const std::shared_ptr<const Account>& account() const { return account_; }

    /// The same; it is of no use to try again before so many seconds have passed (Retry-After).
    Failure with_retry_after(std::uint32_t seconds) &&;
    /// 0: nothing is known of that.
    std::uint32_t retry_after() const { return retry_after_; }

private:
    template <class, class>
    friend class boost::system::result;
    /// What `Result::error` gives where there is no error; nobody else can make one.
    Failure() : Failure{FailureCode::internal, Side::proxy, {}, {}, {}} {}

    Failure(
        FailureCode code, Side side, std::string reason, std::string remedy, std::string_view brief
    )
        : code_{code},
          side_{side},
          brief_{brief},
          reason_{std::move(reason)},
          remedy_{std::move(remedy)} {}

    FailureCode code_;
    Side side_;
    std::optional<std::uint8_t> alert_;
    std::uint32_t retry_after_ = 0;
    std::string_view brief_;
    std::string reason_;
    std::string remedy_;
    std::shared_ptr<const Account> account_;
};

template <class T>
using Result = boost::system::result<T, Failure>;

/// The proxy is stopping, and what waited has been cancelled.
Failure stopping_failure();
/// The process may have no more than `limit` file descriptors, and they are used up.
Failure descriptors_failure(std::uint64_t limit);
/// Something happened in the proxy that must not.
Failure internal_failure();

/// One row of the table.
struct FailureRow {
    std::uint16_t status;
    std::string_view title;        ///< of the status
    std::string_view proxy_error;  ///< RFC 9209's registered type
    std::string_view stage;        ///< in words: "request", "name resolution", "TLS handshake" …
    std::string_view brief;        ///< for a failure that has none of its own
};

FailureRow row_of(FailureCode code);
/// "client certificate refused by api.partner.example: unknown CA": at most 120 bytes of printable
/// ASCII, our own words and the host. `host` is as `normalise_host` gives it, empty where it is not
/// known, or not to be told.
std::string brief_text(const Failure& failure, std::string_view host);
/// "unknown_ca": as TLS registers it; empty where it does not.
std::string_view alert_name(std::uint8_t number);
/// What Proxy-Status calls it; empty where there is no failure.
std::string_view error_of(const Failure* failure);

}  // namespace countersign::proxy
