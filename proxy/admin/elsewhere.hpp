#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "proxy/admin/await.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::admin {

/// What another thread finds out, for a coroutine of the admin thread that waits by the timer.
template <class Result>
struct Pending {
    Pending(boost::asio::io_context& context, std::chrono::steady_clock::duration limit)
        : timer{context, limit} {}

    boost::asio::steady_timer timer;
    std::optional<Result> result;
};

/// By what it is given: on any thread, once. Who gives may do so when nobody waits any more, and
/// then must not be the last to hold a timer of the admin thread's.
template <class Result>
auto giver_of(boost::asio::io_context& context, const std::shared_ptr<Pending<Result>>& pending) {
    return [waits = std::weak_ptr<Pending<Result>>{pending}, &context](Result result) {
        // Shared: what is posted may have to be copied, and a result need not be.
        auto given = std::make_shared<Result>(std::move(result));
        boost::asio::post(context, [waits, given = std::move(given)] {
            const auto waiting = waits.lock();
            if (!waiting) return;
            waiting->result.emplace(std::move(*given));
            waiting->timer.cancel();
        });
    };
}

/// What `work` gives, which is done on a thread of `pool`; nothing where it ended by an exception,
/// which is told in the log. `work` owns what it needs.
template <class Work>
boost::asio::awaitable<std::optional<std::invoke_result_t<Work>>> done_elsewhere(
    boost::asio::io_context& context, boost::asio::thread_pool& pool, Work work
) {
    using Result = std::invoke_result_t<Work>;
    using Outcome = std::optional<Result>;
    const auto pending =
        std::make_shared<Pending<Outcome>>(context, std::chrono::steady_clock::duration::max() / 2);
    auto held = std::make_shared<Work>(std::move(work));
    boost::asio::post(pool, [give = giver_of(context, pending), held = std::move(held)] {
        Outcome outcome;
        try {
            outcome.emplace((*held)());
        } catch (...) {
            log::escaped("a question of an operator's", std::current_exception());
        }
        give(std::move(outcome));
    });
    co_await pending->timer.async_wait(kAwait);
    if (!pending->result) co_return std::nullopt;
    co_return std::move(*pending->result);
}

}  // namespace countersign::proxy::admin
