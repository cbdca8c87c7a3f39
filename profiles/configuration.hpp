#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "certs/text/word.hpp"
#include "profiles/certificate_record.hpp"
#include "profiles/matching/tie_example.hpp"
#include "profiles/network.hpp"
#include "profiles/profile.hpp"

namespace countersign::profiles {

struct TcpAddress {
    IpAddress address;
    std::uint16_t port = 0;  ///< 0: the system chooses one
    friend bool operator==(const TcpAddress&, const TcpAddress&) = default;
};
struct UnixAddress {
    std::filesystem::path path;
    friend bool operator==(const UnixAddress&, const UnixAddress&) = default;
};
using ListenAddress = std::variant<TcpAddress, UnixAddress>;

/// "127.0.0.1:3128", "[::1]:3128", "unix:/run/…"
std::string to_text(const ListenAddress& address);

/// What of a response is written anew, so that it leads its client back here. With a fixed
/// upstream: to the listener. Elsewhere: to http://, for a host that has a profile for the client.
struct RewriteRules {
    bool location = false;  ///< Location
    bool cookie_domain =
        false;  ///< Set-Cookie: a Domain that the client has no name in is left out
    bool cookie_secure = false;  ///< Set-Cookie: Secure is left out
    bool any() const { return location || cookie_domain || cookie_secure; }
};
inline constexpr certs::Word<bool RewriteRules::*> kRewriteWords[] = {
    {"location", &RewriteRules::location},
    {"cookie_domain", &RewriteRules::cookie_domain},
    {"cookie_secure", &RewriteRules::cookie_secure},
};
/// As the configuration has them.
std::vector<std::string_view> words_of(const RewriteRules& rules);

/// What a listener with a fixed upstream does with a browser's request for a page of elsewhere.
enum class CrossSiteRule { refuse, allow };
inline constexpr certs::Word<CrossSiteRule> kCrossSiteRules[] = {
    {"refuse", CrossSiteRule::refuse},
    {"allow", CrossSiteRule::allow},
};

/// A file's mode as the configuration writes it: "0660".
std::string mode_text(std::uint32_t mode);

/// The group that a unix socket is given to.
struct SocketGroup {
    std::uint32_t gid = 0;
    std::string text;  ///< as it was written: its name or its number
    friend bool operator==(const SocketGroup&, const SocketGroup&) = default;
};

/// Where clients connect. An address that is not loopback has a non-empty `allow`.
struct Listener {
    std::string name;
    ListenAddress address;
    /// Empty only where everyone who can connect may: loopback and unix sockets.
    std::vector<Network> allow;
    /// Every request that comes here is this profile's …
    std::optional<std::string> profile = std::nullopt;
    /// … and goes there, whatever it says itself.
    std::optional<HostPort> upstream = std::nullopt;
    RewriteRules rewrite = {};
    CrossSiteRule cross_site = CrossSiteRule::refuse;  ///< asked with an upstream only
    /// Of a unix socket's file. Null: 0660, less what the umask takes away.
    std::optional<std::uint32_t> mode = std::nullopt;
    std::optional<SocketGroup> group = std::nullopt;  ///< and with it a mode; null: the process's
    /// Responses say in Countersign-Identity which identity the server was sent.
    bool tell_identity = false;
    std::uint32_t client_connections = 0;  ///< of its own; 0: limits.client_connections alone

    bool is_unix() const { return std::holds_alternative<UnixAddress>(address); }
    /// Whether a client at that address may connect.
    bool allows(const IpAddress& client) const;
};

/// A client that proves its name: `Proxy-Authorization: Basic`.
struct NamedClient {
    std::string name;
    std::string description;
    certs::PasswordSource password;
    std::string where;  ///< of the password, file:line:column
};

/// What happens to a destination without a profile.
enum class UnmatchedRule {
    reject,
    tls,            ///< server-only TLS, the system's trust
    report,         ///< the same, and the log says what would have been refused
    tunnel_connect  ///< CONNECT gets a tunnel, everything else is rejected
};
inline constexpr certs::Word<UnmatchedRule> kUnmatchedRules[] = {
    {"reject", UnmatchedRule::reject},
    {"tls", UnmatchedRule::tls},
    {"report", UnmatchedRule::report},
    {"tunnel_connect", UnmatchedRule::tunnel_connect},
};

/// Link-local addresses, and with them the clouds' metadata service: 169.254.0.0/16, fe80::/10; and
/// the other addresses at which some clouds offer it.
std::vector<Network> default_denied_networks();

/// Where upstream connections may go, checked on every resolved address before it is dialled.
struct AddressRules {
    std::vector<Network> deny = default_denied_networks();
    bool tunnel_private = false;  ///< whether tunnels reach addresses that are not public
    friend bool operator==(const AddressRules&, const AddressRules&) = default;
};

/// What a limit of client connections may be.
constexpr std::uint32_t kMostClientConnections = 1'000'000;

struct Limits {
    std::uint64_t header_bytes = 64 * 1024;
    std::uint32_t header_count = 128;
    std::uint32_t client_connections = 10'000;
    /// Of one IPv4 address, IPv6 /64 or, at a unix socket, user. 0: no limit of its own.
    std::uint32_t client_connections_per_address = 0;
    std::uint64_t body_bytes = 0;  ///< 0: any size
    /// A tunnel in which nothing has passed for so long, either way, is ended.
    std::chrono::milliseconds tunnel_idle{3'600'000};
    /// How long a client may rest before a request, and how long its head may take from its first
    /// byte.
    std::chrono::milliseconds client_idle{120'000};
    std::chrono::milliseconds client_head{30'000};
    /// Memory in which all workers together may hold bodies for clients that are slow; 0: none.
    std::uint64_t buffered = 16 * 1024 * 1024;
    /// Bytes a second with which a client has to send and read, while others wait for the
    /// connection that it has; 0: any.
    std::uint64_t client_min_rate = 1024;
};

/// What requests bring that says to which trace they belong (`traceparent`) and which they are
/// (`X-Request-Id`): both pass as they are, and stand in the log.
enum class TraceRule {
    pass,
    generate,  ///< who brings none goes upstream with one of the proxy's making
};
inline constexpr certs::Word<TraceRule> kTraceRules[] = {
    {"pass", TraceRule::pass},
    {"generate", TraceRule::generate},
};

enum class LogLevel { debug, info, warning, error };
inline constexpr certs::Word<LogLevel> kLogLevels[] = {
    {"debug", LogLevel::debug},
    {"info", LogLevel::info},
    {"warning", LogLevel::warning},
    {"error", LogLevel::error},
};

enum class LogFormat { text, json };
inline constexpr certs::Word<LogFormat> kLogFormats[] = {
    {"text", LogFormat::text},
    {"json", LogFormat::json},
};

struct LogRules {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
    /// Where the access log goes: "stdout", "stderr", "off", or a file's path.
    std::string access = "stdout";
    bool query = false;  ///< whether the path in the access log keeps its query
};

/// What SIGTERM begins. Together less than the 30 s after which Kubernetes kills.
struct ShutdownRules {
    std::chrono::milliseconds delay{0};  ///< it goes on listening for so long
    std::chrono::milliseconds drain{25'000};
};

/// HTTPS at the admin address.
struct AdminTls {
    std::string key_store;  ///< the record of the certificate that it shows
    /// The records of those whose certificates are taken of who asks, who is a user by it; empty:
    /// nobody is asked for one.
    std::vector<std::string> trust;
    std::string where;  ///< file:line:column
};

/// Where operators ask how the proxy is, and tell it to reload, drain and end.
struct AdminRules {
    /// Its address, `allow`, mode and group; null: there is none. Its name is "admin".
    std::optional<Listener> listener = default_listener();
    bool is_default = true;  ///< nobody asked for that address: where it is taken, there is none
    /// What calls that change something have to show; null: they are refused.
    std::optional<certs::PasswordSource> token = std::nullopt;
    std::string token_where = {};                ///< file:line:column
    std::optional<AdminTls> tls = std::nullopt;  ///< null: plain HTTP

    static Listener default_listener();  ///< 127.0.0.1:9901
};

/// The pages for operators, at the admin address.
struct ConsoleRules {
    bool enabled = false;
    /// Of what the pages may change: its *.yaml files are a part of the configuration, whether the
    /// pages are enabled or not. Null: they change nothing.
    std::optional<std::filesystem::path> directory = std::nullopt;
    /// Who signs in with a name and a password, a line for each; null: nobody does.
    std::optional<certs::PasswordSource> users = std::nullopt;
    std::string users_where = {};  ///< file:line:column
};

/// Whether `run` gives up for good what it never needs (proxy/sandbox).
enum class SandboxRule { automatic, off };
inline constexpr certs::Word<SandboxRule> kSandboxRules[] = {
    {"auto", SandboxRule::automatic},  ///< as much of it as the kernel has
    {"off", SandboxRule::off},
};

/// Whom `run` becomes where it was started as root.
struct ProcessUser {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;  ///< of its entry; where the machine has none, the user's number
    std::string text;       ///< as it was written: its name or its number
    std::string name;       ///< of its entry; empty where the machine has none
    friend bool operator==(const ProcessUser&, const ProcessUser&) = default;
};

/// Something that is allowed and still deserves a word at start: a password in the configuration.
struct Warning {
    std::string where;  ///< file:line:column
    std::string text;
};

/// Everything the operator said. Names are unique and resolve: a profile's key_store names an
/// active key-store record, its trust active trust records. Paths are absolute or relative to the
/// working directory.
struct Configuration {
    std::vector<Listener> listeners;  ///< never empty; the default is 127.0.0.1:3128
    std::vector<CertificateRecord> certificates;
    std::vector<NamedClient> clients;
    std::vector<Profile> profiles;
    UnmatchedRule unmatched = UnmatchedRule::reject;
    AddressRules addresses;
    Limits limits;
    std::uint32_t workers = 0;  ///< 0: as many as CPUs
    LogRules log;
    TraceRule trace = TraceRule::pass;
    ShutdownRules shutdown;
    AdminRules admin;
    ConsoleRules console;
    /// Whether a change of the configuration's file is a reason to load, as a change of key
    /// material always is.
    bool watch_configuration = false;
    SandboxRule sandbox = SandboxRule::automatic;
    std::optional<ProcessUser> user = std::nullopt;  ///< null: it stays who started it
    std::vector<Warning> warnings;

    const CertificateRecord* find_certificate(std::string_view name) const;
    /// Whether it is what the admin address shows, and no profile does.
    bool is_for_admin_alone(std::string_view record) const;
    std::vector<ListenerKind> listener_kinds() const;
};

}  // namespace countersign::profiles
