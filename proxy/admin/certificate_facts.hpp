#pragma once

#include <boost/json/object.hpp>
#include <chrono>

#include "certs/lint/finding.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::proxy::admin {

/// What is told of a certificate wherever one is shown.
boost::json::object certificate_facts(
    const X509* certificate, std::chrono::system_clock::time_point now
);

/// And of what lint finds.
boost::json::object finding_facts(const certs::Finding& finding);

}  // namespace countersign::proxy::admin
