#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/source.hpp"
#include "certs/text/phrase.hpp"
#include "certs/text/word.hpp"
#include "profiles/danger.hpp"
#include "profiles/host_pattern.hpp"
#include "profiles/matching/client_pattern.hpp"
#include "profiles/matching/path_prefix.hpp"
#include "profiles/response_leniency.hpp"

namespace countersign::profiles {

enum class TlsVersion { tls_1_2, tls_1_3 };
inline constexpr certs::Word<TlsVersion> kTlsVersions[] = {
    {"1.2", TlsVersion::tls_1_2},
    {"1.3", TlsVersion::tls_1_3},
};

/// A name that a server's certificate may have, as a subject alternative name.
struct VerifyName {
    enum class Kind { dns, ip, uri };
    Kind kind = Kind::dns;
    std::string text;  ///< host and address normalised; a URI as written
    friend bool operator==(const VerifyName&, const VerifyName&) = default;
};

/// "api.partner.example, spiffe://partner.example/api"
inline std::string to_text(const std::vector<VerifyName>& names) {
    return certs::joined(names, [](const VerifyName& name) { return name.text; });
}

/// SHA-256 of a SubjectPublicKeyInfo.
using Pin = std::array<std::uint8_t, 32>;
/// What stands in front of a pin's base64.
inline constexpr std::string_view kPinPrefix = "sha256/";

/// What a server gets that asks for another handshake on a TLS 1.2 connection, as one does that
/// asks for a client certificate by path.
enum class RenegotiationRule { refuse, once };
inline constexpr certs::Word<RenegotiationRule> kRenegotiationRules[] = {
    {"refuse", RenegotiationRule::refuse},
    {"once", RenegotiationRule::once},
};

/// What is asked about a server's certificate and those above it, beside their signatures: whether
/// their authorities have revoked them. `soft` refuses what is known to be revoked, `hard` also
/// what is not known to be good.
enum class RevocationRule { off, soft, hard };
inline constexpr certs::Word<RevocationRule> kRevocationRules[] = {
    {"off", RevocationRule::off},
    {"soft", RevocationRule::soft},
    {"hard", RevocationRule::hard},
};

/// What the handshake offers to a server, by the names that OpenSSL or the IANA has; empty: what
/// OpenSSL offers by itself.
struct TlsOffer {
    std::vector<std::string> cipher_suites;  ///< of TLS 1.3
    std::vector<std::string> ciphers;        ///< of TLS 1.2
    std::vector<std::string> groups;
    std::vector<std::string> signature_algorithms;
    bool alpn = true;         ///< whether it says that HTTP/1.1 is spoken
    bool server_name = true;  ///< whether the server's name is announced (SNI)

    /// The keys by which it offers less, or other things, than OpenSSL by itself: "ciphers".
    std::vector<std::string_view> limits() const;
    friend bool operator==(const TlsOffer&, const TlsOffer&) = default;
};

/// The TLS rules of a profile.
struct TlsRules {
    TlsVersion min_version = TlsVersion::tls_1_2;
    TlsVersion max_version = TlsVersion::tls_1_3;
    /// SNI and the name that is verified, where they differ from the destination's host.
    std::optional<std::string> server_name;
    /// One of these is verified instead; empty: the server's name.
    std::vector<VerifyName> verify_names;
    /// One of these must be among the keys of the verified chain; empty: any key.
    std::vector<Pin> pins;
    bool session_resumption = true;
    RenegotiationRule renegotiation = RenegotiationRule::refuse;
    /// Whether a TLS 1.3 server may ask for the client certificate after the request.
    bool post_handshake_auth = true;
    /// Whether a server is refused that has not asked for the client certificate when the handshake
    /// is over.
    bool require_client_auth = false;
    RevocationRule revocation = RevocationRule::off;
    std::vector<std::filesystem::path> crl = {};  ///< files with revocation lists
    TlsOffer offer;
    Dangers dangers;
    /// What the keys of all connections are written to, for who looks into what was recorded.
    std::optional<std::filesystem::path> key_log = {};

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
    friend bool operator==(const Timeouts&, const Timeouts&) = default;
};

/// How upstream connections are kept, for each destination of the profile.
struct PoolRules {
    std::uint32_t max_connections = 256;
    std::uint32_t max_idle =
        64;  ///< what stays at rest; more are closed over time. 0: none is kept
    std::chrono::milliseconds idle_timeout{55'000};
    std::chrono::milliseconds max_age{600'000};
    std::uint32_t max_requests = 0;  ///< 0: any number
    /// Exchanges that wait while all connections are in use, and how long one does.
    std::uint32_t max_waiting = 4096;
    std::chrono::milliseconds wait_timeout{5'000};
    friend bool operator==(const PoolRules&, const PoolRules&) = default;
};

struct HostPort {
    std::string host;  ///< as `normalise_host` gives it
    std::uint16_t port = 0;
    friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// A server that is asked something of over HTTPS.
struct HttpsUrl {
    HostPort at;
    std::string path = "/";  ///< with its "/", and its query

    friend bool operator==(const HttpsUrl&, const HttpsUrl&) = default;
};

/// "https://api.partner.example:443/health"
std::string to_text(const HttpsUrl& url);

/// What a renewal of the key store does to the identity before it.
struct RotationRules {
    /// Idle connections of it serve for so long; 0: the renewal ends them.
    std::chrono::milliseconds overlap{0};
    /// The renewed one is tried here first, and where the server refuses it, or is not reached, the
    /// one before serves on while it is valid.
    std::optional<HttpsUrl> verify_with = {};
};

enum class RetryRule { never, if_unsent, idempotent };
inline constexpr certs::Word<RetryRule> kRetryRules[] = {
    {"never", RetryRule::never},
    {"if_unsent", RetryRule::if_unsent},
    {"idempotent", RetryRule::idempotent},
};

/// What a CONNECT to a destination of the profile gets.
enum class ConnectRule { reject, tunnel };
inline constexpr certs::Word<ConnectRule> kConnectRules[] = {
    {"reject", ConnectRule::reject},
    {"tunnel", ConnectRule::tunnel},
};

/// What becomes of a request that asks for another protocol on its connection (Upgrade).
enum class UpgradeRule { allow, refuse };
inline constexpr certs::Word<UpgradeRule> kUpgradeRules[] = {
    {"allow", UpgradeRule::allow},
    {"refuse", UpgradeRule::refuse},
};

/// What a profile's server is checked against: names of certificate records, and/or the system's
/// store.
struct TrustRule {
    std::vector<std::string> records;
    bool system = true;
};

/// A field that requests get. The value is read when the configuration is loaded, and may be
/// secret.
struct SetField {
    std::string name;
    certs::PasswordSource value;
    std::string where;  ///< file:line:column
};

/// What is done to the fields of requests before they go upstream.
struct RequestHeaderRules {
    std::vector<SetField> set;        ///< instead of what the client sent under that name
    std::vector<std::string> remove;  ///< the client's
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
    std::optional<HostPort> connect_to;  ///< what is dialled instead of the destination
    RequestHeaderRules request_headers;
    bool preserve_host = true;  ///< false: Host names `connect_to`, not the destination
    Timeouts timeouts;
    PoolRules pool;
    RetryRule retry = RetryRule::idempotent;
    RotationRules rotation;
    /// Destinations at which `probe --all` tries it, beside those that its hosts name.
    std::vector<HostPort> probe_hosts;
    /// `tunnel` only without `paths` and `methods`, which nobody sees inside a tunnel.
    ConnectRule connect_method = ConnectRule::reject;
    UpgradeRule upgrade = UpgradeRule::allow;
    ResponseLeniencies response_leniency;
    std::string where;  ///< file:line:column

    bool is_for_some_requests() const { return !paths.empty() || !methods.empty(); }
};

}  // namespace countersign::profiles
