#pragma once

#include <boost/json/object.hpp>
#include <chrono>

#include "proxy/records/inspection.hpp"

namespace countersign::proxy::admin {

/// What an inspection found, for programs.
boost::json::object inspection_document(
    const records::Inspection& found, std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::admin
