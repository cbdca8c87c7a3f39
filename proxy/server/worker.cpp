#include "proxy/server/worker.hpp"

#include <exception>
#include <utility>

#include "proxy/client/session.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::server {

Worker::Worker(
    std::uint32_t index, const client::SharedByWorkers& shared,
    std::vector<client::ListeningSocket>& listeners
)
    : workspace_{shared}, tasks_{[](std::exception_ptr error) {
          log::escaped("a session", std::move(error));
      }} {
    const auto& rules = shared.generation->configuration().listeners;
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        listeners_.push_back(std::make_unique<client::Listener>(
            workspace_, tasks_, listeners[i].take(index), shared.generation->id_of(rules[i])
        ));
    }
}

Worker::~Worker() {
    if (thread_.joinable()) thread_.join();
}

void Worker::start(std::function<void()> on_end) {
    thread_ = std::thread{[this, on_end = std::move(on_end)] {
        workspace_.loop.post([this] {
            for (const auto& listener : listeners_) tasks_.spawn(listener->run());
        });
        workspace_.loop.run();
        on_end();
    }};
}

void Worker::drain() {
    workspace_.loop.post([this] { begin_drain(); });
}

void Worker::begin_drain() {
    if (workspace_.draining) return;
    workspace_.draining = true;
    tasks_.on_idle([this] { stop_opening(); });
    for (const auto& listener : listeners_) listener->close();
    workspace_.pool.close_idle();
    std::vector<client::Session*> sessions;
    for (client::Session* one = workspace_.first_session; one != nullptr; one = one->next()) {
        sessions.push_back(one);
    }
    // Ending an idle session touches no other one.
    for (client::Session* session : sessions) session->drain();
    workspace_.refused.drain();
    if (tasks_.size() == 0) stop_opening();
}

/// Connections that are still being opened are for exchanges that have ended without them.
void Worker::stop_opening() {
    workspace_.loop.post([this] {
        workspace_.loop.cancel_all();
        workspace_.pool.when_none_opens([this] { workspace_.loop.stop(); });
    });
}

void Worker::abort() {
    workspace_.loop.post([this] {
        begin_drain();
        workspace_.loop.cancel_all();
    });
}

}  // namespace countersign::proxy::server
