#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "proxy/failure.hpp"
#include "proxy/tls/tls_context.hpp"
#include "proxy/upstream/addresses/goal.hpp"
#include "proxy/upstream/handshake_report.hpp"

namespace countersign::proxy::probe {

/// One connection that is to be tried: where, as whom, and what is asked over it.
struct TrialTerms {
    std::string host;  ///< the destination's, as of PoolKey
    std::uint16_t port = 0;
    std::shared_ptr<const tls::TlsContext> tls;
    std::shared_ptr<const upstream::addresses::OriginRules> rules;
    std::string method;   ///< of `request`
    std::string request;  ///< a head without a body, as it goes to the server; empty: none is sent
    std::string note = {};  ///< why it is that method, or none, where nobody said so; else empty
    profiles::ResponseLeniencies leniency = {};  ///< of the profile

    /// As long as this lives.
    upstream::addresses::Goal goal() const { return {host, port, *rules}; }
};

/// What came of it, step by step as far as it went.
struct Trial {
    upstream::HandshakeReport report;
    /// Why a handshake failed whose first message was large, where the server has answered this
    /// one, whose is small; none: there was no other.
    std::optional<Failure> large_hello;
    bool is_verified = true;   ///< the server is: false with `danger_accept_any_server`
    bool asked = false;        ///< the server asked for a client certificate, then or later
    bool sent = false;         ///< and got the identity
    std::uint16_t status = 0;  ///< of the answer; 0: none came, or nothing was asked
    std::chrono::microseconds wait{0};  ///< request sent → first byte of the answer
    std::optional<Failure> failure;     ///< none: all of it went well
};

}  // namespace countersign::proxy::probe
