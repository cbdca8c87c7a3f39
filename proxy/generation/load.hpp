#pragma once

#include <boost/system/result.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/generation/generation.hpp"

namespace countersign::proxy::generation {

/// Why there is no generation: every problem as a line. Key stores are opened only when the
/// configuration itself is right; `hint` says so where there are some that were not.
struct LoadProblems {
    std::vector<std::string> lines;
    std::string_view hint = {};  ///< of static text
};

/// Is shown a configuration that was read and is right, before a key store or another file that it
/// names is opened. What it says against it, a line each: then nothing is loaded.
using Prelude = std::function<std::vector<std::string>(const profiles::Configuration&)>;

/// Reads a configuration and builds its generation: what everybody who loads one has in common, so
/// that they cannot differ. `before`: the one that it is to follow; `vet`: what it keeps of that
/// (Generation::load). `prelude` is not asked of a text that `before` was made of.
boost::system::result<std::shared_ptr<const Generation>, LoadProblems> load(
    const std::filesystem::path& configuration, const Generation* before = nullptr,
    const Vet& vet = {}, const Prelude& prelude = {}
);

}  // namespace countersign::proxy::generation
