#pragma once

#include <string>
#include <vector>

#include "profiles/profile.hpp"
#include "proxy/http/request_edits.hpp"

namespace countersign::proxy::generation {

/// What a profile changes in the fields of requests, with the values that it sets read from where
/// they are. What is wrong with one goes to `problems`, a sentence each.
http::RequestEdits load_edits(const profiles::Profile& profile, std::vector<std::string>& problems);

}  // namespace countersign::proxy::generation
