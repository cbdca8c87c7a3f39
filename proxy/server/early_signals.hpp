#pragma once

namespace countersign::proxy::server {

/// What signals do from the first lines of `run` until it serves. SIGTERM and SIGINT end it, with
/// status 0, also where it is the first process of a container, which nothing ends that it does not
/// handle itself. SIGHUP is remembered. All others that a script may send do nothing. What is left
/// of processes that became its children is collected by the system.
void catch_early_signals();

/// Whether SIGHUP has come since.
bool reload_was_asked_early();

}  // namespace countersign::proxy::server
