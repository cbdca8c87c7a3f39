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
    std::shared_ptr<const generation::Generation> next, bool whole, std::chrono::milliseconds took
) {
    state_.generation = std::move(next);
    ++state_.number;
    ++state_.adopted;
    admin::LastReload& last = state_.last_reload;
    last.at = last.loaded = std::chrono::system_clock::now();
    last.took = took;
    forget_problems(whole);
    publish();
}

void ProcessReport::refused(
    std::vector<std::string> problems, bool whole, std::chrono::milliseconds took
) {
    ++state_.refused;
    admin::LastReload& last = state_.last_reload;
    last.at = std::chrono::system_clock::now();
    last.took = took;
    (whole ? last.problems : last.key_material_problems) = std::move(problems);
    publish();
}

void ProcessReport::put_back(bool whole) {
    forget_problems(whole);
    publish();
}

/// A configuration that is read whole has its key material in it. One that was refused is refused
/// still when a certificate has renewed itself.
void ProcessReport::forget_problems(bool whole) {
    admin::LastReload& last = state_.last_reload;
    last.key_material_problems.clear();
    if (whole) last.problems.clear();
}

void ProcessReport::pinned(std::size_t former) {
    if (std::exchange(state_.pinned, former) != former) publish();
}

void ProcessReport::draining() {
    state_.draining = true;
    publish();
}

}  // namespace countersign::proxy::server
