#include "proxy/server/early_signals.hpp"

#include <csignal>
#include <cstdlib>
#include <initializer_list>

namespace countersign::proxy::server {

namespace {

volatile std::sig_atomic_t g_reload_asked = 0;

void remember(int) { g_reload_asked = 1; }
void end(int) { std::_Exit(0); }

}  // namespace

void catch_early_signals() {
    // A peer that is gone is an error code, and a closed pipe behind the access log no reason to
    // die.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGCHLD, SIG_IGN);
    for (const int signal : {SIGUSR1, SIGUSR2, SIGQUIT, SIGALRM}) std::signal(signal, SIG_IGN);
    std::signal(SIGHUP, remember);
    for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, end);
}

bool reload_was_asked_early() { return g_reload_asked != 0; }

}  // namespace countersign::proxy::server
