#pragma once

#include <string_view>

namespace countersign::profiles {

/// The JSON Schema (draft 2020-12) of a configuration file, for editors. It knows exactly the keys
/// that the reader knows, which a test holds it to; what no schema can say (names that must exist,
/// ties) is the reader's to report.
std::string_view configuration_schema();

}  // namespace countersign::profiles
