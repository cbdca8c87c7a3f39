#include "proxy/server/server.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proxy/log/log.hpp"
#include "proxy/server/cpu_count.hpp"
#include "proxy/server/descriptor_limit.hpp"
#include "proxy/server/dropped_lines.hpp"
#include "proxy/server/listener_set.hpp"
#include "proxy/server/supervisor.hpp"
#include "proxy/server/worker.hpp"

namespace countersign::proxy::server {

void serve_until_stopped(
    const std::filesystem::path& path, std::shared_ptr<const generation::Generation> generation,
    log::ProgramLog& program_log
) {
    const profiles::Configuration& configuration = generation->configuration();
    const std::uint32_t count = configuration.workers != 0 ? configuration.workers : cpu_count();
    ListenerSet listeners{count};
    ListenerSet::Sockets opened = listeners.open(*generation);
    const net::DescriptorBudget budget{raise_descriptor_limit()};
    if (const std::string text = descriptor_shortage(configuration, budget.limit());
        !text.empty()) {
        log::warning("{}", text);
    }
    log::AccessLog access_log{configuration.log};
    client::ConnectionPermits permits;
    client::FailureReport failures;
    upstream::dns::NameFiles names;
    const upstream::addresses::OwnEndpoints own_endpoints = listeners.endpoints();
    const client::SharedByWorkers shared{generation, own_endpoints, names,  access_log,
                                         permits,    failures,      budget, count};
    std::vector<std::unique_ptr<Worker>> workers;
    for (std::uint32_t i = 0; i < count; ++i) workers.push_back(std::make_unique<Worker>(shared));
    // Signals are caught before anyone is told that the proxy listens.
    Supervisor supervisor{
        {workers, listeners, access_log, program_log, failures, budget.limit()}, path, generation};
    generation.reset();
    supervisor.run(std::move(opened));
    workers.clear();
    failures.tell_count();
    if (const std::uint64_t dropped = access_log.finish(); dropped > 0) log_dropped(dropped);
    log::info("stopped");
}

}  // namespace countersign::proxy::server
