#include "proxy/server/server.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "proxy/http/message_head.hpp"
#include "proxy/log/log.hpp"
#include "proxy/server/cpu_count.hpp"
#include "proxy/server/descriptor_limit.hpp"
#include "proxy/server/dropped_lines.hpp"
#include "proxy/server/early_signals.hpp"
#include "proxy/server/inherited_sockets.hpp"
#include "proxy/server/listener_set.hpp"
#include "proxy/server/service_manager.hpp"
#include "proxy/server/supervisor.hpp"
#include "proxy/server/worker.hpp"

namespace countersign::proxy::server {

namespace {

/// For so long a client that is idle when the drain begins is waited for: its next answer says that
/// it is the last.
constexpr std::chrono::milliseconds kIdleGrace{1000};

void warn_of_strangers(
    const InheritedSockets& inherited, const profiles::Configuration& configuration
) {
    for (const std::string& name : inherited.names()) {
        const bool known =
            std::ranges::any_of(configuration.listeners, [&](const profiles::Listener& listener) {
                return listener.name == name;
            });
        if (known) continue;
        log::warning(
            "the service manager gave a socket named '{}', and no listener has that name: nobody "
            "answers there. Name a listener so, or the socket by FileDescriptorName=.",
            name
        );
    }
}

/// One that no other instance has: a sidecar behind a gateway of the same program is no loop.
std::string own_name() {
    std::array<char, 2 * sizeof(std::uint32_t)> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), std::random_device{}(), 16);
    return std::string{http::kProductName} + '-' + std::string{digits.data(), end.ptr};
}

}  // namespace

bool serve_until_stopped(
    const std::filesystem::path& path, std::shared_ptr<const generation::Generation> generation,
    log::ProgramLog& program_log, const sandbox::Sandbox& sandbox
) {
    const profiles::Configuration& configuration = generation->configuration();
    const std::uint32_t count = configuration.workers != 0 ? configuration.workers : cpu_count();
    const InheritedSockets inherited = InheritedSockets::of_this_process();
    warn_of_strangers(inherited, configuration);
    ListenerSet listeners{count, inherited};
    ListenerSet::Sockets opened = listeners.open(*generation);
    const net::DescriptorBudget budget{raise_descriptor_limit()};
    if (const std::string text = descriptor_shortage(configuration, budget.limit());
        !text.empty()) {
        log::warning("{}", text);
    }
    log::AccessLog access_log{configuration.log};
    log::info("{}", sandbox.report());
    client::ConnectionPermits permits;
    client::FailureReport failures;
    net::MemoryBudget buffered;
    upstream::dns::NameFiles names;
    upstream::revocation::Service revocation{names};
    const upstream::addresses::OwnEndpoints own_endpoints = listeners.endpoints(std::nullopt);
    const ServiceManager manager;
    std::vector<std::unique_ptr<Worker>> workers;
    {
        const client::SharedByWorkers shared{generation, own_endpoints, names,      access_log,
                                             permits,    failures,      buffered,   budget,
                                             count,      own_name(),    &revocation};
        for (std::uint32_t i = 0; i < count; ++i) {
            workers.push_back(std::make_unique<Worker>(shared));
        }
    }
    // Signals are caught before anyone is told that the proxy listens. Whose the generation is, the
    // next reload decides.
    Supervisor supervisor{
        {workers, listeners, access_log, program_log, failures, manager, budget.limit(),
         &reload_was_asked_early,
         // Who waits in a socket that outlives this process is served by the next one.
         inherited.empty() ? std::chrono::milliseconds{0} : kIdleGrace, sandbox},
        path,
        std::move(generation)};
    const bool all_ended = supervisor.run(std::move(opened));
    workers.clear();
    failures.tell_count();
    if (const std::uint64_t dropped = access_log.finish(); dropped > 0) log_dropped(dropped);
    log::info("stopped");
    return all_ended;
}

}  // namespace countersign::proxy::server
