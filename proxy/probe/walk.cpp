#include "proxy/probe/walk.hpp"

#include <algorithm>

#include "certs/text/phrase.hpp"
#include "proxy/probe/harmless_method.hpp"
#include "proxy/probe/request_head.hpp"
#include "proxy/routing/plan.hpp"

namespace countersign::proxy::probe {

namespace {

void add(Walk& walk, std::int32_t profile, const std::string& host, std::uint16_t port) {
    const auto same = [&](const Stop& stop) {
        return stop.profile == profile && stop.host == host && stop.port == port;
    };
    if (std::ranges::none_of(walk.stops, same)) walk.stops.push_back({profile, host, port});
}

bool is_exact(const profiles::HostPattern& pattern) {
    return pattern.kind() == profiles::HostPattern::Kind::exact;
}

std::string why_untried(const profiles::Profile& profile) {
    const std::string name = "profile " + certs::in_quotes(profile.name);
    const std::string cure = "; add probe_hosts to it, a list of servers to try";
    if (profile.hosts.empty()) return name + " has no hosts" + cure;
    return name + " has patterns of hosts only" + cure;
}

}  // namespace

Walk walk(const generation::Generation& generation) {
    Walk found;
    const auto& profiles = generation.profiles().profiles();
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        const profiles::Profile& profile = profiles[i];
        const auto index = static_cast<std::int32_t>(i);
        const std::size_t before = found.stops.size();
        std::vector<std::uint16_t> ports = profile.ports;
        if (ports.empty()) ports.push_back(profile.default_port);
        for (const profiles::HostPattern& host : profile.hosts) {
            if (!is_exact(host)) continue;
            for (const std::uint16_t port : ports) add(found, index, host.name(), port);
        }
        for (const profiles::HostPort& host : profile.probe_hosts) {
            add(found, index, host.host, host.port);
        }
        if (found.stops.size() == before) found.untried.push_back(why_untried(profile));
    }
    return found;
}

TrialTerms terms_of(const generation::Generation& generation, const Stop& stop, bool asks) {
    const profiles::Profile& profile = generation.profiles()[stop.profile];
    const generation::Route& route = generation.route(stop.profile);
    const std::string_view method = harmless_method(profile);
    TrialTerms terms{stop.host, stop.port, route.tls, route.rules, std::string{method}, {}};
    terms.leniency = route.leniency;
    if (!asks || method.empty()) return terms;
    const std::string path = profile.paths.empty() ? "/" : profile.paths.front().text();
    const auto authority = routing::host_for_server(&profile, *route.rules, stop.host, stop.port);
    terms.request = request_head(method, path, authority.view(), route.edits);
    return terms;
}

}  // namespace countersign::proxy::probe
