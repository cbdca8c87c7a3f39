#include "proxy/explain/dialled_addresses.hpp"

#include <utility>
#include <vector>

#include "certs/text/phrase.hpp"
#include "profiles/network.hpp"
#include "proxy/upstream/addresses/permitted_addresses.hpp"
#include "proxy/upstream/connect_failure.hpp"
#include "proxy/upstream/dial.hpp"
#include "proxy/upstream/dns/local_names.hpp"

namespace countersign::proxy::explain {

namespace {

using Addresses = std::vector<profiles::IpAddress>;

std::string to_text(upstream::addresses::PermittedAddresses allowed) {
    const Addresses dialled = upstream::in_dialling_order(std::move(allowed.addresses));
    std::string text = certs::joined(dialled, [](const auto& one) { return one.to_text(); });
    for (const auto& objection : allowed.objections) text += "; forbidden: " + objection.text;
    return text;
}

}  // namespace

DialledAddresses dialled_addresses(
    const profiles::Configuration& configuration, const upstream::addresses::Goal& goal,
    const upstream::dns::HostsTable& hosts
) {
    DialledAddresses found;
    const std::string host{goal.dial_host()};
    const auto literal = profiles::IpAddress::parse(host);
    const auto known =
        literal ? std::optional{Addresses{*literal}} : upstream::dns::local_addresses(host, hosts);
    if (!known) {
        found.text = "not looked up: only DNS may know the name";
        return found;
    }
    upstream::addresses::PermittedAddresses allowed = upstream::addresses::permitted(
        upstream::addresses::OwnEndpoints::of(configuration), goal, *known
    );
    if (allowed.addresses.empty()) {
        found.prohibited = upstream::prohibited_failure(goal, allowed.objections);
    } else if (!literal) {
        found.text = to_text(std::move(allowed));
    }
    return found;
}

}  // namespace countersign::proxy::explain
