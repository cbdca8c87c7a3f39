#include "proxy/server/supervisor.hpp"

#include <malloc.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "certs/text/phrase.hpp"
#include "proxy/generation/configuration_files.hpp"
#include "proxy/generation/crl_findings.hpp"
#include "proxy/generation/expiry.hpp"
#include "proxy/generation/key_material_files.hpp"
#include "proxy/generation/load_log.hpp"
#include "proxy/generation/refused_identities.hpp"
#include "proxy/server/descriptor_limit.hpp"
#include "proxy/server/dropped_lines.hpp"
#include "proxy/server/reload_report.hpp"

namespace countersign::proxy::server {

namespace {

/// Files on a network, and those that are mounted elsewhere, tell no watch of what happens to them.
constexpr auto kLookEvery = std::chrono::seconds{30};

constexpr int kCaught[] = {SIGTERM, SIGINT, SIGQUIT, SIGALRM, SIGHUP, SIGUSR1, SIGUSR2};

std::string_view name_of(int signal) {
    switch (signal) {
        case SIGTERM:
            return "SIGTERM";
        case SIGINT:
            return "SIGINT";
        case SIGQUIT:
            return "SIGQUIT";
        case SIGALRM:
            return "SIGALRM";
        case SIGHUP:
            return "SIGHUP";
        case SIGUSR1:
            return "SIGUSR1";
        default:
            return "SIGUSR2";
    }
}

/// What a load that came to nothing leaves behind.
std::string_view consequence_of(const Reload::Outcome& outcome) {
    return outcome.whole
               ? "not reloaded; what was loaded before goes on"
               : "key material has changed, and is not used; what was loaded before goes on";
}

std::vector<admin::WorkerSurvey::Ask> surveys_of(const std::vector<std::unique_ptr<Worker>>& workers
) {
    std::vector<admin::WorkerSurvey::Ask> surveys;
    for (const auto& worker : workers) {
        surveys.emplace_back([one = worker.get()](auto done) { one->survey(std::move(done)); });
    }
    return surveys;
}

std::vector<admin::RecentSurvey::Ask> recent_of(const std::vector<std::unique_ptr<Worker>>& workers
) {
    std::vector<admin::RecentSurvey::Ask> surveys;
    for (const auto& worker : workers) {
        surveys.emplace_back([one = worker.get()](std::uint64_t after, auto into, auto done) {
            one->tell_recent(after, std::move(into), std::move(done));
        });
    }
    return surveys;
}

}  // namespace

Supervisor::Supervisor(
    const Parts& parts, const std::filesystem::path& configuration,
    std::shared_ptr<const generation::Generation> generation
)
    : parts_{parts},
      configuration_{configuration},
      generation_{std::move(generation)},
      running_{parts.workers.size()},
      admin_{
          {surveys_of(parts.workers), recent_of(parts.workers), parts.access_log, parts.program_log,
           actions()}},
      report_{admin_, configuration.string(), generation_},
      reload_{
          context_, configuration, parts.sandbox, [this] { return generation_; },
          [this](Reload::Outcome outcome) { loaded(std::move(outcome)); }},
      watch_{context_, [this] { reload_.look(); }},
      watchdog_{
          context_, parts.manager, parts.workers.size(),
          [this](const std::function<void()>& answer) {
              for (const auto& worker : parts_.workers) worker->ask(answer);
          }},
      daily_{
          context_, std::chrono::hours{24},
          [this] {
              const auto now = std::chrono::system_clock::now();
              generation::log_expiry(generation_->terms(), now);
              generation::log_crls(*generation_, nullptr, now);
              generation::log_refused_identities(*generation_, nullptr);
          }},
      looking_{
          context_, kLookEvery,
          [this] {
              watch_.follow_links();
              reload_.look();
          }},
      often_{context_, std::chrono::seconds{10}, [this] {
                 parts_.failures.tell_count();
                 warn_of_dropped_lines();
                 forget_former();
             }} {
    for (const int signal : kCaught) signals_.add(signal);
    watch_files();
}

void Supervisor::watch_files() {
    const profiles::Configuration& configuration = generation_->configuration();
    std::vector<std::filesystem::path> files = generation::key_material_files(configuration);
    if (configuration.watch_configuration) {
        std::ranges::copy(
            generation::configuration_files(configuration_, &configuration),
            std::back_inserter(files)
        );
        if (configuration.console.directory) files.push_back(*configuration.console.directory);
    }
    watch_.follow(std::move(files));
}

bool Supervisor::run(ListenerSet::Sockets opened) {
    const profiles::AdminRules& admin = generation_->configuration().admin;
    admin_.follow(admin, admin_.open(admin));
    serve(std::move(opened), [this] { tell_ready(); });
    for (std::size_t i = 0; i < parts_.workers.size(); ++i) {
        parts_.workers[i]->start([this, i] {
            boost::asio::post(context_, [this, i] { worker_ended(i); });
        });
    }
    wait_for_signal();
    if (parts_.asked_for_reload()) reload("SIGHUP");
    for (bool runs = true; runs;) {
        try {
            context_.run();
            runs = false;
        } catch (...) {
            log::escaped("something on the main thread", std::current_exception());
        }
    }
    admin_.stop();
    return reload_.stop();
}

/// They come on the admin thread, and what they ask for is done on this one.
admin::Actions Supervisor::actions() {
    return {
        [this](std::function<void(admin::ReloadResult)> done) {
            boost::asio::post(context_, [this, done = std::move(done)] {
                if (stopping_) return done({false, {"It is stopping."}});
                waiters_.add(reload("POST /reload"), done);
            });
        },
        [this] { boost::asio::post(context_, [this] { stop("POST /drain", Pace::usual); }); },
        [this] { boost::asio::post(context_, [this] { stop("POST /quit", Pace::quick); }); }};
}

void Supervisor::wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error || running_ == 0) return;  // what is due already, no cancel reaches
        wait_for_signal();                   // before: an exception does not end it
        on_signal(signal);
    });
}

void Supervisor::on_signal(int signal) {
    switch (signal) {
        case SIGHUP:
            if (!stopping_) reload("SIGHUP");
            return;
        case SIGUSR1:
            return reopen_access_log();
        case SIGUSR2:
            return log::info("SIGUSR2: nothing is done by this signal");
        default:
            if (std::exchange(signalled_, true)) {
                log::info("second signal: stopping at once");
                return abort();
            }
            if (stopping_) {
                log::info("{}: stopping already; the next one stops at once", name_of(signal));
            }
            return stop(name_of(signal), Pace::usual);
    }
}

void Supervisor::reopen_access_log() {
    const profiles::LogRules& rules = generation_->configuration().log;
    try {
        parts_.access_log.go_to(log::AccessLog::open(rules));
        log::info("SIGUSR1: the access log is opened anew (log.access: {})", rules.access);
    } catch (const std::runtime_error& error) {
        log::error("{} The access log goes on where it went", error.what());
        // Its folder may have been made anew.
        for (const std::string& why : parts_.sandbox.objections(generation_->configuration()))
            log::error("{}", why);
    }
}

std::uint64_t Supervisor::reload(std::string_view why) {
    if (const auto time = reload_.runs_for()) {
        log::info(
            "{}: {} is read again when the load that has been running for {} s is over", why,
            configuration_.string(), time->count()
        );
    } else {
        log::info("{}: reading {} again", why, configuration_.string());
    }
    parts_.manager.reloading();
    return reload_.request();
}

void Supervisor::tell_ready() {
    if (stopping_) return;
    report_.serving(parts_.listeners.listening());
    const profiles::Configuration& configuration = generation_->configuration();
    parts_.manager.ready(
        "Serving " + certs::counted(configuration.profiles.size(), "profile") + " on " +
        certs::counted(configuration.listeners.size(), "listener")
    );
}

void Supervisor::loaded(Reload::Outcome outcome) {
    if (stopping_) return;
    if (outcome.put_back) {
        log::info("what could not be loaded is gone again; what was loaded before goes on");
        return report_.put_back(outcome.whole);
    }
    if (!outcome.loaded) {
        generation::log_problems(outcome.loaded.error(), configuration_, consequence_of(outcome));
        return refuse(outcome, outcome.loaded.error().lines);
    }
    try {
        adopt(outcome);
    } catch (const std::runtime_error& error) {
        log::error("{}", error.what());
        log::error("{}: {}", configuration_.string(), consequence_of(outcome));
        // It may have given way to a listener that is not opened now.
        const profiles::AdminRules& admin = generation_->configuration().admin;
        admin_.follow(admin, admin_.open(admin));
        refuse(outcome, {error.what()});
    }
}

void Supervisor::refuse(const Reload::Outcome& outcome, std::vector<std::string> problems) {
    const admin::ReloadResult result{false, problems};
    report_.refused(std::move(problems), outcome.whole, outcome.took);
    waiters_.tell(outcome.number, result);  // who may ask at once how it is
    tell_ready();
}

void Supervisor::adopt(const Reload::Outcome& outcome) {
    std::shared_ptr<const generation::Generation> next = *outcome.loaded;
    const profiles::Configuration& configuration = next->configuration();
    admin_.give_way(configuration.listeners);
    ListenerSet::Sockets opened = parts_.listeners.open(*next);
    admin::AdminServer::Opened admin = admin_.open(configuration.admin);
    if (configuration.log.access != generation_->configuration().log.access) {
        parts_.access_log.go_to(log::AccessLog::open(configuration.log));
    }
    // Nothing is refused from here on.
    admin_.follow(configuration.admin, std::move(admin));
    if (outcome.whole) parts_.program_log.follow(configuration.log);
    generation::log_remarks(*next, generation_.get());
    const std::uint32_t clients = generation_->configuration().limits.client_connections;
    const std::string shortage = descriptor_shortage(configuration, parts_.descriptor_limit);
    if (configuration.limits.client_connections != clients && !shortage.empty()) {
        log::warning("{}", shortage);
    }
    log_difference(*generation_, *next, parts_.workers.size());
    former_.push_back(std::exchange(generation_, std::move(next)));
    watch_files();
    report_.adopted(generation_, outcome.whole, outcome.took);
    const std::string_view what = outcome.whole ? "" : "the key material of ";
    serve(std::move(opened), [this, what, number = outcome.number] {
        forget_former();
        log::info("reloaded {}{}", what, configuration_.string());
        waiters_.tell(number, {true, {}});
        tell_ready();
    });
}

void Supervisor::serve(ListenerSet::Sockets opened, std::function<void()> done) {
    std::vector<std::vector<Worker::Share>> shares(parts_.workers.size());
    for (auto& [id, socket] : opened) {
        for (std::size_t i = 0; i < shares.size(); ++i) {
            shares[i].push_back({socket.take(static_cast<std::uint32_t>(i)), id});
        }
    }
    parts_.listeners.follow(*generation_, std::move(opened));
    const upstream::addresses::OwnEndpoints endpoints =
        parts_.listeners.endpoints(admin_.address(generation_->configuration().admin));
    const auto left = std::make_shared<std::size_t>(shares.size());
    const auto one_has_it = [left, done = std::move(done)] {
        if (--*left == 0) done();
    };
    for (std::size_t i = 0; i < shares.size(); ++i) {
        parts_.workers[i]->adopt(generation_, endpoints, std::move(shares[i]), [this, one_has_it] {
            boost::asio::post(context_, one_has_it);
        });
    }
}

void Supervisor::stop(std::string_view why, Pace pace) {
    const profiles::ShutdownRules rules = generation_->configuration().shutdown;
    if (stopping_) {
        if (pace == Pace::quick && !drains_) drain(rules.drain, pace);
        return;
    }
    stopping_ = true;
    report_.draining();
    waiters_.tell_all({false, {"It is stopping."}});
    parts_.manager.stopping("Draining");
    watchdog_.ask_nobody();
    if (rules.delay.count() == 0 || pace == Pace::quick) {
        log::info("{}: draining, for {} ms at most", why, rules.drain.count());
        return drain(rules.drain, pace);
    }
    log::info(
        "{}: listening for {} ms more, then draining, for {} ms at most", why, rules.delay.count(),
        rules.drain.count()
    );
    limit_.expires_after(rules.delay);
    limit_.async_wait([this, pace, limit = rules.drain](const boost::system::error_code& error) {
        if (error || running_ == 0 || drains_) return;
        log::info("draining, for {} ms at most", limit.count());
        drain(limit, pace);
    });
}

void Supervisor::drain(std::chrono::milliseconds limit, Pace pace) {
    drains_ = true;
    const auto grace = pace == Pace::quick ? std::chrono::milliseconds{0} : parts_.idle_grace;
    for (const auto& worker : parts_.workers) worker->drain(grace);
    limit_.expires_after(limit);
    limit_.async_wait([this](const boost::system::error_code& error) {
        if (error || running_ == 0) return;
        log::warning("the drain limit has passed: closing what is left");
        abort();
    });
}

void Supervisor::abort() {
    for (const auto& worker : parts_.workers) worker->abort();
}

void Supervisor::worker_ended(std::size_t worker) {
    admin_.worker_ended(worker);
    if (--running_ > 0) return;
    limit_.cancel();
    signals_.cancel();
    daily_.stop();
    looking_.stop();
    often_.stop();
    watch_.stop();
    watchdog_.stop();
    reload_.stop();
}

void Supervisor::forget_former() {
    const auto gone = std::erase_if(former_, [](const auto& one) { return one.use_count() == 1; });
    // What a load took of the heap the next one would take again, but there may be none.
    if (gone > 0) ::malloc_trim(0);
    report_.pinned(former_.size());
}

void Supervisor::warn_of_dropped_lines() {
    const std::uint64_t dropped = parts_.access_log.dropped_bytes();
    if (dropped > known_dropped_) log_dropped(dropped);
    known_dropped_ = dropped;
    const std::uint64_t here = parts_.program_log.dropped_bytes();
    if (here > known_dropped_here_) log_dropped_here(here);
    known_dropped_here_ = here;
}

}  // namespace countersign::proxy::server
