#pragma once

#include <string>
#include <vector>

namespace countersign::proxy::commands {

/// Rows of cells, all with as many, in columns that are as wide as their widest cell.
std::vector<std::string> table_lines(const std::vector<std::vector<std::string>>& rows);

}  // namespace countersign::proxy::commands
