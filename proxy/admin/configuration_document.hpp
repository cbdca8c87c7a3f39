#pragma once

#include <boost/json/object.hpp>

#include "profiles/configuration.hpp"

namespace countersign::proxy::admin {

/// The configuration as it is in force, every default said, under the keys of the YAML. Secrets are
/// told by where they come from; those that stand in the configuration itself, as "<redacted>".
boost::json::object configuration_document(const profiles::Configuration& configuration);

}  // namespace countersign::proxy::admin
