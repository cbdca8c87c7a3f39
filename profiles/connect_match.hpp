#pragma once

#include <cstdint>

#include "profiles/profile_set.hpp"

namespace countersign::profiles {

/// What the profiles say of a CONNECT.
struct ConnectMatch {
    enum class Verdict : std::uint8_t {
        unknown_host,  ///< no profile has the host: `unmatched` decides
        fits_none,     ///< profiles have the host, but not for this port, client or listener
        reject,        ///< a request inside the tunnel might be `profile`'s, which forbids tunnels
        tunnel,        ///< `profile` gives a tunnel
    };

    Verdict verdict = Verdict::unknown_host;
    const Profile* profile = nullptr;  ///< reject, tunnel
    /// fits_none: why; and whether a profile among them would give a tunnel.
    Match miss;
    bool tunnel_elsewhere = false;
};

/// Which profile decides about a CONNECT. The requests inside the tunnel, which nobody will see,
/// may have any path and any method; so every profile that one of them could belong to must allow
/// the tunnel, and where a host has profiles, none of which fits, there is none either (README.md
/// has the rule). Looks at all profiles where one has the host: for what happens once a connection.
/// Does not allocate.
ConnectMatch find_connect(const ProfileSet& set, const Request& request);

}  // namespace countersign::profiles
