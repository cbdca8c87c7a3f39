#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace countersign::proxy::generation {

/// Calls `each` once with every number below `count`, on several threads where that is worth it:
/// for what takes about a millisecond each. What one of them throws is thrown when all have ended.
template <class Each>
void side_by_side(std::size_t count, const Each& each) {
    /// So many keep one thread busy for some tens of milliseconds.
    constexpr std::size_t kWorthAThread = 64;
    std::atomic<std::size_t> next{0};
    std::exception_ptr thrown;
    std::mutex mutex;
    const auto work = [&] {
        try {
            for (std::size_t i = next++; i < count; i = next++) each(i);
        } catch (...) {
            const std::lock_guard lock{mutex};
            thrown = std::current_exception();
        }
    };
    const std::size_t cpus = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::thread> helpers;
    helpers.reserve(std::min(cpus - 1, count / kWorthAThread));
    try {
        while (helpers.size() < helpers.capacity()) helpers.emplace_back(work);
    } catch (const std::system_error&) {
        // There may be no more threads: it takes longer.
    }
    work();
    for (std::thread& helper : helpers) helper.join();
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace countersign::proxy::generation
