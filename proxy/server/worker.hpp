#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "proxy/client/listener.hpp"
#include "proxy/client/listening_socket.hpp"
#include "proxy/client/workspace.hpp"
#include "proxy/net/task_group.hpp"

namespace countersign::proxy::server {

/// One thread of the data plane: a loop, a pool, its share of the listeners. Workers share
/// nothing but what is immutable. Stop is two steps: drain, then, after the limit, abort.
class Worker {
public:
    /// Takes socket number `index` of every listener; they stand in the order of the generation's.
    Worker(
        std::uint32_t index, const client::SharedByWorkers& shared,
        std::vector<client::ListeningSocket>& listeners
    );
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Starts the thread; `on_end` is called on it when everything has ended after a drain.
    void start(std::function<void()> on_end);

    /// From any thread: no new connections, idle ones end, exchanges finish.
    void drain();
    /// From any thread: everything that waits ends now.
    void abort();

private:
    void begin_drain();
    void stop_opening();

    client::Workspace workspace_;
    net::TaskGroup tasks_;
    std::vector<std::unique_ptr<client::Listener>> listeners_;
    std::thread thread_;
};

}  // namespace countersign::proxy::server
