#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "profiles/profile.hpp"
#include "proxy/event/timer_queue.hpp"
#include "proxy/tls/tls_context.hpp"
#include "proxy/tls/tls_memory.hpp"
#include "proxy/upstream/idle_connections.hpp"

namespace countersign::proxy {

/// What must be equal for a connection, or a TLS session, to be used again: destination and the
/// very TlsContext object, and with it identity, trust and TLS rules. Compared by equality.
struct PoolKeyView {
    std::string_view host;
    std::uint16_t port = 0;
    const TlsContext* tls = nullptr;

    friend bool operator==(const PoolKeyView&, const PoolKeyView&) = default;
};

struct PoolKey {
    std::string host;
    std::uint16_t port = 0;
    std::shared_ptr<const TlsContext> tls;

    PoolKeyView view() const { return {host, port, tls.get()}; }
};

/// What a profile says about one of its destinations' connections.
struct OriginRules {
    std::string profile;  ///< empty: by `unmatched`
    profiles::Timeouts timeouts;
    profiles::PoolRules pool;
    std::optional<profiles::HostPort> connect_to;  ///< what is dialled instead
};

/// What a new connection is to reach: a destination, by whose rules, and what for. Views of what
/// outlives the attempt.
struct Goal {
    const std::string& host;
    std::uint16_t port = 0;
    const OriginRules& rules;
    bool tunnel = false;  ///< nothing verifies who answers: fewer addresses are allowed

    const std::string& dial_host() const {
        return rules.connect_to ? rules.connect_to->host : host;
    }
    std::uint16_t dial_port() const { return rules.connect_to ? rules.connect_to->port : port; }
};

/// One entry of a worker's pool: what belongs to one PoolKey. Lives as long as the pool.
struct Origin {
    Origin(PoolKey pool_key, std::shared_ptr<const OriginRules> origin_rules)
        : key{std::move(pool_key)}, rules{std::move(origin_rules)} {}

    /// SNI, and the name that is verified.
    const std::string& server_name() const {
        const auto& name = key.tls->rules().server_name;
        return name ? *name : key.host;
    }

    Goal goal() const { return {key.host, key.port, *rules}; }
    const std::string& dial_host() const { return goal().dial_host(); }
    std::uint16_t dial_port() const { return goal().dial_port(); }

    const PoolKey key;
    const std::shared_ptr<const OriginRules> rules;
    TlsMemory memory;
    IdleConnections idle;
    std::uint32_t open = 0;     ///< connections, idle ones and those being opened included
    std::uint32_t opening = 0;  ///< of those
    bool is_being_opened_for_waiters = false;
    std::deque<class LeaseWaiter*> waiters;  ///< who waits longest stands in front
    bool trimmed = false;                    ///< in the trimmer's list
    TimePoint last_used = kNever;
};

}  // namespace countersign::proxy
