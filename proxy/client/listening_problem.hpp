#pragma once

#include <sys/un.h>

#include <string>

#include "profiles/configuration.hpp"

namespace countersign::proxy::client {

/// Why a listener's address cannot be listened at, and what to do about it. `error`: what the
/// system said; EEXIST: what stands at a unix socket's path is no socket.
std::string listening_failure(const profiles::Listener& listener, int error);

/// What would keep this process from listening there; EADDRINUSE where something has the port or
/// path now, 0 where nothing is in the way. Listens nowhere and makes no file; TCP addresses are
/// bound for a moment, as `run` binds them, which a proxy that is starting does not notice.
int listening_obstacle(const profiles::Listener& listener);

/// Fills in `address`; ENAMETOOLONG where the path is too long, else 0.
int unix_address(const profiles::UnixAddress& from, sockaddr_un& address);

/// What is in the way where a file is at that path already: EEXIST, no socket; EADDRINUSE, somebody
/// listens on it; 0, nobody does, it is left over from a process that was killed.
int occupied(const sockaddr_un& address);

}  // namespace countersign::proxy::client
