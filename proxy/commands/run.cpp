#include "proxy/commands/run.hpp"

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "proxy/commands/as_user.hpp"
#include "proxy/generation/load.hpp"
#include "proxy/generation/load_log.hpp"
#include "proxy/log/log.hpp"
#include "proxy/sandbox/sandbox.hpp"
#include "proxy/server/early_signals.hpp"
#include "proxy/server/server.hpp"

namespace countersign::proxy::commands {

namespace {

struct End {
    int status = 0;
    bool whole = true;  ///< false: a thread hangs in a file
};

End run(const std::filesystem::path& configuration) {
    server::catch_early_signals();
    // There is one thread until the process is who it stays, and has given up what it can: the log
    // has one of its own, and nothing is told before.
    auto generation =
        generation::load(configuration, nullptr, {}, as_user(configuration, NotRoot::is_an_error));
    sandbox::Sandbox sandbox;
    if (generation) sandbox = sandbox::Sandbox::enter((*generation)->configuration());
    log::ProgramLog log;
    if (!generation) {
        generation::log_problems(generation.error(), configuration, "not started");
        return {1};
    }
    log.follow((*generation)->configuration().log);
    generation::log_remarks(**generation);
    try {
        return {
            0, server::serve_until_stopped(configuration, std::move(*generation), log, sandbox)};
    } catch (const std::runtime_error& error) {
        log::error("{}", error.what());
        return {1};
    }
}

}  // namespace

int run_command(const std::filesystem::path& configuration) {
    const End end = run(configuration);
    // What the end of a program takes apart, OpenSSL's memory above all, that thread still uses.
    if (!end.whole) std::_Exit(end.status);
    return end.status;
}

}  // namespace countersign::proxy::commands
