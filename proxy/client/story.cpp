#include "proxy/client/story.hpp"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <iterator>

#include "certs/text/phrase.hpp"
#include "profiles/profile_set.hpp"
#include "proxy/log/log.hpp"
#include "proxy/log/shown_path.hpp"
#include "proxy/upstream/asked_identity.hpp"

namespace countersign::proxy::client {

namespace {

using Facts = upstream::UpstreamStream::Facts;

std::string name_of(const routing::Peer& peer, int number) {
    return peer.is_unix ? fmt::format("{} on descriptor {}", peer.who(), number) : peer.to_text();
}

double milliseconds(std::chrono::microseconds duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

/// "GET api.partner.example:443/orders".
std::string request_text(const exchange::Exchange& x) {
    if (x.host().empty()) return "a request";
    const std::string authority{profiles::authority_text(x.host(), x.port()).view()};
    return fmt::format(
        "{} {}{}", x.request.method, authority,
        log::shown_path(x.request.path, x.configuration().log)
    );
}

std::string identity_text(const certs::Identity* identity) {
    return identity == nullptr ? "no identity"
                               : "identity " + certs::in_quotes(identity->subject());
}

/// Why it goes there. A tunnel is not a profile's by its match alone: that profile, or `unmatched`,
/// says that there are tunnels.
std::string_view why_text(const routing::Plan& plan) {
    if (plan.route != nullptr) return to_text(plan.reason);
    return plan.profile != nullptr ? "a tunnel, by its connect_method" : "a tunnel, by unmatched";
}

/// Where the server has asked for a certificate and may not like what it got.
std::string refusal_text(const exchange::Exchange& x, const Facts& facts) {
    if (x.failure || !facts.certificate_requested) return {};
    if (!upstream::may_refuse_identity(x.progress.status)) return {};
    return "; that may be a refusal of the client certificate: the server " + asked_text(facts);
}

}  // namespace

Story::Story(const routing::Peer& peer, int number) : who_{name_of(peer, number)} {}

void Story::begin(std::string_view listener) const {
    log::debug("client {}: connected to the listener {}", who_, certs::in_quotes(listener));
}

void Story::plan(const exchange::Exchange& x) const {
    const profiles::Profile* const profile = x.profile();
    const std::string whose =
        profile == nullptr ? "no profile" : "profile " + certs::in_quotes(profile->name);
    log::debug(
        "client {}: {} → {} ({}), {}", who_, request_text(x), whose, why_text(x.plan()),
        identity_text(x.identity())
    );
}

void Story::end(const exchange::Exchange& x, std::string_view error) const {
    const auto total =
        std::chrono::duration_cast<std::chrono::microseconds>(net::Clock::now() - x.started);
    std::string text = fmt::format("client {}: {} → ", who_, request_text(x));
    const auto out = std::back_inserter(text);
    if (x.progress.status == 0) {
        text += "no answer";
    } else {
        fmt::format_to(out, "{}", x.progress.status);
    }
    fmt::format_to(out, " after {:.1f} ms", milliseconds(total));
    if (const auto server = x.upstream_facts()) {
        const Facts& facts = *server;
        fmt::format_to(
            out, ", by {} on {} connection", facts.address, x.attempt.reused ? "an open" : "a new"
        );
        if (facts.identity != x.plan().route->tls->identity()) {
            text += " from before the renewal, " + identity_text(facts.identity);
        }
        text += refusal_text(x, facts);
    }
    if (!error.empty()) fmt::format_to(out, "; {}", error);
    if (x.failure) fmt::format_to(out, ": {}", x.failure->reason());
    log::debug("{}", text);
}

void Story::close() const { log::debug("client {}: the connection ends", who_); }

}  // namespace countersign::proxy::client
