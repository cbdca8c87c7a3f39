#pragma once

#include <string>
#include <string_view>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {

inline bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// A server that says who has asked, and on which of its connections.
inline ScriptedServer who_asks(const Partner& partner) {
    return ScriptedServer{
        partner.strict_server(), [](Peer& peer) {
            while (!peer.read_request().empty()) {
                peer.write(
                    ok(peer.client_subject() + " on connection " + std::to_string(peer.number()))
                );
            }
        }};
}

inline std::string ask(HttpClient& client, const ScriptedServer& server) {
    return client.exchange(absolute_get(server.authority(), "/")).body;
}

}  // namespace countersign::tests
