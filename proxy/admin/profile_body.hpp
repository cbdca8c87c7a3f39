#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "certs/edit/edit_error.hpp"

namespace countersign::proxy::admin {

/// What the body of a call gives for a profile: `profile`, an object with the keys of the
/// configuration, or `yaml`, the same as people write it. It is read back from the file that is
/// written of it as the very same object, or refused.
certs::EditResult<boost::json::object> profile_in(std::string_view body);

}  // namespace countersign::proxy::admin
