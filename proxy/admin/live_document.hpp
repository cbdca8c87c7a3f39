#pragma once

#include <boost/json/object.hpp>

#include "proxy/admin/metrics_page.hpp"

namespace countersign::proxy::admin {

/// How the proxy is at this moment, for who watches: totals since the start, which only grow, and
/// what there is now.
boost::json::object live_document(const Measured& measured);

}  // namespace countersign::proxy::admin
