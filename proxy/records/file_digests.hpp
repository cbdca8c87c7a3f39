#pragma once

#include <map>
#include <string>

namespace countersign::proxy::records {

/// SHA-256 of files, as hexadecimal digits, by their names. No file of a password is in it.
using FileDigests = std::map<std::string, std::string>;

}  // namespace countersign::proxy::records
