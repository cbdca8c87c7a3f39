#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/admin/record_findings.hpp"
#include "proxy/generation/generation.hpp"

namespace countersign::proxy::admin {

/// The certificate records, in the configuration's order: what each is, how long it lasts, who uses
/// it, and how much lint has to say. `findings`: null: not known yet.
boost::json::array record_objects(
    const generation::Generation& generation, const RecordFindings* findings,
    std::chrono::system_clock::time_point now
);

/// The profiles that present or trust the record of that name.
std::vector<std::string> users_of(
    const profiles::Configuration& configuration, std::string_view record
);

/// One of them with each of its certificates, leaf upwards or as trusted, and what lint says.
boost::json::object record_object(
    const generation::Generation& generation, const profiles::CertificateRecord& record,
    const RecordFindings* findings, std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::admin
