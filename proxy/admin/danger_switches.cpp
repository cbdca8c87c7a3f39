#include "proxy/admin/danger_switches.hpp"

#include "profiles/danger.hpp"

namespace countersign::proxy::admin {

std::vector<SwitchOn> switches_on(const profiles::Configuration& configuration) {
    std::vector<SwitchOn> all;
    for (const profiles::Profile& profile : configuration.profiles) {
        for (const profiles::DangerSwitch& one : profiles::kDangerSwitches) {
            if (profile.tls.dangers.has(one.danger)) all.push_back({one.key, &profile});
        }
        if (profile.tls.key_log) all.push_back({profiles::kKeyLog, &profile});
    }
    return all;
}

}  // namespace countersign::proxy::admin
