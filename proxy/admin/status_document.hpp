#pragma once

#include <boost/json/object.hpp>

#include "proxy/admin/metrics_page.hpp"

namespace countersign::proxy::admin {

/// How the proxy is, for operators' programs: what serves, since when and where, identities and
/// when they end, connections, and what came of the last reload.
boost::json::object status_document(const Measured& measured);

}  // namespace countersign::proxy::admin
