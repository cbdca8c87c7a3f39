#include "proxy/routing.hpp"

#include <string>
#include <utility>

namespace countersign::proxy {

namespace {

std::string named(const Destination& destination) {
    std::string text;
    append_authority(text, destination.host, destination.port, 0);
    return text;
}

Failure no_profile(const Destination& destination, const profiles::Match& match) {
    Failure failure;
    failure.code = FailureCode::no_profile;
    failure.side = Side::client;
    const std::string where = "'" + named(destination) + "'";
    switch (match.reason) {
        case profiles::MatchReason::unknown_name:
            failure.reason = "No profile has the name '" + std::string{destination.scheme} +
                             "', which the URL has as its scheme.";
            failure.remedy = "Use http://, or the name of a profile, as the scheme.";
            break;
        case profiles::MatchReason::no_port_matches:
            failure.reason = "A profile has the host of " + where + ", but none with this port.";
            failure.remedy = "Add the port to the ports of that profile, or use one that it has.";
            break;
        default:
            failure.reason = "No profile has " + where + " among its hosts.";
            failure.remedy =
                "Add the host to the hosts of the profile that should serve it, or set "
                "unmatched: tls to let such requests pass without a client certificate.";
            break;
    }
    return failure;
}

Failure unusable_identity(const certs::Identity& identity, const std::string& why) {
    Failure failure;
    failure.code = FailureCode::identity_unusable;
    failure.side = Side::proxy;
    failure.reason =
        "The client certificate of this profile, '" + identity.subject() + "', " + why + ".";
    failure.remedy =
        "Put a valid certificate into the profile's key store and start the proxy again.";
    return failure;
}

}  // namespace

Result<Routing> find_route(
    const Generation& generation, const Destination& destination,
    std::chrono::system_clock::time_point now
) {
    const profiles::ProfileSet& set = generation.profiles();
    const bool by_name = destination.scheme != "http" && destination.scheme != "https";
    profiles::Request request;
    request.host = destination.host;
    request.port = destination.port;
    request.path = destination.path;
    const profiles::Match match =
        by_name ? set.find_named(destination.scheme, request) : set.find(request);
    Routing found;
    if (match.found()) {
        found.profile = &set[match.profile];
        found.route = &generation.route(match.profile);
        found.port = destination.port != 0 ? destination.port : found.profile->default_port;
    } else if (generation.unmatched() != nullptr && !by_name) {
        found.route = generation.unmatched();
        found.port = destination.port != 0 ? destination.port : std::uint16_t{443};
    } else {
        return no_profile(destination, match);
    }
    if (const certs::Identity* identity = found.route->tls->identity()) {
        if (identity->validity(now) != certs::Validity::valid) {
            return unusable_identity(*identity, unusable_because(*identity, now));
        }
    }
    return found;
}

Failure target_failure(TargetError error) {
    Failure failure;
    failure.code = FailureCode::bad_request;
    failure.side = Side::client;
    failure.reason = "The request target is not acceptable: " + std::string{to_text(error)} + ".";
    failure.remedy = "Send an absolute URL (GET http://host/path), or a path with a Host field.";
    if (error == TargetError::connect) {
        failure.code = FailureCode::connect_refused;
        failure.reason =
            "CONNECT asks for a tunnel, and inside a tunnel Countersign cannot present a client "
            "certificate.";
        failure.remedy =
            "Let the application call http://host/path instead of https://host/path through this "
            "proxy: Countersign makes it HTTPS, with the profile's certificate. Where the URL must "
            "stay https://, set the proxy so that the client sends the absolute URL instead of "
            "CONNECT.";
    }
    return failure;
}

}  // namespace countersign::proxy
