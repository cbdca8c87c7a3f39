#include "proxy/net/task_group.hpp"

#include <cassert>
#include <utility>

namespace countersign::proxy::net {

/// The frame at the root of a spawned task: starts at once, destroys itself at the end.
struct TaskGroup::Root {
    struct promise_type {
        static void* operator new(std::size_t size) { return take_frame(size); }
        static void operator delete(void* frame, std::size_t size) noexcept {
            give_back_frame(frame, size);
        }
        Root get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::terminate(); }
    };
};

TaskGroup::TaskGroup(std::function<void(std::exception_ptr)> on_error)
    : on_error_{std::move(on_error)} {}

TaskGroup::~TaskGroup() { assert(size_ == 0); }

void TaskGroup::spawn(Task<void> task) {
    ++size_;
    run(this, std::move(task));
}

TaskGroup::Root TaskGroup::run(TaskGroup* group, Task<void> task) {
    std::exception_ptr error;
    {
        Task<void> own = std::move(task);
        try {
            co_await own;
        } catch (...) {
            error = std::current_exception();
        }
    }
    if (error && group->on_error_) group->on_error_(error);
    group->ended();
}

void TaskGroup::ended() {
    if (--size_ == 0 && on_idle_) on_idle_();
}

}  // namespace countersign::proxy::net
