#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <optional>
#include <string>

#include "proxy/commands/program_syntax.hpp"
#include "proxy/failure.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/probe/trial.hpp"

namespace countersign::proxy::commands {

/// Where a URL leads, by the plan that a request for it would get.
struct ProbedDestination {
    probe::TrialTerms terms;
    std::string profile;  ///< empty: by `unmatched`, or without a configuration
    std::string client;   ///< who asks: "from 127.0.0.1, on listener 'default'"
};

/// Why there is nothing to be tried.
struct NoDestination {
    std::string wrong;               ///< with the question; empty: it is right
    std::optional<Failure> refusal;  ///< what such a request would be answered
};

/// `alone`: the generation is `load_alone`'s, and nobody is told of its profile.
boost::system::result<ProbedDestination, NoDestination> find_destination(
    const std::shared_ptr<const generation::Generation>& generation, const CommandLine& line,
    bool alone
);

}  // namespace countersign::proxy::commands
