#pragma once

#include <cstdint>
#include <string>

#include "profiles/configuration.hpp"

namespace countersign::proxy::client {

/// Why this process may not give a unix socket to the listener's group, as a sentence; empty where
/// it may, or is not asked to.
std::string group_problem(const profiles::Listener& listener);

/// What the file of a unix socket is made with, less what the umask takes away.
std::uint32_t first_mode(const profiles::Listener& listener);

/// Gives the file of a unix socket, which nobody listens on yet, to the listener's group, and then
/// its mode. What stands there instead of a socket is left alone. Null, or the step that failed,
/// with errno.
const char* give_access(const char* path, const profiles::Listener& listener);

}  // namespace countersign::proxy::client
