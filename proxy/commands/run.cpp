#include "proxy/commands/run.hpp"

#include <chrono>
#include <csignal>
#include <stdexcept>

#include "proxy/generation/load.hpp"
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
        const generation::LoadProblems& problems = generation.error();
        for (const std::string& problem : problems.lines) log::error("{}", problem);
        if (!problems.hint.empty()) log::info("{}", problems.hint);
        log::error(
            "{} problem(s) in {}: not started", problems.lines.size(), configuration.string()
        );
        return 1;
    }
    log.follow((*generation)->configuration().log);
    for (const std::string& warning : (*generation)->warnings()) log::warning("{}", warning);
    for (const std::string& note : (*generation)->notes()) log::warning("{}", note);
    generation::log_expiry((*generation)->terms(), std::chrono::system_clock::now());
    try {
        server::serve_until_stopped(*generation, log);
    } catch (const std::runtime_error& error) {
        log::error("{}", error.what());
        return 1;
    }
    return 0;
}

}  // namespace countersign::proxy::commands
