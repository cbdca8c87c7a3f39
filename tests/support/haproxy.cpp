#include "tests/support/haproxy.hpp"

#include <signal.h>

#include <stdexcept>
#include <string_view>
#include <vector>

namespace countersign::tests {

Haproxy::Haproxy(const Options& options) {
    const std::string descriptor = std::to_string(socket_.descriptor());
    const auto pid_file = directory_ / "pid";
    std::string text = "global\n    pidfile " + pid_file.string() +
                       "\ndefaults\n    mode http\n    timeout client 60s\n    timeout connect 5s\n"
                       "    timeout server 60s\nfrontend all\n    bind fd@";
    text += descriptor + " ssl crt " + options.store.string() + " " + options.bind + "\n";
    text += options.rules;
    text +=
        "    http-request return status 200 content-type text/plain lf-string "
        "\"%[ssl_c_s_dn(CN)]\"\n";
    const auto file = directory_.write("haproxy.cfg", text);
    const std::vector<std::string> check{"haproxy", "-c", "-q", "-f", file.string()};
    Process::Options inherits;
    inherits.inherited = {socket_.descriptor()};
    run(check, inherits);
    process_ = std::make_unique<Process>(
        std::vector<std::string>{"haproxy", "-db", "-f", file.string()}, inherits
    );
}

Haproxy::~Haproxy() {
    process_->send_signal(SIGTERM);
    process_->wait_for_exit(std::chrono::seconds{5});
}

}  // namespace countersign::tests
