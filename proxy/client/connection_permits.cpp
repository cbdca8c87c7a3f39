#include "proxy/client/connection_permits.hpp"

namespace countersign::proxy::client {

namespace {

template <class Counts, class Key>
std::uint32_t count_of(const Counts& counts, const Key& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

/// Who has none has no entry.
template <class Counts, class Key>
void take_one(Counts& counts, const Key& key) {
    const auto found = counts.find(key);
    if (found != counts.end() && --found->second == 0) counts.erase(found);
}

}  // namespace

ConnectionPermits::Taken ConnectionPermits::take(const routing::Peer& peer, const Limits& limits) {
    using Admission = routing::Peer::Admission;
    const routing::PeerKey client = routing::PeerKey::of(peer);
    const auto reached = [](std::uint32_t limit, std::uint32_t count) {
        return limit != 0 && count >= limit;
    };
    Taken taken;
    const std::lock_guard lock{mutex_};
    if (reached(limits.of_client, count_of(of_clients_, client))) {
        taken.refusal = Admission::over_address_limit;
        taken.limit = limits.of_client;
    } else if (reached(limits.of_listener, count_of(of_listeners_, peer.listener))) {
        taken.refusal = Admission::over_listener_limit;
        taken.limit = limits.of_listener;
    } else if (all_ >= limits.all) {
        taken.refusal = Admission::over_limit;
        taken.limit = limits.all;
    } else {
        ++of_clients_[client];
        ++of_listeners_[peer.listener];
        ++all_;
        taken.permit.emplace(Permit{*this, peer.listener, client});
    }
    return taken;
}

void ConnectionPermits::give_back(const Permit& permit) {
    const std::lock_guard lock{mutex_};
    take_one(of_clients_, permit.client_);
    take_one(of_listeners_, permit.listener_);
    --all_;
}

}  // namespace countersign::proxy::client
