#include "proxy/server/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <utility>
#include <vector>

#include "proxy/generation/expiry.hpp"
#include "proxy/log/log.hpp"
#include "proxy/server/cpu_count.hpp"
#include "proxy/server/descriptor_limit.hpp"
#include "proxy/server/repeating_timer.hpp"
#include "proxy/server/worker.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"

namespace countersign::proxy::server {

namespace {

namespace asio = boost::asio;

upstream::addresses::OwnEndpoints endpoints_of(const std::vector<client::ListeningSocket>& listeners
) {
    std::vector<profiles::TcpAddress> listening;
    for (const client::ListeningSocket& socket : listeners) {
        if (const auto* tcp = std::get_if<profiles::TcpAddress>(&socket.bound())) {
            listening.push_back(*tcp);
        }
    }
    return upstream::addresses::OwnEndpoints::of_this_machine(std::move(listening));
}

void log_dropped(std::uint64_t bytes) {
    log::warning(
        "{} bytes of the access log were dropped since the start: where it goes (log.access) does "
        "not keep up, or is full",
        bytes
    );
}

/// It is read once somebody reads on.
void log_dropped_here(std::uint64_t bytes) {
    log::warning(
        "{} bytes of this log were dropped since the start: nobody read stderr, or too slowly",
        bytes
    );
}

/// The signals, the two steps of a stop, and what is done daily, on the main thread.
class Supervisor {
public:
    Supervisor(
        std::vector<std::unique_ptr<Worker>>& workers, const log::AccessLog& access_log,
        const log::ProgramLog& program_log, client::FailureReport& failures,
        std::shared_ptr<const generation::Generation> generation
    )
        : workers_{workers},
          access_log_{access_log},
          program_log_{program_log},
          failures_{failures},
          generation_{std::move(generation)},
          running_{workers.size()} {
        for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) signals_.add(signal);
    }

    void run() {
        for (const auto& worker : workers_) {
            worker->start([this] { asio::post(context_, [this] { worker_ended(); }); });
        }
        wait_for_signal();
        context_.run();
    }

private:
    void wait_for_signal() {
        signals_.async_wait([this](const boost::system::error_code& error, int signal) {
            if (error) return;
            on_signal(signal);
            wait_for_signal();
        });
    }

    void on_signal(int signal) {
        if (signal == SIGHUP) {
            log::warning("SIGHUP: reload is not there yet: restart to read the configuration again"
            );
            return;
        }
        if (signal == SIGUSR1 || signal == SIGUSR2) {
            log::info(
                "{}: nothing is done by this signal", signal == SIGUSR1 ? "SIGUSR1" : "SIGUSR2"
            );
            return;
        }
        if (stopping_) {
            log::info("second signal: stopping at once");
            abort();
            return;
        }
        stopping_ = true;
        const std::chrono::milliseconds drain = generation_->configuration().drain;
        log::info(
            "{}: draining, for {} ms at most", signal == SIGINT ? "SIGINT" : "SIGTERM",
            drain.count()
        );
        for (const auto& worker : workers_) worker->drain();
        limit_.expires_after(drain);
        limit_.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            log::warning("the drain limit has passed: closing what is left");
            abort();
        });
    }

    void abort() {
        for (const auto& worker : workers_) worker->abort();
    }

    void worker_ended() {
        if (--running_ > 0) return;
        limit_.cancel();
        signals_.cancel();
        daily_.stop();
        often_.stop();
    }

    void remind_of_expiry() {
        generation::log_expiry(generation_->terms(), std::chrono::system_clock::now());
    }

    void warn_of_dropped_lines() {
        const std::uint64_t dropped = access_log_.dropped_bytes();
        if (dropped > known_dropped_) log_dropped(dropped);
        known_dropped_ = dropped;
        const std::uint64_t here = program_log_.dropped_bytes();
        if (here > known_dropped_here_) log_dropped_here(here);
        known_dropped_here_ = here;
    }

    std::vector<std::unique_ptr<Worker>>& workers_;
    const log::AccessLog& access_log_;
    const log::ProgramLog& program_log_;
    client::FailureReport& failures_;
    std::uint64_t known_dropped_ = 0;
    std::uint64_t known_dropped_here_ = 0;
    std::shared_ptr<const generation::Generation> generation_;
    std::size_t running_;
    bool stopping_ = false;
    asio::io_context context_{1};
    asio::signal_set signals_{context_};
    asio::steady_timer limit_{context_};
    RepeatingTimer daily_{context_, std::chrono::hours{24}, [this] { remind_of_expiry(); }};
    RepeatingTimer often_{context_, std::chrono::seconds{10}, [this] {
                              failures_.tell_count();
                              warn_of_dropped_lines();
                          }};
};

}  // namespace

void serve_until_stopped(
    std::shared_ptr<const generation::Generation> generation, const log::ProgramLog& program_log
) {
    const profiles::Configuration& configuration = generation->configuration();
    const std::uint32_t count = configuration.workers != 0 ? configuration.workers : cpu_count();
    std::vector<client::ListeningSocket> listeners;
    listeners.reserve(configuration.listeners.size());
    for (const profiles::Listener& listener : configuration.listeners) {
        listeners.emplace_back(listener, count);
    }
    const net::DescriptorBudget budget{raise_descriptor_limit()};
    if (const std::string text = descriptor_shortage(configuration, budget.limit());
        !text.empty()) {
        log::warning("{}", text);
    }
    const upstream::addresses::OwnEndpoints own_endpoints = endpoints_of(listeners);
    log::AccessLog access_log{configuration.log};
    client::ConnectionPermits permits;
    client::FailureReport failures;
    upstream::dns::NameFiles names;
    const client::SharedByWorkers shared{generation, own_endpoints, names,  access_log,
                                         permits,    failures,      budget, count};
    std::vector<std::unique_ptr<Worker>> workers;
    for (std::uint32_t i = 0; i < count; ++i) {
        workers.push_back(std::make_unique<Worker>(i, shared, listeners));
    }
    // Signals are caught before anyone is told that the proxy listens.
    Supervisor supervisor{workers, access_log, program_log, failures, generation};
    for (const client::ListeningSocket& socket : listeners) {
        log::info(
            "listening on {} name={}", profiles::to_text(socket.bound()), socket.listener().name
        );
    }
    supervisor.run();
    workers.clear();
    failures.tell_count();
    if (const std::uint64_t dropped = access_log.finish(); dropped > 0) log_dropped(dropped);
    log::info("stopped");
}

}  // namespace countersign::proxy::server
