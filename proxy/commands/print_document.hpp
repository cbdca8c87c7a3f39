#pragma once

#include "proxy/admin/json_document.hpp"

namespace countersign::proxy::commands {

using admin::json_list;
using admin::json_text;
using admin::json_text_or_null;

/// What `--json` prints: on standard output, as one line.
void print_document(const boost::json::object& document);

}  // namespace countersign::proxy::commands
