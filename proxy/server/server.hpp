#pragma once

#include <filesystem>
#include <memory>

#include "proxy/generation/generation.hpp"
#include "proxy/log/log.hpp"
#include "proxy/sandbox/sandbox.hpp"

namespace countersign::proxy::server {

/// Runs the data plane in the foreground: opens the listeners, starts the workers, and waits for
/// signals. SIGTERM and SIGINT drain and stop, a second one stops at once; SIGHUP loads
/// `configuration` again, of which `generation` was made; SIGUSR1 opens the access log anew.
/// Returns when everything has ended; false: but a load that hangs in a file, on a thread of its
/// own. `sandbox`: what this process has given up. Throws std::runtime_error with a sentence where
/// a listener or the access log cannot be opened.
bool serve_until_stopped(
    const std::filesystem::path& configuration,
    std::shared_ptr<const generation::Generation> generation, log::ProgramLog& program_log,
    const sandbox::Sandbox& sandbox
);

}  // namespace countersign::proxy::server
