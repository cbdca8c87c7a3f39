#include "proxy/server/reload_report.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "certs/certificate.hpp"
#include "proxy/generation/former_tls.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::server {

namespace {

using generation::Generation;
using generation::Route;

/// Of one kind, each with a line; the rest is counted.
constexpr std::size_t kMostLines = 20;

/// "presents CN=client (sha256 …, valid until 2027-01-01)".
std::string identity_text(const certs::Identity* identity) {
    if (identity == nullptr) return "presents no identity";
    return "presents " + identity->subject() + " (sha256 " + identity->fingerprint() +
           ", valid until " + certs::date_text(identity->not_after()) + ")";
}

bool same_identity(const certs::Identity* a, const certs::Identity* b) {
    return a == b || (a != nullptr && b != nullptr && a->fingerprint() == b->fingerprint());
}

/// Why the connections of a profile are opened anew; empty where they live on.
std::string change_of(const Route& before, const Route& next) {
    if (before.tls != next.tls) {
        const certs::Identity* const identity = next.tls->identity();
        return same_identity(before.tls->identity(), identity)
                   ? "its chain, trust or TLS rules have changed"
                   : identity_text(identity);
    }
    return before.rules != next.rules ? "the rules for its connections have changed" : "";
}

/// What becomes of those that were made with `before`.
std::string next_connections(
    const Route& route, const std::shared_ptr<const tls::TlsContext>& before,
    const generation::Moment& now
) {
    const auto overlapping = std::ranges::find(route.former, before, &generation::FormerTls::tls);
    if (overlapping == route.former.end()) return "its next requests take new connections";
    const auto end = now.wall + std::chrono::duration_cast<std::chrono::system_clock::duration>(
                                    overlapping->until - now.steady
                                );
    return "open connections that present the one before, " + before->identity()->subject() +
           ", serve on until " + certs::to_text(end) + " at the latest (rotation.overlap)";
}

void log_first(const std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < lines.size() && i < kMostLines; ++i) log::info("{}", lines[i]);
    if (lines.size() > kMostLines) log::info("and {} profiles more", lines.size() - kMostLines);
}

}  // namespace

void log_difference(const Generation& before, const Generation& next, std::size_t workers) {
    std::unordered_map<std::string_view, const Route*> former;
    const auto& known = before.profiles().profiles();
    for (std::size_t i = 0; i < known.size(); ++i) {
        former[known[i].name] = &before.route(static_cast<std::int32_t>(i));
    }
    const generation::Moment now = generation::Moment::now();
    std::vector<std::string> lines;
    const auto& profiles = next.profiles().profiles();
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        const Route& route = next.route(static_cast<std::int32_t>(i));
        const auto same = former.find(profiles[i].name);
        if (same == former.end()) {
            lines.push_back(
                "profile '" + profiles[i].name + "' is new: " + identity_text(route.tls->identity())
            );
            continue;
        }
        if (const std::string change = change_of(*same->second, route); !change.empty()) {
            lines.push_back(
                "profile '" + profiles[i].name + "': " + change + "; " +
                next_connections(route, same->second->tls, now)
            );
        }
        former.erase(same);
    }
    for (const auto& [name, route] : former) {
        lines.push_back("profile '" + std::string{name} + "' is gone");
    }
    log_first(lines);
    if (next.configuration().sandbox != before.configuration().sandbox ||
        next.configuration().user != before.configuration().user) {
        log::warning("sandbox and user take effect at the start; a change takes a restart");
    }
    const std::uint32_t wanted = next.configuration().workers;
    if (wanted != before.configuration().workers) {
        log::warning(
            "workers: {} takes effect after a restart; {} run",
            wanted == 0 ? "as many as processors" : std::to_string(wanted), workers
        );
    }
}

}  // namespace countersign::proxy::server
