#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>

namespace countersign::proxy {
}
