#pragma once

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "certs/lint/finding.hpp"
#include "profiles/configuration.hpp"

namespace countersign::proxy::admin {

/// What lint finds in one record.
struct RecordLint {
    std::vector<certs::Finding> findings;
    std::string problem;  ///< why its files cannot be opened now; empty: they can
};
RecordLint lint_record(
    const profiles::CertificateRecord& record, const profiles::Configuration& configuration,
    std::chrono::system_clock::time_point now
);

/// The same of each active record, by its name.
using RecordFindings = std::map<std::string, RecordLint>;

/// The same of all that are active. Opens their files, and takes its time; not all of them where
/// it is told to stop.
RecordFindings record_findings(
    const profiles::Configuration& configuration, std::chrono::system_clock::time_point now,
    const std::stop_token& stop
);

}  // namespace countersign::proxy::admin
