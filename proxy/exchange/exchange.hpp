#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/exchange/body_meter.hpp"
#include "proxy/http/head.hpp"
#include "proxy/net/timer_queue.hpp"
#include "proxy/routing/plan.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/upstream/pooled_origin.hpp"
#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy {

/// What is known of one request and its response while they are on their way. Lives in the frame of
/// the session's exchange. `method` and `path` point into the session's input buffer, where the
/// head that goes upstream stands until the exchange has ended; or into `kept`, where that buffer
/// is needed for the rest of a long body.
struct Exchange {
    Planned planned;  ///< where it goes, or why it goes nowhere

    // The request, as the session prepared it.
    std::string_view method = {};
    std::string_view path = {};
    std::string kept = {};
    std::uint8_t client_minor_version = 1;
    bool client_keeps = false;  ///< the client wants the connection kept
    bool cut_shows = true;      ///< the client sees whether its connection was reset or closed
    std::size_t first_write =
        0;  ///< bytes at the front of the input buffer: the head, and the body as far as it is here
    bool repeatable = false;  ///< the whole request stands in the input buffer
    BodyMeter request_body = {};
    ConnectionAuth request_auth = ConnectionAuth::none;
    bool prefers_text = false;   ///< known early only where the head will not stay
    std::uint64_t max_body = 0;  ///< 0: any

    /// Null: it was refused, or is a tunnel. Stays while it has a connection or the exchange waits
    /// for one: what is said of the exchange afterwards is said by the plan.
    PooledOrigin* origin = nullptr;

    // What came of it.
    UpstreamConnection* upstream =
        nullptr;                    ///< the connection of the last attempt, while its lease lives
    bool reused = false;            ///< it had served an exchange before
    bool sent = false;              ///< a byte of the request went out in this attempt
    bool response_seen = false;     ///< a byte of the response came
    bool response_started = false;  ///< a byte of the response went to the client
    bool keep_client = false;       ///< the client's connection can serve another exchange
    ConnectionAuth response_auth = ConnectionAuth::none;
    std::uint16_t status = 0;
    std::uint64_t bytes_out = 0;
    ConnectReport connect = {};
    TimePoint started = {};      ///< when the loop saw the request come
    TimePoint handed_over = {};  ///< to the upstream; only where there is an access log
    std::chrono::microseconds wait{0};

    const Plan& plan() const { return *planned; }
    /// Where it wants to go, as far as that is known.
    std::string_view host() const { return planned ? planned->host : planned.error().host; }
    std::uint16_t port() const { return planned ? planned->port : planned.error().port; }
    /// Null: none, or it was refused.
    const certs::Identity* identity() const {
        return planned && planned->route != nullptr ? planned->route->tls->identity() : nullptr;
    }
    const profiles::Profile* profile() const {
        return planned ? planned->profile : planned.error().profile;
    }
};

}  // namespace countersign::proxy
