#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "proxy/client/listener.hpp"
#include "proxy/client/workspace.hpp"
#include "proxy/live/exchange_ring.hpp"
#include "proxy/metrics/worker_snapshot.hpp"
#include "proxy/net/task_group.hpp"

namespace countersign::proxy::server {

/// One thread of the data plane: a loop, a pool, its share of the listeners. Workers share
/// nothing but what is immutable. Stop is two steps: drain, then, after the limit, abort.
class Worker {
public:
    explicit Worker(const client::SharedByWorkers& shared);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Starts the thread; `on_end` is called on it when everything has ended after a drain.
    void start(std::function<void()> on_end);

    /// A socket that this worker is to accept from, and whose it is.
    struct Share {
        net::UniqueFd fd;
        generation::ListenerId listener;
    };
    /// From any thread: what is served from now on (Workspace::adopt). Listeners that it has no
    /// more are closed, and their clients' connections, once these are idle; `opened` are new.
    /// `done` is called on the worker's thread when that is so, or a stop has begun.
    void adopt(
        std::shared_ptr<const generation::Generation> next,
        upstream::addresses::OwnEndpoints own_endpoints, std::vector<Share> opened,
        std::function<void()> done
    );

    /// From any thread: no new connections, exchanges finish, clients that are idle for
    /// `idle_grace` end.
    void drain(std::chrono::milliseconds idle_grace);
    /// From any thread: `done` is called on the worker's, when it comes to it.
    void ask(std::function<void()> done) { workspace_.loop.post(std::move(done)); }
    /// The same, with what it has counted.
    void survey(std::function<void(metrics::WorkerSnapshot)> done);
    /// The same, with the exchanges whose numbers are above `after`, in the memory of a former
    /// answer.
    void tell_recent(
        std::uint64_t after, live::RecentExchanges into,
        std::function<void(live::RecentExchanges)> done
    );
    /// From any thread: everything that waits ends now.
    void abort();

private:
    /// Of the sessions: their standing has changed.
    void look_at_own_connections();
    void open(Share share);
    void close_gone();
    void begin_drain(std::chrono::milliseconds idle_grace);
    net::Task<void> end_the_idle(std::chrono::milliseconds after);
    void stop_opening();
    /// Ends those that are idle. Ending one touches no other one.
    template <class Which>
    void drain_sessions(Which which);

    client::Workspace workspace_;
    net::TaskGroup tasks_;
    std::vector<std::unique_ptr<client::Listener>> listeners_;
    std::thread thread_;
};

}  // namespace countersign::proxy::server
