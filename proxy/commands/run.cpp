#include "proxy/commands/run.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "profiles/yaml_reader.hpp"
#include "proxy/commands/as_user.hpp"
#include "proxy/generation/load.hpp"
#include "proxy/generation/load_log.hpp"
#include "proxy/log/log.hpp"
#include "proxy/records/interrupted_change.hpp"
#include "proxy/sandbox/sandbox.hpp"
#include "proxy/server/early_signals.hpp"
#include "proxy/server/server.hpp"

namespace countersign::proxy::commands {

namespace {

struct End {
    int status = 0;
    bool whole = true;  ///< false: a thread hangs in a file
};

/// Whether what is written there belongs to whom it does now: the process is not yet who it stays.
bool is_ours(const std::filesystem::path& directory) {
    struct stat status {};
    return ::stat(directory.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

/// The first load, as the user that it stays. What a process before had begun to change in the
/// console's folder is put back first, and `told` says so.
auto load(const std::filesystem::path& configuration, std::string& told) {
    const generation::Prelude become = as_user(configuration, NotRoot::is_an_error);
    bool looked = false;
    const auto look = [&](const profiles::Configuration& read) {
        std::vector<std::string> problems = become(read);
        if (!problems.empty() || !read.console.directory || std::exchange(looked, true))
            return problems;
        told = records::put_back_interrupted(*read.console.directory);
        if (!told.empty()) problems.push_back(told);  // what was read is not what is there now
        return problems;
    };
    auto generation = generation::load(configuration, nullptr, {}, look);
    if (generation || (looked && told.empty())) return generation;
    if (!looked) {  // that change may be why it could not be read
        const auto directory = profiles::read_console_directory(configuration);
        if (directory && is_ours(*directory)) told = records::put_back_interrupted(*directory);
        if (told.empty()) return generation;
    }
    return generation::load(configuration, nullptr, {}, look);
}

End run(const std::filesystem::path& configuration) {
    server::catch_early_signals();
    // There is one thread until the process is who it stays, and has given up what it can: the log
    // has one of its own, and nothing is told before.
    std::string put_back;
    auto generation = load(configuration, put_back);
    sandbox::Sandbox sandbox;
    if (generation) sandbox = sandbox::Sandbox::enter((*generation)->configuration());
    log::ProgramLog log;
    const auto tell_put_back = [&put_back] {
        if (!put_back.empty()) log::warning("{}", put_back);
    };
    if (!generation) {
        tell_put_back();
        generation::log_problems(generation.error(), configuration, "not started");
        return {1};
    }
    log.follow((*generation)->configuration().log);
    tell_put_back();
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
