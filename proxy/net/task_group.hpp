#pragma once

#include <cstddef>
#include <functional>

#include "proxy/net/task.hpp"

namespace countersign::proxy::net {

/// Owns every task that nobody awaits: the only place where a task is spawned. It must outlive
/// them; `idle()` is when it may go. What escapes a task ends that task alone and is told to
/// `on_error` (a bug, or memory).
class TaskGroup {
public:
    explicit TaskGroup(std::function<void(std::exception_ptr)> on_error = {});
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup();

    /// Runs the task up to its first suspension, here and now.
    void spawn(Task<void> task);

    std::size_t size() const { return size_; }
    /// Called whenever the last task has ended.
    void on_idle(std::function<void()> callback) { on_idle_ = std::move(callback); }

private:
    struct Root;
    static Root run(TaskGroup* group, Task<void> task);
    void ended();

    std::size_t size_ = 0;
    std::function<void(std::exception_ptr)> on_error_;
    std::function<void()> on_idle_;
};

}  // namespace countersign::proxy::net
