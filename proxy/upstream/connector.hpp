#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "proxy/failure.hpp"
#include "proxy/metrics/upstream_counts.hpp"
#include "proxy/net/descriptor_budget.hpp"
#include "proxy/net/task.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"
#include "proxy/upstream/addresses/permitted_addresses.hpp"
#include "proxy/upstream/circuits.hpp"
#include "proxy/upstream/dial.hpp"
#include "proxy/upstream/dns/resolver.hpp"
#include "proxy/upstream/handshake_report.hpp"
#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy::upstream {

/// Opens upstream connections: resolve → check the addresses → connect to the first of the
/// permitted ones that answers → handshake → verify. Each phase has its own limit and its own
/// failure. A handshake that failed where it offered a TLS session is made once more without one,
/// and one whose large first message was not answered is made once more with a small one, each on a
/// connection of its own: nothing of a request was sent. All of them have the time of one. A tunnel
/// is a connection without the last two.
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

    /// From now on what cannot be connected to is left alone for a while (see Circuits).
    void keep_circuits() { circuits_.emplace(); }
    metrics::CircuitCounts circuits() const {
        return circuits_ ? circuits_->counts(loop_.now()) : metrics::CircuitCounts{};
    }
    std::vector<metrics::OpenCircuit> open_circuits() const {
        return circuits_ ? circuits_->open(loop_.now()) : std::vector<metrics::OpenCircuit>{};
    }
    /// Whom to ask about the revocation of servers' certificates, where neither lists nor staples
    /// say it; it outlives this. Else nobody is.
    void ask_revocation_of(revocation::Inquirer& inquirer) { inquirer_ = &inquirer; }

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

    /// As far as the TCP connection. `report` and `steps`, which outlive it, are told of each step,
    /// and `on_step`, unless it is empty, is called behind each.
    net::Task<Result<std::unique_ptr<net::Descriptor>>> reach(
        addresses::Goal goal, ConnectReport& report, ReachSteps& steps,
        std::function<void()> on_step = {}
    );
    /// The same; the steps stand in the failure's account.
    net::Task<Result<std::unique_ptr<net::Descriptor>>> reach(
        addresses::Goal goal, ConnectReport& report
    );

private:
    /// Why an attempt failed.
    struct Setback {
        Failure failure;
        bool on_session = false;      ///< perhaps for the TLS session that it offered
        bool on_version = false;      ///< perhaps for the TLS version of that, offered alone
        bool on_large_hello = false;  ///< perhaps for the size of its first message
        bool of_handshake = false;    ///< the server was reached
        bool answered = false;        ///< the server's hello has come
    };
    struct Terms {
        std::chrono::microseconds handshake;  ///< its limit
        tls::HelloTerms hello = {};
    };
    using Opened = std::variant<std::unique_ptr<UpstreamConnection>, Setback>;

    /// `place` is taken, and is there again after a setback of the handshake.
    net::Task<Opened> attempt(
        std::optional<OriginPlace>& place, Terms terms, ConnectReport& report
    );
    /// Leaves off what an attempt may have failed on; false: there is nothing, or no time.
    bool leave_off(const Setback& setback, Terms& terms);
    void count(const Failure& failure);
    net::Task<Result<std::unique_ptr<net::Descriptor>>> connect(
        addresses::Goal goal, addresses::PermittedAddresses allowed, ConnectReport& report,
        const std::function<void(const DialAttempt&)>& tell
    );

    net::EventLoop& loop_;
    dns::Resolver& resolver_;
    const addresses::OwnEndpoints& own_endpoints_;
    const net::DescriptorBudget budget_;
    HandshakeTurns turns_{loop_};
    revocation::Inquirer* inquirer_ = nullptr;
    metrics::HandshakeCounts handshakes_;
    std::optional<Circuits> circuits_;
    std::function<bool()> make_room_ = [] { return false; };
};

}  // namespace countersign::proxy::upstream
