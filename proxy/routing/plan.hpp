#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "profiles/authority.hpp"
#include "profiles/profile_set.hpp"
#include "proxy/failure.hpp"
#include "proxy/generation/generation_handle.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/response_rewrite.hpp"
#include "proxy/http/target_path.hpp"
#include "proxy/routing/peer.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"

namespace countersign::proxy::routing {

/// Where one request goes, as whom, and why: all that is decided before anything is dialled. Owns
/// what it says and pins its generation; nothing in it is a view of the request. Exchange, tunnel
/// and `explain` are told by the same function.
struct Plan {
    Plan() noexcept {}  // not defaulted: its texts would be cleared, byte by byte

    generation::GenerationHandle generation;
    const profiles::Profile* profile = nullptr;  ///< null: by `unmatched`
    const generation::Route* route = nullptr;    ///< null: a tunnel, which has no TLS of ours
    const upstream::addresses::OriginRules* rules =
        nullptr;  ///< what is dialled instead, and the limits
    profiles::HostText host;
    std::uint16_t port = 0;
    bool port_is_default = false;       ///< the client named none
    http::TargetPath path;              ///< of the request's target; none: a tunnel
    std::string_view client;            ///< who asks, of the configuration's; empty: nobody of them
    profiles::AuthorityText authority;  ///< what the server is told in Host; empty: a tunnel
    /// Of the match; a tunnel has none.
    profiles::MatchReason reason = profiles::MatchReason::no_host_matches;
    /// `unmatched: report`: how it would have been refused. Null otherwise.
    std::unique_ptr<const Failure> would_be;
    std::unique_ptr<const http::ResponseRewrite> rewrite;  ///< null: responses stay as they are
    bool tells_identity = false;  ///< the client is told which one the server was sent
    /// By the proxy itself, as the last that may: "Max-Forwards: 0" (RFC 9110 7.6.2).
    bool answered_here = false;
};

/// Why a request goes nowhere, and what is known of where it wanted to go.
struct Refusal {
    generation::GenerationHandle generation;
    Failure failure;
    http::TargetPath path = {};  ///< as of Plan
    profiles::HostText host = {};
    std::uint16_t port = 0;
    /// The profile that it would have, and what that came to, where only its identity is unusable,
    /// or it refuses another protocol (`upgrade`).
    const profiles::Profile* profile = nullptr;
    const generation::Route* route = nullptr;
    profiles::MatchReason reason = profiles::MatchReason::no_host_matches;
    std::string_view client = {};  ///< as of Plan
};

/// A plan, or why there is none.
class Planned {
public:
    Planned() = default;
    Planned(Refusal refusal) : outcome_{std::move(refusal)} {}

    explicit operator bool() const { return outcome_.index() == 0; }
    const Plan& operator*() const { return *std::get_if<Plan>(&outcome_); }
    Plan& operator*() { return *std::get_if<Plan>(&outcome_); }
    const Plan* operator->() const { return &**this; }
    /// By reference: what it says is looked at for as long as this lives.
    const Refusal& error() const { return std::get<Refusal>(outcome_); }
    Refusal& error() { return std::get<Refusal>(outcome_); }

private:
    std::variant<Plan, Refusal> outcome_;
};

/// The one decision about a request, at `now`. No I/O: whether a name's addresses may be dialled is
/// seen when they are known. `own_endpoints`: who asks for those takes the proxy for a web server,
/// unless a profile has them. `own_name`: in the Via of who has come through here before; empty:
/// not known.
Planned plan(
    const generation::GenerationHandle& generation, const http::Head& head, const Peer& peer,
    std::chrono::system_clock::time_point now,
    const upstream::addresses::OwnEndpoints& own_endpoints, std::string_view own_name = {}
);

/// What the server of such a route is told in Host.
profiles::AuthorityText host_for_server(
    const profiles::Profile* profile, const upstream::addresses::OriginRules& rules,
    std::string_view host, std::uint16_t port
);

}  // namespace countersign::proxy::routing
