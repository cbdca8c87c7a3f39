#include "proxy/server/process_report.hpp"

#include <utility>

namespace countersign::proxy::server {

ProcessReport::ProcessReport(
    admin::AdminServer& admin, std::string configuration,
    std::shared_ptr<const generation::Generation> generation
)
    : admin_{admin} {
    state_.generation = std::move(generation);
    state_.configuration = std::move(configuration);
    state_.started = std::chrono::system_clock::now();
    state_.last_reload.at = state_.last_reload.loaded = state_.started;
    publish();
}

void ProcessReport::serving(std::vector<admin::ProcessState::Listening> listening) {
    state_.serving = true;
    state_.listening = std::move(listening);
    publish();
}

void ProcessReport::adopted(
    std::shared_ptr<const generation::Generation> next, std::chrono::milliseconds took
) {
    state_.generation = std::move(next);
    ++state_.number;
    ++state_.adopted;
    const auto now = std::chrono::system_clock::now();
    state_.last_reload = {true, now, now, took, {}};
    publish();
}

void ProcessReport::refused(std::vector<std::string> problems, std::chrono::milliseconds took) {
    ++state_.refused;
    admin::LastReload& last = state_.last_reload;
    last.successful = false;
    last.at = std::chrono::system_clock::now();
    last.took = took;
    last.problems = std::move(problems);
    publish();
}

void ProcessReport::pinned(std::size_t former) {
    if (std::exchange(state_.pinned, former) != former) publish();
}

void ProcessReport::draining() {
    state_.draining = true;
    publish();
}

}  // namespace countersign::proxy::server
