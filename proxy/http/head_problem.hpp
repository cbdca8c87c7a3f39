#pragma once

#include <string>
#include <string_view>

#include "proxy/http/head_reader.hpp"

namespace countersign::proxy::http {

/// What is wrong with the head at the front of `bytes`, and where: "field 3 'X-Y': control
/// character 0x01". `result`: what its reader made of it, `invalid`. No value of a field is told,
/// and a name only where it is one.
std::string head_problem(std::string_view bytes, const HeadResult& result);

}  // namespace countersign::proxy::http
