#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <optional>
#include <string>

#include "proxy/explain/imagined_request.hpp"
#include "proxy/failure.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/probe/trial.hpp"

namespace countersign::proxy::explain {

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

/// Which connection is to be tried.
struct ProbeQuestion {
    ImaginedRequest asked;
    std::string method = {};  ///< of the request; empty: one that changes nothing
    bool asks = true;         ///< false: no request is sent
    bool alone = false;       ///< nobody is told of the generation's profile
};

boost::system::result<ProbedDestination, NoDestination> find_destination(
    const std::shared_ptr<const generation::Generation>& generation, const ProbeQuestion& question
);

}  // namespace countersign::proxy::explain
