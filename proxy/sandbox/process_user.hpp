#pragma once

#include <string>

#include "profiles/configuration.hpp"

namespace countersign::proxy::sandbox {

/// Whether this process is another user than that one.
bool is_another(const profiles::ProcessUser& user);
/// Whether it may become another one: it is root.
bool may_become_another();

/// Makes this process that user's, with the user's groups, for good. Of what root may do it keeps
/// to listen on ports below 1024 alone, so that a reload may. Before there is a second thread. Why
/// it could not, as a sentence; empty where it could, or nothing was to be done. After a failure
/// the process is of no use.
std::string become(const profiles::ProcessUser& user);

}  // namespace countersign::proxy::sandbox
