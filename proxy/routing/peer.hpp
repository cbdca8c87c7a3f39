#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "profiles/network.hpp"
#include "proxy/generation/listener_id.hpp"

namespace countersign::proxy::routing {

/// Who is at the other end of a client connection, and whether it may be.
struct Peer {
    enum class Admission : std::uint8_t {
        welcome,
        not_allowed,          ///< the listener's `allow` does not have its address
        over_limit,           ///< limits.client_connections is reached
        over_listener_limit,  ///< the listener's client_connections is
        over_address_limit,   ///< limits.client_connections_per_address is
        no_descriptor,        ///< the process has used up its file descriptors
    };

    /// The user or group of a process that the kernel does not name: nobody that a profile could.
    static constexpr std::uint32_t kNobody = UINT32_MAX;

    bool is_unix = false;
    std::uint32_t uid = 0;  ///< of a unix socket's other end
    std::uint32_t gid = 0;
    generation::ListenerId listener = generation::kNoListener;  ///< where it came in
    profiles::IpAddress address;
    std::uint16_t port = 0;
    Admission admission = Admission::welcome;
    std::uint64_t limit = 0;  ///< of what there is too much: how many there may be
    /// A client of the configuration that it is known to be without credentials of its own. Empty
    /// for all that come through a socket.
    std::string_view known_as;

    /// "127.0.0.1:50412", "[::1]:50412", "unix".
    std::string to_text() const;
    /// Without what changes from connection to connection: "127.0.0.1", "uid:1000".
    std::string who() const;
};

/// Who counts as one of those that connect, whoever they say they are: the user at the other end of
/// a unix socket, an IPv4 address, or the /64 of an IPv6 address. It is known before a request has
/// come, so limits.client_connections_per_address counts by it.
struct PeerKey {
    enum class Kind : std::uint8_t { v4 = 1, v6, uid };

    Kind kind = Kind::v4;
    std::uint64_t value = 0;

    static PeerKey of(const Peer& peer);
    /// A number for it: what peers choose does not fall into one place.
    std::uint64_t mixed() const;
    friend bool operator==(const PeerKey&, const PeerKey&) = default;
};

/// Whose share an exchange is where connections are scarce, as a number: the client's by name, from
/// wherever it connects; who has no name is one by its `PeerKey`. Two may have the same number,
/// rarely, and then share.
std::uint64_t share_of(const Peer& peer, std::string_view client);

}  // namespace countersign::proxy::routing
