#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace countersign::proxy::sandbox {

inline constexpr int kEnded = 250;  ///< the child did not come to an end by itself

/// What `act` returns in a process of its own, 0 to 200: what that gives up, the test keeps.
template <class Act>
int in_child(Act act) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(act());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : kEnded;
}

}  // namespace countersign::proxy::sandbox
