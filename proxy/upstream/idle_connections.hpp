#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "proxy/metrics/upstream_counts.hpp"

namespace countersign::proxy::upstream {

class UpstreamConnection;

/// The idle connections of one origin, the most recently used first: the others grow old and go.
class IdleConnections {
public:
    IdleConnections();
    ~IdleConnections();
    IdleConnections(const IdleConnections&) = delete;
    IdleConnections& operator=(const IdleConnections&) = delete;

    void push(std::unique_ptr<UpstreamConnection> connection);
    /// The newest, or null.
    std::unique_ptr<UpstreamConnection> pop();
    std::unique_ptr<UpstreamConnection> remove(const UpstreamConnection& connection);
    /// Ends the one that was used longest ago; there is one.
    void close_oldest(metrics::ConnectionEnd why);
    template <class Visit>
    void for_each(Visit visit) const {
        for (const auto& one : connections_) visit(*one);
    }
    std::size_t size() const { return connections_.size(); }
    bool empty() const { return connections_.empty(); }

    /// The fewest that there were since `count_anew`: so many nobody needed.
    std::size_t least() const { return least_; }
    void count_anew() { least_ = size(); }

private:
    std::vector<std::unique_ptr<UpstreamConnection>> connections_;
    std::size_t least_ = 0;
};

}  // namespace countersign::proxy::upstream
