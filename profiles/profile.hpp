#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "profiles/host_pattern.hpp"
#include "profiles/matching/client_pattern.hpp"
#include "profiles/matching/path_prefix.hpp"

namespace countersign::profiles {

enum class TlsVersion { tls_1_2, tls_1_3 };

/// The TLS rules of a profile.
struct TlsRules {
    TlsVersion min_version = TlsVersion::tls_1_2;
    TlsVersion max_version = TlsVersion::tls_1_3;
    /// SNI and the name that is verified, where they differ from the destination's host.
    std::optional<std::string> server_name;
    bool session_resumption = true;

    friend bool operator==(const TlsRules&, const TlsRules&) = default;
};

/// Limits of one exchange, by phase. All positive.
struct Timeouts {
    std::chrono::milliseconds resolve{5'000};
    std::chrono::milliseconds connect{5'000};
    std::chrono::milliseconds handshake{10'000};
    std::chrono::milliseconds request_idle{60'000};
    std::chrono::milliseconds response_header{60'000};
    std::chrono::milliseconds response_idle{60'000};
};

/// How upstream connections are kept, for each destination of the profile.
struct PoolRules {
    std::uint32_t max_connections = 256;
    std::uint32_t max_idle = 64;
    std::chrono::milliseconds idle_timeout{55'000};
    std::chrono::milliseconds max_age{600'000};
    std::uint32_t max_requests = 0;  ///< 0: any number
};

enum class RetryRule { never, if_unsent, idempotent };

/// What a profile's server is checked against: names of certificate records, and/or the system's
/// store.
struct TrustRule {
    std::vector<std::string> records;
    bool system = true;
};

/// A protocol profile: the rules for a set of destinations.
struct Profile {
    /// Lower-case letters, digits, '-'; the first is a letter, because it is also a URL scheme.
    std::string name;
    std::vector<HostPattern> hosts;      ///< empty: only reached by its name as scheme
    std::vector<std::uint16_t> ports;    ///< empty: any
    std::vector<PathPrefix> paths;       ///< empty: any
    std::vector<std::string> methods;    ///< empty: any
    std::vector<ClientPattern> clients;  ///< empty: any
    std::vector<std::string> listeners;  ///< empty: any
    std::uint16_t default_port = 443;
    std::optional<std::string> key_store;  ///< a certificate record; absent: server-only TLS
    TrustRule trust;
    TlsRules tls;
    Timeouts timeouts;
    PoolRules pool;
    RetryRule retry = RetryRule::if_unsent;
};

}  // namespace countersign::profiles
