#include "proxy/server/listener_set.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "proxy/log/log.hpp"

namespace countersign::proxy::server {

namespace {

void log_listening(const client::ListeningSocket& socket) {
    log::info("listening on {} name={}", profiles::to_text(socket.bound()), socket.listener().name);
}

}  // namespace

ListenerSet::Sockets ListenerSet::open(const generation::Generation& next) const {
    Sockets opened;
    for (const profiles::Listener& listener : next.configuration().listeners) {
        const generation::ListenerId id = next.id_of(listener);
        if (sockets_.contains(id)) continue;
        opened.emplace(id, open(listener));
    }
    return opened;
}

client::ListeningSocket ListenerSet::open(const profiles::Listener& listener) const {
    if (auto inherited = inherited_.find(listener.name)) {
        return {listener, workers_, std::move(*inherited)};
    }
    return {listener, workers_, has_port_of(listener)};
}

/// An address that changes on its port, from 127.0.0.1 to 0.0.0.0, say: for a moment both listen.
bool ListenerSet::has_port_of(const profiles::Listener& listener) const {
    const auto* wanted = std::get_if<profiles::TcpAddress>(&listener.address);
    return wanted != nullptr && wanted->port != 0 &&
           std::ranges::any_of(sockets_, [wanted](const auto& open) {
               const auto* tcp = std::get_if<profiles::TcpAddress>(&open.second.bound());
               return tcp != nullptr && tcp->port == wanted->port;
           });
}

void ListenerSet::follow(const generation::Generation& next, Sockets opened) {
    for (auto one = sockets_.begin(); one != sockets_.end();) {
        auto& [id, socket] = *one;
        if (const profiles::Listener* rules = next.find_listener(id); rules == nullptr) {
            log::info(
                "no longer listening on {} name={}", profiles::to_text(socket.bound()),
                socket.listener().name
            );
            one = sockets_.erase(one);
            continue;
        } else if (const std::string problem = socket.follow(*rules); !problem.empty()) {
            log::error("{}", problem);
        }
        ++one;
    }
    for (const auto& [id, socket] : opened) log_listening(socket);
    sockets_.merge(opened);
}

std::vector<admin::ProcessState::Listening> ListenerSet::listening() const {
    std::vector<admin::ProcessState::Listening> all;
    for (const auto& [id, socket] : sockets_) {
        all.push_back({socket.listener().name, profiles::to_text(socket.bound())});
    }
    return all;
}

upstream::addresses::OwnEndpoints ListenerSet::endpoints(
    const std::optional<profiles::ListenAddress>& admin
) const {
    std::vector<profiles::TcpAddress> listening;
    const auto* asked_at = admin ? std::get_if<profiles::TcpAddress>(&*admin) : nullptr;
    for (const auto& [id, socket] : sockets_) {
        if (const auto* tcp = std::get_if<profiles::TcpAddress>(&socket.bound())) {
            listening.push_back(*tcp);
            if (socket.answers_at_ipv4()) {
                listening.push_back({profiles::IpAddress::v4({0, 0, 0, 0}), tcp->port});
            }
        }
    }
    return upstream::addresses::OwnEndpoints::of_this_machine(
        std::move(listening), asked_at != nullptr ? std::optional{*asked_at} : std::nullopt
    );
}

}  // namespace countersign::proxy::server
