#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "profiles/authority.hpp"
#include "proxy/tls/tls_context.hpp"
#include "proxy/tls/tls_memory.hpp"
#include "proxy/upstream/addresses/goal.hpp"
#include "proxy/upstream/overlap.hpp"

namespace countersign::proxy::upstream {

/// What must be equal for a connection, or a TLS session, to be used again: destination, the very
/// TlsContext object, and with it identity, trust and TLS rules, and the very rules for its
/// connections. Compared by equality.
struct PoolKeyView {
    std::string_view host;
    std::uint16_t port = 0;
    const tls::TlsContext* tls = nullptr;
    const addresses::OriginRules* rules = nullptr;

    friend bool operator==(const PoolKeyView&, const PoolKeyView&) = default;
};

struct PoolKey {
    std::string host;
    std::uint16_t port = 0;
    std::shared_ptr<const tls::TlsContext> tls;
    std::shared_ptr<const addresses::OriginRules> rules = nullptr;

    PoolKeyView view() const { return {host, port, tls.get(), rules.get()}; }
};

/// What belongs to one PoolKey, whoever has connections to it.
struct Origin {
    explicit Origin(PoolKey pool_key) : key{std::move(pool_key)}, rules{key.rules.get()} {}
    Origin(const Origin&) = delete;
    Origin& operator=(const Origin&) = delete;

    /// SNI, and the name that is verified.
    const std::string& server_name() const {
        const auto& name = key.tls->rules().server_name;
        return name ? *name : key.host;
    }

    /// "host:port", for messages.
    std::string authority() const { return profiles::authority_text(key.host, key.port).text(); }
    addresses::Goal goal() const { return {key.host, key.port, *rules}; }
    std::string_view dial_host() const { return goal().dial_host(); }
    std::uint16_t dial_port() const { return goal().dial_port(); }

    const PoolKey key;
    const addresses::OriginRules* const rules;
    tls::TlsMemory memory;
    Standing standing = {};
    /// That of the same destination in whose place its connections serve; null: none, or not made
    /// yet. They are linked by the pool.
    Origin* today = nullptr;
};

}  // namespace countersign::proxy::upstream
