#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "profiles/profile.hpp"
#include "proxy/event/timer_queue.hpp"

namespace countersign::proxy {

class UpstreamConnection;

/// The part of a connection's life that decides whether it may be used once more.
struct ConnectionAge {
    TimePoint opened;
    TimePoint idle_since;
    std::uint32_t requests = 0;
    bool signing_in = false;  ///< between two steps of NTLM or Negotiate: no age ends it there
};

/// Whether a connection may go back to the pool after an exchange, or out of it for another one. No
/// I/O.
bool may_be_reused(const ConnectionAge& age, const profiles::PoolRules& rules, TimePoint now);

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
    std::size_t size() const { return connections_.size(); }
    bool empty() const { return connections_.empty(); }

private:
    std::vector<std::unique_ptr<UpstreamConnection>> connections_;
};

}  // namespace countersign::proxy
