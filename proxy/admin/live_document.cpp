#include "proxy/admin/live_document.hpp"

#include <numeric>

#include "certs/certificate.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/readiness.hpp"

namespace countersign::proxy::admin {

boost::json::object live_document(const Measured& measured) {
    const metrics::WorkerSnapshot& workers = measured.workers;
    std::uint64_t exchanges = 0;
    boost::json::array failures;
    for (const auto& [profile, counts] : workers.exchanges.profiles()) {
        exchanges +=
            std::accumulate(counts.by_class.begin(), counts.by_class.end(), std::uint64_t{0});
        for (const metrics::FailureCounts::Count& one : counts.failures.all()) {
            failures.push_back(boost::json::object{
                {"profile", json_text(profile)},
                {"error", json_text(one.error)},
                {"side", json_text(certs::word_for(kSides, one.side))},
                {"count", one.count},
            });
        }
    }
    return {
        {"at", json_text(certs::to_text(measured.now))},
        {"ready", not_ready_because(measured.state, measured.now).empty()},
        {"generation", measured.state.number},
        {"reloads_refused", measured.state.refused},
        {"exchanges", exchanges},
        {"failures", std::move(failures)},
        {"clients", workers.clients},
        {"in_progress", workers.in_progress},
        {"waiting", workers.pool.waiting},
        {"circuits_open", workers.circuits.open},
    };
}

}  // namespace countersign::proxy::admin
