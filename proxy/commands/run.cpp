#include "proxy/commands/run.hpp"

#include <csignal>
#include <stdexcept>

#include "proxy/generation/load.hpp"
#include "proxy/generation/load_log.hpp"
#include "proxy/log/log.hpp"
#include "proxy/server/server.hpp"

namespace countersign::proxy::commands {

int run_command(const std::filesystem::path& configuration) {
    // A peer that is gone is an error code, and a closed pipe behind the access log no reason to
    // die.
    std::signal(SIGPIPE, SIG_IGN);
    // What a script sends to see whether it reloads or rotates must not end it, at no time; once it
    // serves, it says what it does about them.
    for (const int signal : {SIGHUP, SIGUSR1, SIGUSR2}) std::signal(signal, SIG_IGN);
    log::ProgramLog log;
    auto generation = generation::load(configuration);
    if (!generation) {
        generation::log_problems(generation.error(), configuration, "not started");
        return 1;
    }
    log.follow((*generation)->configuration().log);
    generation::log_remarks(**generation);
    try {
        server::serve_until_stopped(configuration, *generation, log);
    } catch (const std::runtime_error& error) {
        log::error("{}", error.what());
        return 1;
    }
    return 0;
}

}  // namespace countersign::proxy::commands
