#pragma once

#include <cstdint>
#include <string>

#include "profiles/configuration.hpp"

namespace countersign::proxy::server {

/// Raises the soft limit of open files (RLIMIT_NOFILE) to the hard one, and gives what holds then.
std::uint64_t raise_descriptor_limit();

/// The hard limit: what `raise_descriptor_limit` would come to.
std::uint64_t possible_descriptor_limit();

/// File descriptors that limits.client_connections may need: two a client, what the workers have
/// for themselves, and the reserve.
std::uint64_t descriptors_needed(const profiles::Configuration& configuration);

/// What to know where `limit` is less than that, in a few sentences; empty where it is enough.
std::string descriptor_shortage(const profiles::Configuration& configuration, std::uint64_t limit);

}  // namespace countersign::proxy::server
