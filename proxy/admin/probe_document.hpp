#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "proxy/probe/verdict.hpp"

namespace countersign::proxy::admin {

/// What came of probing one destination. `url`: that was asked about; `profile`: empty where there
/// is none.
boost::json::object probe_document(
    const std::string& url, const std::string& profile, const probe::TrialTerms& terms,
    const probe::Trial& trial, const std::vector<probe::OtherTrial>& others,
    const probe::Verdict& verdict, std::chrono::system_clock::time_point now
);

/// The same of one that no request reaches.
boost::json::object refusal_document(const std::string& url, const Failure& refusal);

}  // namespace countersign::proxy::admin
