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

#include "proxy/admin/admin_server.hpp"
#include "proxy/client/failure_report.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/log/log.hpp"
#include "proxy/sandbox/sandbox.hpp"
#include "proxy/server/file_watch.hpp"
#include "proxy/server/listener_set.hpp"
#include "proxy/server/process_report.hpp"
#include "proxy/server/reload.hpp"
#include "proxy/server/reload_waiters.hpp"
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
        const sandbox::Sandbox& sandbox;
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
    std::uint64_t reload(std::string_view why);
    void loaded(Reload::Outcome outcome);
    void watch_files();
    /// Takes what was loaded into service. Throws std::runtime_error with a sentence; nothing has
    /// changed then.
    void adopt(const Reload::Outcome& outcome);
    void refuse(const Reload::Outcome& outcome, std::vector<std::string> problems);
    /// Gives the generation to the workers; `done` is called once all of them have it.
    void serve(ListenerSet::Sockets opened, std::function<void()> done);
    admin::Actions actions();
    /// The stop begins: as the configuration says, or without waiting for who is idle.
    enum class Pace { usual, quick };
    void stop(std::string_view why, Pace pace);
    void drain(std::chrono::milliseconds limit, Pace pace);
    void abort();
    void worker_ended(std::size_t worker);
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
    bool drains_ = false;     ///< the second step of it
    bool signalled_ = false;  ///< to stop; an operator's call is no signal
    boost::asio::io_context context_{1};
    boost::asio::signal_set signals_{context_};
    boost::asio::steady_timer limit_{context_};
    ReloadWaiters waiters_;
    admin::AdminServer admin_;
    ProcessReport report_;
    Reload reload_;
    FileWatch watch_;
    Watchdog watchdog_;
    RepeatingTimer daily_;
    RepeatingTimer looking_;
    RepeatingTimer often_;
};

}  // namespace countersign::proxy::server
