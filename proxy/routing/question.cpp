#include "proxy/routing/question.hpp"

#include "certs/text/ascii.hpp"

namespace countersign::proxy::routing {

namespace {

/// Whether a target that leads nowhere by itself does so where the upstream is fixed.
bool needs_no_host(http::TargetError error, const http::Head& head) {
    const bool about_host =
        error == http::TargetError::missing_host || error == http::TargetError::no_host ||
        error == http::TargetError::bad_host || error == http::TargetError::bad_port ||
        error == http::TargetError::user_info;
    return about_host && head.target.starts_with('/');
}

/// An unknown name and a wrong password are told in the same words.
Failure not_a_client(std::string_view authorization, bool again) {
    constexpr auto kCode = FailureCode::client_unknown;
    if (!generation::ClientDirectory::is_basic(authorization)) {
        return Failure::of_client(
            kCode,
            "The credentials in Proxy-Authorization are not of the scheme Basic, the only one that "
            "this proxy knows.",
            "Let the client send its name and password as Basic (curl: --proxy-basic).",
            "client name and password wanted as Basic credentials"
        );
    }
    if (again) {
        return Failure::of_client(
            kCode, "Proxy-Authorization is given twice.", "Send it once.",
            "two Proxy-Authorization fields"
        );
    }
    return Failure::of_client(
        kCode, "The name and the password in Proxy-Authorization are no client's.",
        "Compare both with the entry under clients: in the proxy's configuration, and with the "
        "file or the variable that its password names."
    );
}

}  // namespace

Target read_target(const http::Head& head, const profiles::Listener* listener) {
    Target target;
    target.error = http::parse_destination(head, target.to);
    target.path = {head.target, target.to.path};
    if (target.error == http::TargetError::none) target.called = head.host;
    if (listener == nullptr || !listener->upstream) return target;
    if (needs_no_host(target.error, head)) target.error = http::TargetError::none;
    if (target.error != http::TargetError::none) return target;
    target.to.scheme = "http";
    target.to.host = std::string_view{listener->upstream->host};
    target.to.port = listener->upstream->port;
    return target;
}

Result<RoutingRequest> read_routing_request(
    const generation::Generation& generation, const http::Head& head, const Peer& peer,
    const profiles::Listener* listener, const http::Destination& to
) {
    RoutingRequest asked;
    asked.listener = listener;
    profiles::Caller& caller = asked.request.caller;
    if (!peer.is_unix) caller.address = peer.address;
    caller.uid = peer.uid;
    caller.gid = peer.gid;
    const bool knows_clients = !generation.clients().empty();
    for (const http::Field& field : head.fields) {
        if (field.id == http::FieldName::countersign_profile) {
            if (!asked.named.empty() || field.value.empty()) {
                return Failure::of_client(
                    FailureCode::bad_request,
                    "X-Countersign-Profile is given twice, or without a name.",
                    "Send it once, with the name of a profile."
                );
            }
            asked.named = field.value;
        } else if (knows_clients && field.id == http::FieldName::proxy_authorization) {
            const bool again = !caller.name.empty();
            caller.name = generation.clients().identify(field.value);
            if (caller.name.empty() || again) return not_a_client(field.value, again);
        }
    }
    if (caller.name.empty()) caller.name = peer.known_as;
    if (listener != nullptr) caller.listener = listener->name;
    asked.scheme = to.scheme;
    asked.request.host = to.host;
    asked.request.port = to.port;
    asked.request.path = to.path;
    asked.request.method = head.method;
    return asked;
}

Result<std::string_view> name_of_profile(const RoutingRequest& asked) {
    const bool fixed = asked.listener != nullptr && asked.listener->profile;
    std::string_view name = fixed ? std::string_view{*asked.listener->profile} : "";
    const bool by_scheme = asked.scheme != "http" && asked.scheme != "https";
    for (const std::string_view said : {by_scheme ? asked.scheme : "", asked.named}) {
        if (said.empty() || certs::same_ignoring_case(said, name)) continue;
        if (!name.empty()) {
            return Failure::of_client(
                FailureCode::bad_request,
                "The request names profile '" + std::string{said} + "' where '" +
                    std::string{name} + "' is named already, by its listener or its URL's scheme.",
                "Name one profile."
            );
        }
        name = said;
    }
    return name;
}

}  // namespace countersign::proxy::routing
