#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/exchange/exchange_core.hpp"
#include "proxy/exchange/exchange_ids.hpp"
#include "proxy/http/head.hpp"
#include "proxy/net/timer_queue.hpp"
#include "proxy/routing/plan.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/upstream/kept_facts.hpp"
#include "proxy/upstream/upstream_stream.hpp"

namespace countersign::proxy::exchange {

/// What is known of one request and its response while they are on their way. Lives in the frame of
/// the session's exchange.
struct Exchange {
    routing::Planned planned;  ///< where it goes, or why it goes nowhere

    ExchangeRequest request = {};  ///< as the session prepared it
    std::string own_answer = {};   ///< the proxy's, where it is the last that may answer
    ExchangeIds ids = {};
    http::ConnectionAuth request_auth = http::ConnectionAuth::none;
    /// Known early only where the head, or the client's Accept in it, will not stay.
    std::optional<bool> prefers_text = {};

    /// That of the last attempt, while its lease lives.
    upstream::UpstreamStream* upstream = nullptr;
    /// Of the same, where the exchange has let go of it.
    std::unique_ptr<const upstream::KeptFacts> let_go = {};
    Attempt attempt = {};                 ///< the last one
    ExchangeProgress progress = {};       ///< what it came to
    std::optional<Failure> failure = {};  ///< why it is not complete
    upstream::ConnectReport connect = {};
    net::TimePoint started = {};      ///< when the loop saw the request come
    net::TimePoint handed_over = {};  ///< to the upstream

    const routing::Plan& plan() const { return *planned; }
    /// Whatever is loaded meanwhile, it ends by the rules by which it began.
    const generation::Generation& generation() const {
        return *(planned ? planned->generation : planned.error().generation);
    }
    const profiles::Configuration& configuration() const { return generation().configuration(); }
    /// Where it wants to go, as far as that is known.
    std::string_view host() const { return planned ? planned->host : planned.error().host; }
    std::string_view client() const { return planned ? planned->client : planned.error().client; }
    std::uint16_t port() const { return planned ? planned->port : planned.error().port; }
    /// Of the connection of the last attempt; none: there is none any more.
    std::optional<upstream::UpstreamStream::Facts> upstream_facts() const {
        if (upstream != nullptr) return upstream->facts();
        if (let_go != nullptr) return let_go->facts();
        return std::nullopt;
    }
    /// That of the connection, which may be the one before a renewal; else the route's. Null: none,
    /// or it was refused.
    const certs::Identity* identity() const {
        if (const auto facts = upstream_facts()) return facts->identity;
        return planned && planned->route != nullptr ? planned->route->tls->identity() : nullptr;
    }
    const profiles::Profile* profile() const {
        return planned ? planned->profile : planned.error().profile;
    }
    /// From when the request was handed over until the loop saw the first byte of the response.
    /// None where that was there already: zero.
    std::chrono::microseconds wait() const {
        const bool waited = progress.response_seen && progress.first_byte > handed_over;
        return waited ? std::chrono::duration_cast<std::chrono::microseconds>(
                            progress.first_byte - handed_over
                        )
                      : std::chrono::microseconds{0};
    }
};

}  // namespace countersign::proxy::exchange
