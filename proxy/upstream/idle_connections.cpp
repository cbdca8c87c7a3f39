#include "proxy/upstream/idle_connections.hpp"

#include <algorithm>

#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy::upstream {

IdleConnections::IdleConnections() = default;
IdleConnections::~IdleConnections() = default;

void IdleConnections::push(std::unique_ptr<UpstreamConnection> connection) {
    connections_.push_back(std::move(connection));
}

std::unique_ptr<UpstreamConnection> IdleConnections::pop() {
    if (connections_.empty()) return nullptr;
    std::unique_ptr<UpstreamConnection> newest = std::move(connections_.back());
    connections_.pop_back();
    least_ = std::min(least_, size());
    return newest;
}

void IdleConnections::close_oldest(metrics::ConnectionEnd why) {
    // It leaves the list before it goes: whoever waits for its place may be served at once.
    const std::unique_ptr<UpstreamConnection> oldest = std::move(connections_.front());
    connections_.erase(connections_.begin());
    least_ = std::min(least_, size());
    oldest->ends_by(why);
}

std::unique_ptr<UpstreamConnection> IdleConnections::remove(const UpstreamConnection& connection) {
    const auto at = std::find_if(connections_.begin(), connections_.end(), [&](const auto& one) {
        return one.get() == &connection;
    });
    if (at == connections_.end()) return nullptr;
    std::unique_ptr<UpstreamConnection> removed = std::move(*at);
    connections_.erase(at);
    least_ = std::min(least_, size());
    return removed;
}

}  // namespace countersign::proxy::upstream
