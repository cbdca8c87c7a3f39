#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "proxy/net/event_loop.hpp"
#include "proxy/net/notice.hpp"
#include "proxy/tls/revocation_question.hpp"

namespace countersign::proxy::upstream::revocation {

/// A task that waits for an answer, as its own worker knows it; null: it does not any more. Touched
/// by the worker's thread alone.
struct Wake {
    net::Notice* notice = nullptr;
};

/// Where a worker is told what has been found out, on its loop. Others share it, and it outlives
/// the worker: who comes too late finds it closed.
class Inbox {
public:
    using OnRevoked = std::function<void(const tls::RevocationKey&)>;

    Inbox(net::EventLoop& loop, OnRevoked on_revoked)
        : loop_{&loop}, on_revoked_{std::move(on_revoked)} {}

    /// By the worker, or when its thread has ended: nothing comes any more, and the loop may go.
    void close() {
        const std::lock_guard lock{mutex_};
        loop_ = nullptr;
    }
    /// From any thread: who waits goes on.
    void wake(std::shared_ptr<Wake> waiter) {
        const std::lock_guard lock{mutex_};
        if (loop_ == nullptr) return;
        loop_->post([waiter = std::move(waiter)] {
            if (waiter->notice != nullptr) waiter->notice->notify();
        });
    }
    /// From any thread: a certificate has turned out to be revoked.
    void tell_revoked(const tls::RevocationKey& key) {
        const std::lock_guard lock{mutex_};
        if (loop_ == nullptr) return;
        loop_->post([tell = on_revoked_, key] { tell(key); });
    }

private:
    std::mutex mutex_;
    net::EventLoop* loop_;
    const OnRevoked on_revoked_;
};

/// Who is to be woken when something is known. None: without an inbox.
struct Waiter {
    std::shared_ptr<Inbox> inbox = {};
    std::shared_ptr<Wake> wake = {};
};

}  // namespace countersign::proxy::upstream::revocation
