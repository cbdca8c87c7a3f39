#pragma once

#include <cstdint>
#include <string>

#include "profiles/network.hpp"

namespace countersign::proxy {

/// Who is at the other end of a client connection, and whether it may be.
struct Peer {
    enum class Admission : std::uint8_t {
        welcome,
        not_allowed,  ///< the listener's `allow` does not have its address
        over_limit,   ///< limits.client_connections is reached
    };

    bool is_unix = false;
    profiles::IpAddress address;
    std::uint16_t port = 0;
    Admission admission = Admission::welcome;

    /// "127.0.0.1:50412", "[::1]:50412", "unix".
    std::string to_text() const;
};

}  // namespace countersign::proxy
