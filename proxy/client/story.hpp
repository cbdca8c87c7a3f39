#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/exchange/exchange.hpp"
#include "proxy/routing/peer.hpp"

namespace countersign::proxy::client {

/// What `log.level: debug` tells of a client's connection, a line for each step. What its upstream
/// connections do is told by `upstream/`. No field of a request, and its path without the query
/// unless `log.query` says otherwise.
class Story {
public:
    /// `number`: tells connections apart that have no port; the descriptor's.
    Story(const routing::Peer& peer, int number);

    void begin(std::string_view listener) const;
    /// Where a request goes.
    void plan(const exchange::Exchange& x) const;
    /// What came of it. `error`: of Proxy-Status, empty where all went well.
    void end(const exchange::Exchange& x, std::string_view error) const;
    void close() const;

private:
    std::string who_;
};

}  // namespace countersign::proxy::client
