#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "proxy/admin/recent_board.hpp"
#include "proxy/live/exchange_ring.hpp"

namespace countersign::proxy::admin {

/// Asks the workers for the exchanges that have ended since they were last asked, and puts them on
/// the board. A worker answers between two exchanges with a copy; one that does not answer is
/// waited for as long as the patience lasts, and what it then says later comes with the next
/// question. All of it is the admin thread's.
class RecentSurvey {
public:
    using Clock = std::chrono::steady_clock;
    /// From any thread: the function is called on the worker's thread, with those whose number is
    /// above the first argument, in the memory of the second; never, where the worker has ended.
    using Ask = std::function<
        void(std::uint64_t, live::RecentExchanges, std::function<void(live::RecentExchanges)>)>;
    /// Whoever asks again so soon is told what is known: many may look, and workers are asked once.
    static constexpr auto kFresh = std::chrono::milliseconds{100};

    RecentSurvey(boost::asio::io_context& context, std::vector<Ask> workers);
    RecentSurvey(const RecentSurvey&) = delete;
    RecentSurvey& operator=(const RecentSurvey&) = delete;

    /// Has what all say on the board, or what came within `patience`.
    boost::asio::awaitable<void> refresh(std::chrono::milliseconds patience);
    /// It has no more to say.
    void ended(std::size_t worker);
    /// There is no console any more: nothing is kept.
    void forget();

    const RecentBoard& board() const { return board_; }
    /// Those that had not answered at the end of the last question.
    std::size_t silent_workers() const { return silent_; }

private:
    struct Worker {
        Ask ask;
        std::uint64_t known = 0;  ///< of its exchanges, those that are on the board, or not kept
        bool asked = false;       ///< and has not answered
        bool answered = false;    ///< and `answer` is not on the board yet
        live::RecentExchanges answer = {};
        bool ended = false;
    };
    class Asking;

    void ask();
    bool all_have_answered() const;
    void take_answers();

    boost::asio::io_context& context_;
    std::vector<Worker> workers_;
    RecentBoard board_;
    Clock::time_point asked_{};
    std::size_t silent_ = 0;
    bool asking_ = false;
    boost::asio::steady_timer answers_;  ///< cancelled when all have answered
    boost::asio::steady_timer over_;     ///< cancelled when a question is over
};

}  // namespace countersign::proxy::admin
