#include "proxy/admin/readiness.hpp"

#include "certs/text/phrase.hpp"

namespace countersign::proxy::admin {

std::vector<std::string> not_ready_because(
    const ProcessState& state, std::chrono::system_clock::time_point now
) {
    std::vector<std::string> reasons;
    if (state.draining) reasons.emplace_back("The proxy is stopping: it takes nothing new.");
    if (!state.serving) reasons.emplace_back("The listeners are not open yet.");
    if (state.generation == nullptr) return reasons;
    const auto& profiles = state.generation->profiles().profiles();
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        const tls::TlsContext& tls = *state.generation->route(static_cast<std::int32_t>(i)).tls;
        const certs::Identity* const identity = tls.identity();
        if (identity == nullptr) continue;
        const std::string why = generation::unusable_because(tls, now);
        if (why.empty()) continue;
        reasons.push_back(
            "Profile '" + profiles[i].name + "': its identity '" + identity->subject() +
            "' (certificate record '" + *profiles[i].key_store + "') " + why +
            "; its requests are answered with 503."
        );
    }
    return reasons;
}

std::vector<std::string> ready_although(const ProcessState& state) {
    const LastReload& last = state.last_reload;
    if (last.successful()) return {};
    const std::size_t count = last.problems.size() + last.key_material_problems.size();
    return {
        "The last reload was refused, with " + certs::counted(count, "problem") +
        "; what was loaded before goes on. /status has the problems."};
}

}  // namespace countersign::proxy::admin
