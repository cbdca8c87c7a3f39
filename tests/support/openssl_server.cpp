#include "tests/support/openssl_server.hpp"

#include <stdexcept>
#include <string_view>

namespace countersign::tests {

OpensslServer::OpensslServer(const Options& options) {
    std::vector<std::string> command{
        "openssl",
        "s_server",
        "-accept",
        "127.0.0.1:0",
        "-www",
        "-cert",
        options.certificate.string(),
        "-key",
        options.key.string()};
    if (!options.chain.empty()) {
        command.insert(command.end(), {"-cert_chain", options.chain.string()});
    }
    command.insert(command.end(), options.more.begin(), options.more.end());
    process_ = std::make_unique<Process>(std::move(command));
    // "ACCEPT 127.0.0.1:40123"
    constexpr std::string_view kTold = "ACCEPT 127.0.0.1:";
    wait_until("openssl s_server listens", [&] {
        if (!process_->running()) {
            throw std::runtime_error{"openssl s_server ended:\n" + process_->errors()};
        }
        const std::string told = process_->output();
        const auto at = told.find(kTold);
        if (at == std::string::npos || told.find('\n', at) == std::string::npos) return false;
        port_ = static_cast<std::uint16_t>(std::stoi(told.substr(at + kTold.size())));
        return true;
    });
}

}  // namespace countersign::tests
