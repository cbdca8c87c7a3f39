#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "proxy/client/failure_report.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/log/log.hpp"
#include "proxy/server/file_watch.hpp"
#include "proxy/server/listener_set.hpp"
#include "proxy/server/reload.hpp"
#include "proxy/server/repeating_timer.hpp"
#include "proxy/server/service_manager.hpp"
#include "proxy/server/watchdog.hpp"
#include "proxy/server/worker.hpp"

namespace countersign::proxy::server {

/// The main thread: signals, reload, the two steps of a stop, and what is done from time to time.
class Supervisor {
public:
    struct Parts {
        std::vector<std::unique_ptr<Worker>>& workers;
        ListenerSet& listeners;
        log::AccessLog& access_log;
        log::ProgramLog& program_log;
        client::FailureReport& failures;
        const ServiceManager& manager;
        std::uint64_t descriptor_limit;
        bool (*asked_for_reload)();  ///< whether a SIGHUP came before signals were caught here
        std::chrono::milliseconds idle_grace;  ///< of clients, when a drain begins
    };

    /// Catches signals from now on. `generation`: what the workers serve.
    Supervisor(
        const Parts& parts, const std::filesystem::path& configuration,
        std::shared_ptr<const generation::Generation> generation
    );

    /// Starts the workers and opens the listeners; returns when everything has ended. False: but a
    /// load that hangs.
    bool run(ListenerSet::Sockets opened);

private:
    void wait_for_signal();
    void on_signal(int signal);
    void reopen_access_log();
    void reload();
    void loaded(Reload::Outcome outcome);
    void watch_files();
    /// `what`: for the log, of static text. Throws std::runtime_error with a sentence; nothing has
    /// changed then.
    void adopt(std::shared_ptr<const generation::Generation> next, std::string_view what);
    /// Gives the generation to the workers; `done` is called once all of them have it.
    void serve(ListenerSet::Sockets opened, std::function<void()> done);
    void stop(int signal);
    void drain(std::chrono::milliseconds limit);
    void abort();
    void worker_ended();
    void tell_ready();
    void forget_former();
    void warn_of_dropped_lines();

    const Parts parts_;
    const std::filesystem::path configuration_;
    std::shared_ptr<const generation::Generation> generation_;
    /// Not let go of before no worker has them: to take one apart takes time.
    std::vector<std::shared_ptr<const generation::Generation>> former_;
    std::uint64_t known_dropped_ = 0;
    std::uint64_t known_dropped_here_ = 0;
    std::size_t running_;
    bool stopping_ = false;
    boost::asio::io_context context_{1};
    boost::asio::signal_set signals_{context_};
    boost::asio::steady_timer limit_{context_};
    Reload reload_;
    FileWatch watch_;
    Watchdog watchdog_;
    RepeatingTimer daily_;
    RepeatingTimer looking_;
    RepeatingTimer often_;
};

}  // namespace countersign::proxy::server
