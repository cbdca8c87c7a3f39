#pragma once

#include <string_view>

#include "profiles/configuration.hpp"

namespace countersign::proxy::log {

/// What may be told of a request's path, wherever it is: its query stays out unless `log.query`
/// says otherwise.
inline std::string_view shown_path(std::string_view path, const profiles::LogRules& rules) {
    return rules.query ? path : path.substr(0, path.find('?'));
}

}  // namespace countersign::proxy::log
