#pragma once

#include <string_view>
#include <vector>

namespace countersign::proxy::commands {

/// `countersign keystore …`: makes and keeps key stores. The arguments after the word keystore; the
/// exit status.
int keystore_command(const std::vector<std::string_view>& arguments);

}  // namespace countersign::proxy::commands
