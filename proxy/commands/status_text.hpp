#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

namespace countersign::proxy::commands {

/// What `status` prints of what the proxy has answered, line by line.
std::vector<std::string> status_text(const boost::json::object& status);

}  // namespace countersign::proxy::commands
