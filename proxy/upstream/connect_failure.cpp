#include "proxy/upstream/connect_failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "profiles/authority.hpp"
#include "profiles/units.hpp"

namespace countersign::proxy::upstream {

namespace {

using Rule = addresses::AddressObjection::Rule;

std::string_view name_of(Rule rule) {
    switch (rule) {
        case Rule::deny:
            return "addresses.deny";
        case Rule::tunnel_private:
            return "addresses.tunnel_private";
        case Rule::own_listener:
            return "the rule that the proxy does not dial itself";
    }
    return {};
}

/// "1 of 3 addresses is forbidden by addresses.deny, 1 by addresses.tunnel_private".
std::string not_dialled(
    std::size_t dialled, const std::vector<addresses::AddressObjection>& objections
) {
    std::string text;
    for (const Rule rule : {Rule::deny, Rule::tunnel_private, Rule::own_listener}) {
        const auto count = std::count_if(
            objections.begin(), objections.end(), [&](const auto& one) { return one.rule == rule; }
        );
        if (count == 0) continue;
        if (text.empty()) {
            text = std::to_string(count) + " of " + std::to_string(dialled + objections.size()) +
                   " addresses " + (count == 1 ? "is" : "are") + " forbidden by ";
        } else {
            text += ", " + std::to_string(count) + " by ";
        }
        text += name_of(rule);
    }
    return text;
}

/// What the operator may change, where the server is behind an address that was not dialled.
std::string how_to_permit(const std::vector<addresses::AddressObjection>& objections) {
    for (const addresses::AddressObjection& objection : objections) {
        if (objection.rule == Rule::own_listener) continue;
        return " If the server is at " + objection.address.to_text() + ", " +
               (objection.rule == Rule::deny ? "change addresses.deny."
                                             : "set addresses.tunnel_private: true.");
    }
    return {};
}

/// What the operator may change, where that address is the server's.
std::string how_to_reach(const addresses::AddressObjection& objection) {
    if (objection.rule == Rule::tunnel_private) {
        return "If tunnels may lead into private networks and to this machine, set "
               "addresses.tunnel_private: true. Otherwise give the host a profile, which verifies "
               "the server, and let the application call http://host/path.";
    }
    if (!objection.by_default) {
        return "Check the host. If this address has to be reached, take the network out of "
               "addresses.deny.";
    }
    return "Check the host. This network is denied by default, since clouds have their metadata "
           "services in such networks, which give out credentials. If the address has to be "
           "reached, set addresses.deny to a list without this network: it replaces the default "
           "one, so it should have the other entries of that (README, Configuration).";
}

}  // namespace

std::string destination_text(const addresses::Goal& goal) {
    const std::string text = profiles::authority_text(goal.host, goal.port).text();
    if (!goal.rules.connect_to) return text;
    return text + " (connect_to " +
           profiles::authority_text(goal.dial_host(), goal.dial_port()).text() + ")";
}

std::string how_to_use(std::string_view authority) {
    const std::string url = "http://" + std::string{authority};
    return "Set " + url + " as the client's HTTP proxy (curl: -x " + url +
           "; many programs: http_proxy=" + url +
           "), and let it call http://HOST/PATH of the server that is meant. A program that knows "
           "no proxy may connect here and send that server's name as Host.";
}

Failure is_the_proxy(std::string_view authority) {
    return Failure::of_client(
        FailureCode::address_prohibited,
        "This is the proxy: it has nothing of its own to serve at " + std::string{authority} + ".",
        how_to_use(authority), "this is the proxy; set it as HTTP proxy and ask for another host"
    );
}

Failure is_the_admin_address(std::string_view host, std::uint16_t port) {
    const std::string name{host};
    const auto address = profiles::IpAddress::parse(host);
    const bool is_local =
        !address || address->is_loopback() || address->is_unspecified();  // or it is localhost
    return Failure::of_client(
        FailureCode::address_prohibited,
        profiles::authority_text(host, port).text() +
            " is the admin address of this proxy, to which no request is forwarded.",
        std::string{is_local ? "On the machine of the proxy, ask" : "Ask"} +
            " it without the proxy (curl: --noproxy '*'; many programs: no_proxy=" + name +
            "; a browser: add " + name + " to the addresses without a proxy).",
        "this is the proxy's admin address; ask it without the proxy"
    );
}

Failure prohibited_failure(
    const addresses::Goal& goal, const std::vector<addresses::AddressObjection>& objections
) {
    const addresses::AddressObjection& first = objections.front();
    if (first.rule == Rule::own_listener) {
        const bool asked_for =
            goal.host == "localhost" || profiles::IpAddress::parse(goal.host).has_value();
        if (asked_for && !goal.rules.connect_to) {
            return first.is_admin ? is_the_admin_address(goal.host, goal.port)
                                  : is_the_proxy(profiles::authority_text(goal.host, goal.port));
        }
        return Failure::of_proxy(
            FailureCode::address_prohibited,
            destination_text(goal) + " may not be dialled: " + first.text + ".",
            "The request would come back to the proxy. Check where the name leads (DNS, the hosts "
            "file), the profile's connect_to, and the listener's upstream.",
            "{} leads back to this proxy"
        );
    }
    return Failure::of_proxy(
        FailureCode::address_prohibited,
        destination_text(goal) + " may not be dialled: " + first.text + ".", how_to_reach(first),
        first.rule == Rule::deny ? "address of {} is forbidden by addresses.deny" : ""
    );
}

Failure connect_failure(
    const addresses::Goal& goal, int error, std::size_t dialled,
    const std::vector<addresses::AddressObjection>& objections
) {
    const std::string where = destination_text(goal);
    const std::string others = objections.empty() ? "" : "; " + not_dialled(dialled, objections);
    const std::string or_permit = how_to_permit(objections);
    switch (error) {
        case ECONNREFUSED:
            return Failure::of_upstream(
                FailureCode::connection_refused,
                "Nothing listens at " + where + " (connection refused)" + others + ".",
                "Check host and port, that the server runs, and that no firewall refuses." +
                    or_permit
            );
        case ETIMEDOUT:
            return Failure::of_upstream(
                FailureCode::connect_timeout,
                where + " did not answer within " +
                    profiles::duration_text(goal.rules.timeouts.connect) + " (timeouts.connect)" +
                    others + ".",
                "Check host and port, and that no firewall between here and there drops the "
                "packets. If the server is only slow, raise timeouts.connect of the profile." +
                    or_permit
            );
        default: {
            // By the others a machine on the way has said it.
            const bool here = error == ENETUNREACH || error == ENETDOWN || error == EACCES ||
                              error == EPERM || error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
            const auto of_side = here ? Failure::of_proxy : Failure::of_upstream;
            std::string remedy = goal.rules.connect_to ? "Check connect_to of the profile, and the "
                                                       : "Check the host, and the ";
            remedy += here ? "routes and the firewall of this machine."
                           : "routes and the firewalls between here and there.";
            return of_side(
                FailureCode::unreachable,
                where + " cannot be reached (" + std::strerror(error) + ")" + others + ".",
                remedy += or_permit, {}
            );
        }
    }
}

Failure unavailable_failure(
    const addresses::Goal& goal, int error, std::chrono::milliseconds pause,
    const std::vector<addresses::AddressObjection>& objections
) {
    const Failure last = connect_failure(goal, error, 1, objections);
    return Failure::of_upstream(
               FailureCode::destination_unavailable,
               last.reason() +
                   " It was so several times in a row. Therefore it is left alone for a while, "
                   "half "
                   "a minute at most, and then tried by one request before others.",
               last.remedy()
    )
        .with_retry_after(static_cast<std::uint32_t>(
            std::chrono::ceil<std::chrono::seconds>(std::max(pause, std::chrono::milliseconds{1}))
                .count()
        ));
}

}  // namespace countersign::proxy::upstream
