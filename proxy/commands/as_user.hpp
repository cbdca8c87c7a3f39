#pragma once

#include <filesystem>

#include "proxy/generation/load.hpp"

namespace countersign::proxy::commands {

/// Whoever is no root and shall be another: an error, or read as who one is.
enum class NotRoot { is_an_error, stays };

/// Becomes the configuration's `user`, where it was started as root: from then on every file is
/// read as that user, as at a reload. Says which file of the configuration itself that user cannot
/// read.
generation::Prelude as_user(const std::filesystem::path& configuration, NotRoot not_root);

}  // namespace countersign::proxy::commands
