#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "proxy/exchange/forwarding_resources.hpp"
#include "proxy/net/task.hpp"
#include "proxy/net/task_group.hpp"
#include "proxy/probe/missing_issuers.hpp"
#include "proxy/probe/trial.hpp"
#include "proxy/probe/trial_listener.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/upstream/dns/name_files.hpp"
#include "proxy/upstream/dns/resolver.hpp"
#include "proxy/upstream/handshake_turns.hpp"

namespace countersign::proxy::probe {

/// Tries connections, with the very parts that serve: resolver, address rules, TLS and its words,
/// the exchange. Nothing is kept between two trials: no connection, no TLS session, no verified
/// chain. A loop of its own, on the thread that calls `run`.
class Prober {
public:
    /// `buffers`, and how many fields a response may have: of the generation whose destinations are
    /// tried. The first two outlive it.
    Prober(
        upstream::dns::NameFiles& names, const upstream::addresses::OwnEndpoints& own_endpoints,
        net::BufferSizes buffers, std::size_t most_fields
    );

    /// Tries one connection, and tells all that can be told of it; another one where a large first
    /// message was not answered, as for a client. `listener`, which outlives it, is told meanwhile;
    /// null: nobody is.
    net::Task<Trial> attempt(TrialTerms terms, TrialListener* listener = nullptr);

    /// What the chain lacks that a server has shown: for review, and nothing of it is trusted.
    net::Task<MissingIssuers> fetch_missing(
        std::vector<certs::X509Handle> shown,
        std::shared_ptr<const upstream::addresses::OriginRules> rules
    );

    /// Adds a task; `run` ends when all have ended.
    void spawn(net::Task<void> task) { tasks_.spawn(std::move(task)); }
    void run();
    /// From any thread, while it lives: what waits ends, as in a stop, and `run` soon after.
    void cancel();

private:
    struct Connection;
    /// What became of a first message.
    struct Hello {
        bool large = false;
        bool answered = false;
    };

    static void look(Connection& connection, Trial& trial);
    /// `trial` is new.
    net::Task<Hello> attempt_once(
        const TrialTerms& terms, tls::HelloTerms hello, TrialListener* listener, Trial& trial
    );
    net::Task<void> shake_hands(Connection& connection, const TrialTerms& terms, Trial& trial);
    net::Task<void> ask(Connection& connection, const TrialTerms& terms, Trial& trial);

    const std::size_t most_fields_;
    const upstream::addresses::OwnEndpoints& own_endpoints_;
    exchange::ForwardingResources resources_;
    upstream::dns::Resolver resolver_;
    upstream::Connector connector_;
    upstream::revocation::Service revocation_;
    upstream::revocation::Inquirer inquirer_;
    upstream::HandshakeTurns turns_{resources_.loop};
    net::TaskGroup tasks_;
};

}  // namespace countersign::proxy::probe
