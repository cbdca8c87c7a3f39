#pragma once

#include <boost/system/result.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "proxy/generation.hpp"

namespace countersign::proxy {

/// Reads a configuration and builds its generation: what `run` and `check` have in common, so that
/// they cannot differ. Error: every problem as a line.
boost::system::result<std::shared_ptr<const Generation>, std::vector<std::string>> load(
    const std::filesystem::path& configuration
);

}  // namespace countersign::proxy
