#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>

#include "proxy/server/repeating_timer.hpp"
#include "proxy/server/service_manager.hpp"

namespace countersign::proxy::server {

/// Feeds the service manager's watchdog, where there is one, for as long as every worker turns:
/// each is asked, and it is fed when all have answered. On the main thread.
class Watchdog {
public:
    /// `ask_all`: calls its argument once on the thread of each of the `workers`.
    Watchdog(
        boost::asio::io_context& context, const ServiceManager& manager, std::size_t workers,
        std::function<void(std::function<void()>)> ask_all
    );
    /// The workers are about to end: from now on it is fed for as long as this thread turns.
    void ask_nobody() { asks_ = false; }
    void stop();

private:
    void ask();
    void answered();

    boost::asio::io_context& context_;
    const ServiceManager& manager_;
    const std::size_t workers_;
    const std::function<void(std::function<void()>)> ask_all_;
    bool asks_ = true;
    std::size_t missing_ = 0;  ///< answers of the last round
    std::unique_ptr<RepeatingTimer> timer_;
};

}  // namespace countersign::proxy::server
