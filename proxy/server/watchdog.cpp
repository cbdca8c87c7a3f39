#include "proxy/server/watchdog.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

namespace countersign::proxy::server {

Watchdog::Watchdog(
    boost::asio::io_context& context, const ServiceManager& manager, std::size_t workers,
    std::function<void(std::function<void()>)> ask_all
)
    : context_{context}, manager_{manager}, workers_{workers}, ask_all_{std::move(ask_all)} {
    if (!manager.watchdog()) return;
    // A third: one answer may be late, and a timer too.
    const auto every = std::chrono::duration_cast<std::chrono::milliseconds>(*manager.watchdog());
    timer_ = std::make_unique<RepeatingTimer>(context, every / 3, [this] { ask(); });
}

void Watchdog::stop() {
    if (timer_) timer_->stop();
}

void Watchdog::ask() {
    if (!asks_) return manager_.alive();
    if (missing_ > 0) return;  // who has not answered yet stands still
    missing_ = workers_;
    ask_all_([this] { boost::asio::post(context_, [this] { answered(); }); });
}

void Watchdog::answered() {
    if (--missing_ == 0) manager_.alive();
}

}  // namespace countersign::proxy::server
