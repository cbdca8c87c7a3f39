#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "proxy/failure.hpp"
#include "proxy/metrics/upstream_counts.hpp"
#include "proxy/net/descriptor_budget.hpp"
#include "proxy/net/task.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"
#include "proxy/upstream/addresses/permitted_addresses.hpp"
#include "proxy/upstream/dns/resolver.hpp"
#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy::upstream {

/// What opening a connection came to, whether there is one or not: which address was dialled, and
/// how long each phase took; empty and zero for what did not happen.
struct ConnectReport {
    std::string address;  ///< "192.0.2.1:443": the one that answered, else the last one that failed
    std::chrono::microseconds resolve{0};
    std::chrono::microseconds connect{0};
    std::chrono::microseconds handshake{0};
};

/// Opens upstream connections: resolve → check the addresses → connect to the first of the
/// permitted ones that answers → handshake → verify. Each phase has its own limit and its own
/// failure. A handshake that failed where it offered a TLS session is made once more without one,
/// on a connection of its own: nothing of a request was sent. A tunnel is a connection without the
/// last two.
class Connector {
public:
    Connector(
        net::EventLoop& loop, dns::Resolver& resolver, const addresses::OwnEndpoints& own_endpoints,
        net::DescriptorBudget budget = {}
    )
        : loop_{loop}, resolver_{resolver}, own_endpoints_{own_endpoints}, budget_{budget} {}

    /// `make_room` is called where there is no file descriptor for a connection, and says whether
    /// there may be one now.
    void when_out_of_descriptors(std::function<bool()> make_room) {
        make_room_ = std::move(make_room);
    }

    net::Task<Result<std::unique_ptr<UpstreamConnection>>> open(
        OriginPlace place, ConnectReport& report
    );
    /// Of all that it has made.
    const metrics::HandshakeCounts& handshakes() const { return handshakes_; }
    /// A handshake was complete on this side, and the server refused it after that: in TLS 1.3 a
    /// client certificate always.
    void note_late_refusal(const Failure& failure) {
        handshakes_.failures.add(row_of(failure.code()).proxy_error, failure.side());
    }

    /// As far as the TCP connection.
    net::Task<Result<std::unique_ptr<net::Descriptor>>> reach(
        addresses::Goal goal, ConnectReport& report
    );

private:
    /// Why an attempt failed.
    struct Setback {
        Failure failure;
        bool on_session = false;    ///< perhaps for the TLS session that it offered
        bool on_version = false;    ///< perhaps for the TLS version of that, offered alone
        bool of_handshake = false;  ///< the server was reached
    };
    struct Terms {
        bool offers_session = true;
        std::chrono::microseconds handshake;  ///< its limit
    };
    using Opened = std::variant<std::unique_ptr<UpstreamConnection>, Setback>;

    /// `place` is taken, and is there again after a setback of the handshake.
    net::Task<Opened> attempt(
        std::optional<OriginPlace>& place, Terms terms, ConnectReport& report
    );
    void count(const Failure& failure);
    net::Task<Result<std::unique_ptr<net::Descriptor>>> connect(
        addresses::Goal goal, addresses::PermittedAddresses allowed, ConnectReport& report
    );

    net::EventLoop& loop_;
    dns::Resolver& resolver_;
    const addresses::OwnEndpoints& own_endpoints_;
    const net::DescriptorBudget budget_;
    HandshakeTurns turns_{loop_};
    metrics::HandshakeCounts handshakes_;
    std::function<bool()> make_room_ = [] { return false; };
};

}  // namespace countersign::proxy::upstream
