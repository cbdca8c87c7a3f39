#pragma once

#include <boost/json/object.hpp>

#include "proxy/explain/explanation.hpp"

namespace countersign::proxy::admin {

/// What happens to a request and why, for programs.
boost::json::object explanation_document(const explain::Explanation& found);

}  // namespace countersign::proxy::admin
