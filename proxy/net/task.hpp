#pragma once

#include <cassert>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "proxy/net/frame_pool.hpp"

namespace countersign::proxy::net {

template <class T>
class Task;

namespace detail {

/// What every task's promise does: frames from the pool, and one waiter that is resumed at the end.
/// A task that ends before anyone waits resumes nobody: who awaits it then finds it done, and goes
/// on without a suspension. Hence no symmetric transfer, which g++ turns into real recursion
/// without optimisation.
struct PromiseBase {
    std::coroutine_handle<> waiter;
    std::exception_ptr error;

    static void* operator new(std::size_t size) { return take_frame(size); }
    static void operator delete(void* frame, std::size_t size) noexcept {
        give_back_frame(frame, size);
    }

    std::suspend_always initial_suspend() noexcept { return {}; }

    struct ResumeWaiter {
        bool await_ready() noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> self) noexcept {
            // The frame may be gone once the waiter runs: nothing of it is touched after this line.
            if (std::coroutine_handle<> next = self.promise().waiter) next.resume();
        }
        void await_resume() noexcept {}
    };
    ResumeWaiter final_suspend() noexcept { return {}; }

    void unhandled_exception() noexcept { error = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;

    Task<T> get_return_object() noexcept;
    template <class U>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
    T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object() noexcept;
    void return_void() noexcept {}
    void take() noexcept {}
};

}  // namespace detail

/// A coroutine of the data plane. Lazy: it runs when it is awaited, or from `start()` on, beside
/// its owner, who must await it later. All of it happens on one worker's thread. A task is never
/// destroyed between its start and its end: whoever wants it to end cancels what it waits for and
/// awaits it. Destroying it unstarted is fine.
template <class T = void>
class [[nodiscard]] Task {
public:
    using promise_type = detail::Promise<T>;

    Task(Task&& other) noexcept
        : handle_{std::exchange(other.handle_, {})}, started_{other.started_} {}
    Task& operator=(Task&&) = delete;
    ~Task() {
        if (!handle_) return;
        assert(!started_ || handle_.done());
        handle_.destroy();
    }

    /// Runs it up to its first suspension, without waiting for it.
    void start() {
        started_ = true;
        handle_.resume();
    }

    bool await_ready() const noexcept { return started_ && handle_.done(); }
    bool await_suspend(std::coroutine_handle<> waiter) {
        if (!started_) {
            start();
            if (handle_.done()) return false;
        }
        handle_.promise().waiter = waiter;
        return true;
    }
    T await_resume() {
        if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
        return handle_.promise().take();
    }

private:
    friend promise_type;
    explicit Task(std::coroutine_handle<promise_type> handle) noexcept : handle_{handle} {}

    std::coroutine_handle<promise_type> handle_;
    bool started_ = false;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
    return Task<T>{std::coroutine_handle<Promise>::from_promise(*this)};
}

inline Task<void> Promise<void>::get_return_object() noexcept {
    return Task<void>{std::coroutine_handle<Promise>::from_promise(*this)};
}

}  // namespace detail

}  // namespace countersign::proxy::net
