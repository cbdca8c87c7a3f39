#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Settings, ProblemTable,
    testing::Values(
        ProblemCase{
            "UnknownKeyNearOne",
            "profile:\n"
            "  - name: a\n",
            "1:1: profile: unknown key; did you mean 'profiles'?"},
        ProblemCase{
            "UnknownKeyNearNone", "plugins: []\n",
            "1:1: plugins: unknown key; expected listeners, certificates, clients, profiles, "
            "unmatched, "
            "addresses, limits, workers, log, trace, shutdown, reload, admin, console, sandbox or "
            "user"},
        ProblemCase{
            "UnknownKeyOfOddText", "\"a\\tb\": 1\n",
            "1:1: 'a\\tb': unknown key; expected listeners, certificates, clients, profiles, "
            "unmatched, "
            "addresses, limits, workers, log, trace, shutdown, reload, admin, console, sandbox or "
            "user"},
        ProblemCase{
            "UnknownKeyOfTwoWords",
            "my profile?: 1\n"
            "log: { my level: 1 }\n"
            "clients: [{ name: a, password: { file: /dev/null }, my secret: 1 }]\n",
            "1:1: 'my profile?': unknown key; expected listeners, certificates, clients, profiles, "
            "unmatched, addresses, limits, workers, log, trace, shutdown, reload, admin, console, "
            "sandbox "
            "or user\n"
            "2:8: log.'my level': unknown key; expected level, format, access or query\n"
            "3:53: clients[0].'my…': unknown key; expected name, description or password"},
        ProblemCase{
            "ValueOfOddText", "workers: \"a\\tb\"\n",
            "1:10: workers: found 'a\\tb'; expected auto or a number from 1 to 1024"},
        ProblemCase{
            "NothingAsValue", "profiles:\n",
            "1:1: profiles: found nothing; expected a list of profiles"},
        ProblemCase{
            "KeyWithoutColon",
            "workers: 2\n"
            "log\n",
            "2:1: log: found nothing; expected a map with keys such as level"},
        ProblemCase{
            "ListsThatAreNone",
            "listeners: {}\n"
            "certificates: a\n"
            "profiles: { partner: {} }\n",
            "1:12: listeners: found a map; expected a list of listeners\n"
            "2:15: certificates: found text; expected a list of certificate records\n"
            "3:11: profiles: found a map; expected a list of profiles"},
        ProblemCase{
            "MapsThatAreNone",
            "addresses: []\n"
            "limits: 5\n"
            "log: off\n"
            "shutdown: 30s\n",
            "1:12: addresses: found a list; expected a map with deny\n"
            "2:9: limits: found '5'; expected a map with keys such as header_bytes\n"
            "3:6: log: found 'off'; expected a map with keys such as level\n"
            "4:11: shutdown: found '30s'; expected a map with delay and drain"},
        ProblemCase{
            "UnmatchedUnknown", "unmatched: rejekt\n",
            "1:12: unmatched: found 'rejekt'; expected reject, tls, report or tunnel_connect; did "
            "you mean 'reject'?"},
        ProblemCase{
            "UnmatchedTunnel", "unmatched: tunnel\n",
            "1:12: unmatched: found 'tunnel'; expected reject, tls, report or tunnel_connect"},
        ProblemCase{
            "UnmatchedList", "unmatched: [reject]\n",
            "1:12: unmatched: found a list; expected reject, tls, report or tunnel_connect"},
        ProblemCase{
            "WorkersZero", "workers: 0\n",
            "1:10: workers: found '0'; expected a number from 1 to 1024"},
        ProblemCase{
            "WorkersTooMany", "workers: 1025\n",
            "1:10: workers: found '1025'; expected a number from 1 to 1024"},
        ProblemCase{
            "WorkersOctal", "workers: 010\n",
            "1:10: workers: found '010'; expected a number from 1 to 1024, without leading zeros"},
        ProblemCase{
            "WorkersInQuotes", "workers: \"4\"\n",
            "1:10: workers: found '4' in quotes; expected a number from 1 to 1024, without quotes"},
        ProblemCase{
            "WorkersWord", "workers: many\n",
            "1:10: workers: found 'many'; expected auto or a number from 1 to 1024"},
        ProblemCase{
            "DenyHostBits", "addresses: { deny: [10.1.2.3/8] }\n",
            "1:21: addresses.deny[0]: found '10.1.2.3/8', which is an address inside a network; "
            "write 10.0.0.0/8 for the whole network, or 10.1.2.3 for this address alone"},
        ProblemCase{
            "DenyName", "addresses: { deny: [localhost, \"::1\"] }\n",
            "1:21: addresses.deny[0]: found 'localhost'; expected a network such as 10.0.0.0/8, or "
            "an address"},
        ProblemCase{
            "DenyText", "addresses: { deny: 10.0.0.0/8 }\n",
            "1:20: addresses.deny: found '10.0.0.0/8'; expected a list of networks such as "
            "[10.0.0.0/8]"},
        ProblemCase{
            "TunnelPrivate", "addresses: { tunnel_private: [10.0.0.0/8] }\n",
            "1:30: addresses.tunnel_private: found a list; expected true or false"},
        ProblemCase{
            "TunnelPrivateYes", "addresses: { tunnel_private: yes }\n",
            "1:30: addresses.tunnel_private: found 'yes'; expected true or false"},
        ProblemCase{
            "ClientIdleZero", "limits: { client_idle: 0s }\n",
            "1:24: limits.client_idle: found '0s'; expected a duration above zero"},
        ProblemCase{
            "ClientHeadNoUnit", "limits: { client_head: 30 }\n",
            "1:24: limits.client_head: found '30'; expected a duration with its unit: 30s for "
            "seconds, "
            "or ms, m, h, d"},
        ProblemCase{
            "TunnelIdleZero", "limits: { tunnel_idle: 0s }\n",
            "1:24: limits.tunnel_idle: found '0s'; expected a duration above zero"},
        ProblemCase{
            "TunnelIdleWithoutUnit", "limits: { tunnel_idle: 600 }\n",
            "1:24: limits.tunnel_idle: found '600'; expected a duration with its unit: 600s for "
            "seconds, or ms, m, h, d"},
        ProblemCase{
            "HeaderBytesInWrongUnit", "limits: { header_bytes: 64KB }\n",
            "1:25: limits.header_bytes: found '64KB'; expected a size from 1KiB to 16MiB, as bytes "
            "or like 64KiB, 1MiB"},
        ProblemCase{
            "HeaderBytesTooFew", "limits: { header_bytes: 100 }\n",
            "1:25: limits.header_bytes: found '100'; expected a size from 1KiB to 16MiB, as bytes "
            "or like 64KiB, 1MiB"},
        ProblemCase{
            "HeaderBytesTooMany", "limits: { header_bytes: 1GiB }\n",
            "1:25: limits.header_bytes: found '1GiB'; expected a size from 1KiB to 16MiB, as bytes "
            "or like 64KiB, 1MiB"},
        ProblemCase{
            "HeaderCountNegative", "limits: { header_count: -1 }\n",
            "1:25: limits.header_count: found '-1'; expected a number from 1 to 10000"},
        ProblemCase{
            "ClientConnectionsZero", "limits: { client_connections: 0 }\n",
            "1:31: limits.client_connections: found '0'; expected a number from 1 to 1000000"},
        ProblemCase{
            "ClientConnectionsPerAddressTooMany",
            "limits: { client_connections_per_address: 1000001 }\n",
            "1:43: limits.client_connections_per_address: found '1000001'; expected a number from "
            "0 "
            "to 1000000"},
        ProblemCase{
            "BodyBytesFraction", "limits: { body_bytes: 1.5MiB }\n",
            "1:23: limits.body_bytes: found '1.5MiB'; expected a size, as bytes or like 64KiB, "
            "1MiB"},
        ProblemCase{
            "LimitUnknown", "limits: { body_size: 1MiB }\n",
            "1:11: limits.body_size: unknown key; expected header_bytes, header_count, "
            "client_connections, client_connections_per_address, body_bytes, tunnel_idle, "
            "client_idle, client_head, client_min_rate or buffered"},
        ProblemCase{
            "LogLevelUnknown", "log: { level: warn }\n",
            "1:15: log.level: found 'warn'; expected debug, info, warning or error"},
        ProblemCase{
            "TraceUnknown", "trace: make\n", "1:8: trace: found 'make'; expected pass or generate"},
        ProblemCase{
            "LogFormatUnknown", "log: { format: JSON }\n",
            "1:16: log.format: found 'JSON'; expected text or json"},
        ProblemCase{
            "LogAccessMistyped", "log: { access: stdot }\n",
            "1:16: log.access: found 'stdot'; expected stdout, stderr, off or a file's path, such "
            "as ./access.log"},
        ProblemCase{
            "LogAccessList", "log: { access: [stdout] }\n",
            "1:16: log.access: found a list; expected stdout, stderr, off or a file's path, such "
            "as ./access.log"},
        ProblemCase{
            "LogQueryYes", "log: { query: yes }\n",
            "1:15: log.query: found 'yes'; expected true or false"},
        ProblemCase{
            "LogQueryInQuotes", "log: { query: \"no\" }\n",
            "1:15: log.query: found 'no'; expected true or false"},
        ProblemCase{
            "DrainWithoutUnit", "shutdown: { drain: 30 }\n",
            "1:20: shutdown.drain: found '30'; expected a duration with its unit: 30s for seconds, "
            "or ms, m, h, d"},
        ProblemCase{
            "DrainTooLong", "shutdown: { drain: 9999d }\n",
            "1:20: shutdown.drain: found '9999d'; expected a duration like 500ms, 5s, 2m, 1h or "
            "30d, at most 3650d"},
        ProblemCase{
            "ShutdownUnknown", "shutdown: { drian: 30s }\n",
            "1:13: shutdown.drian: unknown key; did you mean 'drain'?"},
        ProblemCase{
            "ReloadIsNoMap", "reload: true\n",
            "1:9: reload: found 'true'; expected a map with watch_configuration"},
        ProblemCase{
            "WatchIsNoTime", "reload: { watch_configuration: 30s }\n",
            "1:32: reload.watch_configuration: found '30s'; expected true or false"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
