#include "tests/support/gnutls_server.hpp"

#include <stdexcept>

#include "tests/support/listening_socket.hpp"

namespace countersign::tests {

GnutlsServer::GnutlsServer(const Options& options) {
    // The port that was free may be somebody's when it comes.
    for (int attempt = 0; attempt < 5; ++attempt) {
        if (start(options)) return;
    }
    throw std::runtime_error{"gnutls-serv ended:\n" + process_->errors()};
}

bool GnutlsServer::start(const Options& options) {
    {
        const ListeningSocket free;
        port_ = free.port();
    }
    std::vector<std::string> command{
        "gnutls-serv",
        "--http",
        "--disable-client-cert",
        "--port",
        std::to_string(port_),
        "--x509certfile",
        options.certificate.string(),
        "--x509keyfile",
        options.key.string(),
        "--priority",
        options.priority};
    Process::Options how;
    if (!options.key_log.empty()) how.environment["SSLKEYLOGFILE"] = options.key_log.string();
    process_ = std::make_unique<Process>(std::move(command), how);
    // It says so of IPv4 and of IPv6, and goes on with one of them: who comes by IPv4 would be
    // refused where somebody else has the port there.
    const std::string listens = "IPv4 0.0.0.0 port " + std::to_string(port_) + "...done";
    bool refused = false;
    wait_until("gnutls-serv listens", [&] {
        const bool ended = !process_->running();
        const std::string said = process_->errors();
        refused = ended || said.find("bind() failed") != std::string::npos;
        return refused || said.find(listens) != std::string::npos;
    });
    return !refused;
}

}  // namespace countersign::tests
