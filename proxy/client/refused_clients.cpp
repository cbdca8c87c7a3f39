#include "proxy/client/refused_clients.hpp"

#include <algorithm>

namespace countersign::proxy::client {

RefusedClients::Stay::Stay(
    RefusedClients& all, routing::Peer::Admission reason, net::Descriptor& client
)
    : all_{all}, reason_{reason}, client_{client} {
    all_.stays_.push_back(this);
}

RefusedClients::Stay::~Stay() { std::erase(all_.stays_, this); }

bool RefusedClients::has_room(routing::Peer::Admission reason) const {
    const auto same = [reason](const Stay* stay) { return stay->reason_ == reason; };
    const auto there = std::count_if(stays_.begin(), stays_.end(), same);
    return static_cast<std::size_t>(there) < kMost;
}

void RefusedClients::drain() {
    for (Stay* stay : stays_) stay->client_.cancel();
}

}  // namespace countersign::proxy::client
