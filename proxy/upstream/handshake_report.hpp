#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "profiles/network.hpp"
#include "proxy/tls/handshake_transcript.hpp"
#include "proxy/upstream/addresses/permitted_addresses.hpp"
#include "proxy/upstream/dial.hpp"

namespace countersign::proxy::upstream {

/// What opening a connection came to, whether there is one or not: which address was dialled, and
/// how long each phase took; empty and zero for what did not happen.
struct ConnectReport {
    std::string address;  ///< "192.0.2.1:443": the one that answered, else the last one that failed
    std::chrono::microseconds resolve{0};
    std::chrono::microseconds connect{0};
    std::chrono::microseconds handshake{0};
};

/// How a destination was reached, or not: for who tells it step by step.
struct ReachSteps {
    std::string name;                        ///< that was looked up; an address stands for itself
    std::vector<profiles::IpAddress> found;  ///< what it stands for
    std::vector<addresses::AddressObjection> objections;  ///< to those that may not be dialled
    std::vector<DialAttempt> attempts;                    ///< in the order in which they ended
};

/// All that is known of how one connection to a server came about, or did not: the one account from
/// which the answer to a client, the log and `probe` take what they say. No secrets.
struct HandshakeReport {
    std::string identity;     ///< subject of the certificate that it had to offer; empty: none
    std::string fingerprint;  ///< of that, SHA-256
    ReachSteps reached;
    ConnectReport times;
    bool complete = false;  ///< the handshake, on this side
    /// None: there was no connection to make a handshake on.
    std::optional<tls::HandshakeTranscript> tls;
};

}  // namespace countersign::proxy::upstream
