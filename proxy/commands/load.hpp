#pragma once

#include <boost/system/result.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "proxy/generation/generation.hpp"

namespace countersign::proxy::commands {

/// Why there is no generation: every problem as a line. Key stores are opened only when the
/// configuration itself is right; `hint` says so where that was not reached.
struct LoadProblems {
    std::vector<std::string> lines;
    std::string hint;
};

/// Reads a configuration and builds its generation: what `run` and `check` have in common, so that
/// they cannot differ.
boost::system::result<std::shared_ptr<const generation::Generation>, LoadProblems> load(
    const std::filesystem::path& configuration
);

}  // namespace countersign::proxy::commands
