#include "proxy/probe/harmless_method.hpp"

#include <algorithm>

namespace countersign::proxy::probe {

std::string_view harmless_method(const profiles::Profile& profile) {
    const auto& methods = profile.methods;
    for (const std::string_view one : kHarmless) {
        if (methods.empty() || std::ranges::find(methods, one) != methods.end()) return one;
    }
    return {};
}

}  // namespace countersign::proxy::probe
