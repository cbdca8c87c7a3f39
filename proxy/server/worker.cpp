#include "proxy/server/worker.hpp"

#include <exception>
#include <utility>

#include "proxy/client/session.hpp"
#include "proxy/client/worker_snapshot.hpp"
#include "proxy/log/log.hpp"
#include "proxy/net/notice.hpp"
#include "proxy/tls/openssl_memory.hpp"

namespace countersign::proxy::server {

Worker::Worker(const client::SharedByWorkers& shared)
    : workspace_{shared}, tasks_{[](std::exception_ptr error) {
          log::escaped("a session", std::move(error));
      }} {
    workspace_.on_revoked = [this] { look_at_own_connections(); };
}

Worker::~Worker() {
    if (thread_.joinable()) thread_.join();
}

void Worker::start(std::function<void()> on_end) {
    thread_ = std::thread{[this, on_end = std::move(on_end)] {
        tls::use_openssl_free_lists();
        workspace_.loop.run();
        on_end();
    }};
}

void Worker::adopt(
    std::shared_ptr<const generation::Generation> next,
    upstream::addresses::OwnEndpoints own_endpoints, std::vector<Share> opened,
    std::function<void()> done
) {
    struct Change {
        std::shared_ptr<const generation::Generation> next;
        upstream::addresses::OwnEndpoints own_endpoints;
        std::vector<Share> opened;
    };
    // What is posted is copied.
    auto change = std::make_shared<Change>(Change{
        std::move(next), std::move(own_endpoints), std::move(opened)});
    workspace_.loop.post([this, change, done = std::move(done)] {
        if (!workspace_.draining) {
            workspace_.own_endpoints = std::move(change->own_endpoints);
            workspace_.adopt(std::move(change->next));
            close_gone();
            look_at_own_connections();
            for (Share& share : change->opened) open(std::move(share));
        }
        done();
    });
}

void Worker::look_at_own_connections() {
    for (client::Session* one = workspace_.first_session; one != nullptr;) {
        std::exchange(one, one->next())->look_at_standing();
    }
}

void Worker::survey(std::function<void(metrics::WorkerSnapshot)> done) {
    workspace_.loop.post([this, done = std::move(done)] { done(client::snapshot_of(workspace_)); });
}

void Worker::tell_recent(
    std::uint64_t after, live::RecentExchanges into, std::function<void(live::RecentExchanges)> done
) {
    // What is posted is copied.
    auto shared = std::make_shared<live::RecentExchanges>(std::move(into));
    workspace_.loop.post([this, after, shared, done = std::move(done)] {
        done(workspace_.recent.since(after, std::move(*shared)));
    });
}

void Worker::open(Share share) {
    listeners_.push_back(
        std::make_unique<client::Listener>(workspace_, tasks_, std::move(share.fd), share.listener)
    );
    tasks_.spawn(listeners_.back()->run());
}

void Worker::close_gone() {
    std::erase_if(listeners_, [](const auto& listener) { return listener->closed(); });
    const auto gone = [this](generation::ListenerId id) {
        return workspace_.generation->find_listener(id) == nullptr;
    };
    for (const auto& listener : listeners_) {
        if (gone(listener->id())) listener->close();
    }
    drain_sessions([gone](const client::Session& session) { return gone(session.listener()); });
}

template <class Which>
void Worker::drain_sessions(Which which) {
    for (client::Session* one = workspace_.first_session; one != nullptr; one = one->next()) {
        if (which(*one)) one->drain();
    }
}

void Worker::drain(std::chrono::milliseconds idle_grace) {
    workspace_.loop.post([this, idle_grace] { begin_drain(idle_grace); });
}

void Worker::begin_drain(std::chrono::milliseconds idle_grace) {
    if (workspace_.draining) return;
    workspace_.draining = true;
    tasks_.on_idle([this] { stop_opening(); });
    for (const auto& listener : listeners_) listener->close();
    workspace_.pool.close_idle();
    if (idle_grace.count() == 0) {
        drain_sessions([](const client::Session&) { return true; });
    } else {
        for (client::Session* one = workspace_.first_session; one != nullptr; one = one->next()) {
            one->leave();
        }
        tasks_.spawn(end_the_idle(idle_grace));
    }
    workspace_.refused.drain();
    if (tasks_.size() == 0) stop_opening();
}

net::Task<void> Worker::end_the_idle(std::chrono::milliseconds after) {
    net::Notice nobody_tells{workspace_.loop};
    co_await nobody_tells.wait(workspace_.loop.now() + after);
    drain_sessions([](const client::Session&) { return true; });
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
        begin_drain(std::chrono::milliseconds{0});
        workspace_.loop.cancel_all();
    });
}

}  // namespace countersign::proxy::server
