#pragma once

#include <boost/asio/async_result.hpp>
#include <coroutine>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "proxy/net/event_loop.hpp"

namespace countersign::proxy::net {

/// The completion token of tasks: `auto wait = timer.async_wait(UseTask{loop}); co_await wait;`
/// starts the operation when it is awaited, goes on in a round of the loop, and gives what the
/// handler was called with: nothing, one value, or a tuple. For what waits rarely; the sockets of
/// exchanges wait as Descriptors. The operation must end: whoever wants it to cancels its object.
struct UseTask {
    EventLoop& loop;
};

namespace detail {

template <class Initiation, class Results, class... Arguments>
class [[nodiscard]] Completion {
public:
    Completion(UseTask token, Initiation initiation, Arguments... arguments)
        : loop_{token.loop},
          initiation_{std::move(initiation)},
          arguments_{std::move(arguments)...} {}

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
        waiter_ = waiter;
        loop_.count_wait(1);
        std::apply(
            [this](Arguments&... arguments) {
                std::move(initiation_)(Handler{this}, std::move(arguments)...);
            },
            arguments_
        );
    }
    auto await_resume() {
        constexpr std::size_t kCount = std::tuple_size_v<Results>;
        if constexpr (kCount == 1) {
            return std::get<0>(std::move(*results_));
        } else if constexpr (kCount > 1) {
            return std::move(*results_);
        }
    }

private:
    struct Handler {
        Completion* self;

        template <class... Values>
        void operator()(Values&&... values) const {
            self->results_.emplace(std::forward<Values>(values)...);
            self->loop_.count_wait(-1);
            self->loop_.round([waiter = self->waiter_] { waiter.resume(); });
        }
    };

    EventLoop& loop_;
    Initiation initiation_;
    std::tuple<Arguments...> arguments_;
    std::coroutine_handle<> waiter_;
    std::optional<Results> results_;
};

}  // namespace detail

}  // namespace countersign::proxy::net

template <class... Values>
class boost::asio::async_result<countersign::proxy::net::UseTask, void(Values...)> {
public:
    template <class Initiation, class... Arguments>
    static auto initiate(
        Initiation&& initiation, countersign::proxy::net::UseTask token, Arguments&&... arguments
    ) {
        using countersign::proxy::net::detail::Completion;
        return Completion<
            std::decay_t<Initiation>, std::tuple<std::decay_t<Values>...>,
            std::decay_t<Arguments>...>{
            token, std::forward<Initiation>(initiation), std::forward<Arguments>(arguments)...};
    }
};
