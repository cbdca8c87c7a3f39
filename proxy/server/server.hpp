#pragma once

#include <memory>

#include "proxy/generation/generation.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::server {

/// Runs the data plane in the foreground: opens the listeners, starts the workers, and waits for
/// signals. SIGTERM and SIGINT drain and stop, a second one stops at once; SIGHUP, SIGUSR1 and
/// SIGUSR2 are logged. Returns when everything
/// has ended. Throws std::runtime_error with a sentence where a listener or the access log cannot
/// be opened.
void serve_until_stopped(
    std::shared_ptr<const generation::Generation> generation, const log::ProgramLog& program_log
);

}  // namespace countersign::proxy::server
