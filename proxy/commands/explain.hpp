#pragma once

#include <filesystem>

#include "proxy/explain/imagined_request.hpp"

namespace countersign::proxy::commands {

/// `countersign explain`: loads as run would, prints what would happen to the request, and returns
/// the exit status: 1 where it is refused or the configuration has a problem.
int explain_command(
    const std::filesystem::path& configuration, const explain::ImaginedRequest& asked, bool json
);

}  // namespace countersign::proxy::commands
