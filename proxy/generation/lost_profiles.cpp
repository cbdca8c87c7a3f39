#include "proxy/generation/lost_profiles.hpp"

#include <string_view>
#include <unordered_map>

namespace countersign::proxy::generation {

namespace {

std::string unusable(const Route& route, std::chrono::system_clock::time_point now) {
    return unusable_because(*route.tls, now);
}

}  // namespace

std::vector<std::string> lost_profiles(
    const Generation& before, const Generation& next, std::chrono::system_clock::time_point now
) {
    std::unordered_map<std::string_view, const Route*> former;
    const auto& known = before.profiles().profiles();
    for (std::size_t i = 0; i < known.size(); ++i) {
        former[known[i].name] = &before.route(static_cast<std::int32_t>(i));
    }
    std::vector<std::string> lost;
    const auto& profiles = next.profiles().profiles();
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        const auto same = former.find(profiles[i].name);
        if (same == former.end() || !unusable(*same->second, now).empty()) continue;
        const Route& route = next.route(static_cast<std::int32_t>(i));
        const std::string why = unusable(route, now);
        if (why.empty()) continue;
        lost.push_back(
            profiles[i].where + ": profile '" + profiles[i].name +
            "' works now, and would not any more: the certificate " +
            route.tls->identity()->subject() + ", which key store '" + *profiles[i].key_store +
            "' has now, " + why + ". Put one there that is valid"
        );
    }
    return lost;
}

}  // namespace countersign::proxy::generation
