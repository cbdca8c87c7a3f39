#include "proxy/upstream/idle_connections.hpp"

#include <algorithm>

#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy {

bool may_be_reused(const ConnectionAge& age, const profiles::PoolRules& rules, TimePoint now) {
    if (age.signing_in) return true;
    if (now - age.opened >= rules.max_age) return false;
    if (rules.max_requests != 0 && age.requests >= rules.max_requests) return false;
    return now - age.idle_since < rules.idle_timeout;
}

IdleConnections::IdleConnections() = default;
IdleConnections::~IdleConnections() = default;

void IdleConnections::push(std::unique_ptr<UpstreamConnection> connection) {
    connections_.push_back(std::move(connection));
}

std::unique_ptr<UpstreamConnection> IdleConnections::pop() {
    if (connections_.empty()) return nullptr;
    std::unique_ptr<UpstreamConnection> newest = std::move(connections_.back());
    connections_.pop_back();
    return newest;
}

std::unique_ptr<UpstreamConnection> IdleConnections::remove(const UpstreamConnection& connection) {
    const auto at = std::find_if(connections_.begin(), connections_.end(), [&](const auto& one) {
        return one.get() == &connection;
    });
    if (at == connections_.end()) return nullptr;
    std::unique_ptr<UpstreamConnection> removed = std::move(*at);
    connections_.erase(at);
    return removed;
}

}  // namespace countersign::proxy
