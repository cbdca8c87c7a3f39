#include "proxy/admin/status_document.hpp"

#include <boost/json/array.hpp>
#include <chrono>

#include "certs/certificate.hpp"
#include "proxy/admin/danger_switches.hpp"
#include "proxy/admin/generation_document.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/readiness.hpp"
#include "proxy/admin/worker_survey.hpp"
#include "proxy/log/log.hpp"
#include "proxy/tls/version.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;

json::object reload_object(const ProcessState& state) {
    const LastReload& last = state.last_reload;
    json::array problems = json_list(last.problems);
    for (const std::string& one : last.key_material_problems) problems.push_back(json_text(one));
    return {
        {"successful", last.successful()}, {"at", json_text(certs::to_text(last.at))},
        {"took_ms", last.took.count()},    {"problems", std::move(problems)},
        {"adopted", state.adopted},        {"refused", state.refused},
    };
}

json::object connections_object(const metrics::WorkerSnapshot& workers) {
    return {
        {"clients", workers.clients},
        {"exchanges_in_progress", workers.in_progress},
        {"upstream_active", workers.pool.active},
        {"upstream_idle", workers.pool.idle},
        {"upstream_opening", workers.pool.opening},
        {"waiting_for_upstream", workers.pool.waiting},
        {"circuits_open", workers.circuits.open},
    };
}

json::array circuit_objects(const metrics::WorkerSnapshot& workers) {
    return json_list(workers.open_circuits, [](const metrics::OpenCircuit& one) {
        return json::object{
            {"address", json_text(one.address)},
            {"destination", json_text(one.destination)},
            {"reason", json_text(one.reason)},
            {"failures", one.failures},
            {"next_attempt_ms", one.next_attempt.count()},
        };
    });
}

json::array worker_objects(const Measured& measured) {
    json::array objects;
    for (const auto& lag : measured.lags) {
        const std::string_view state = !lag                               ? "ended"
                                       : *lag < WorkerSurvey::kStandstill ? "turns"
                                                                          : "stands still";
        json::object object{{"state", json_text(state)}};
        if (lag) {
            object["lag_us"] = std::chrono::duration_cast<std::chrono::microseconds>(*lag).count();
        }
        objects.push_back(std::move(object));
    }
    return objects;
}

json::array danger_objects(const profiles::Configuration& configuration) {
    return json_list(switches_on(configuration), [](const SwitchOn& one) {
        return json::object{
            {"switch", json_text(one.key)}, {"profile", json_text(one.profile->name)}};
    });
}

}  // namespace

json::object status_document(const Measured& measured) {
    const ProcessState& state = measured.state;
    const generation::Generation& generation = *state.generation;
    std::vector<std::string> reasons = not_ready_because(state, measured.now);
    const auto uptime =
        std::chrono::duration_cast<std::chrono::seconds>(measured.now - state.started);
    return {
        {"version", json_text(tls::program_version())},
        {"openssl", json_text(tls::library_version())},
        {"started", json_text(certs::to_text(state.started))},
        {"uptime_s", uptime.count()},
        {"ready", reasons.empty()},
        {"not_ready_because", json_list(reasons)},
        {"draining", state.draining},
        {"configuration", json_text(state.configuration)},
        {"generation", state.number},
        {"loaded", json_text(certs::to_text(state.last_reload.loaded))},
        {"former_generations", state.pinned},
        {"last_reload", reload_object(state)},
        {"log_level", json_text(certs::word_for(profiles::kLogLevels, log::level()))},
        {"listeners", json_list(
                          state.listening,
                          [](const ProcessState::Listening& one) {
                              return json::object{
                                  {"name", json_text(one.name)},
                                  {"address", json_text(one.address)}};
                          }
                      )},
        {"connections", connections_object(measured.workers)},
        {"circuits", circuit_objects(measured.workers)},
        {"workers", worker_objects(measured)},
        {"profiles", profile_objects(generation, measured.now)},
        {"certificates", certificate_objects(generation, measured.now)},
        {"danger_switches", danger_objects(generation.configuration())},
        {"warnings", json_list(generation.warnings())},
    };
}

}  // namespace countersign::proxy::admin
