#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/process.hpp"

namespace countersign::tests {

/// A real server on GnuTLS, which can be what no server on OpenSSL can: its priority string says
/// what it lacks. It answers each GET with a page that names the TLS version. Runs until the object
/// goes.
class GnutlsServer {
public:
    struct Options {
        std::filesystem::path certificate;   ///< PEM, with its chain
        std::filesystem::path key;           ///< PEM
        std::string priority;                ///< "NORMAL:%DISABLE_SAFE_RENEGOTIATION"
        std::filesystem::path key_log = {};  ///< what it writes the keys of its connections to
    };

    explicit GnutlsServer(const Options& options);
    GnutlsServer(const GnutlsServer&) = delete;
    GnutlsServer& operator=(const GnutlsServer&) = delete;

    std::uint16_t port() const { return port_; }

private:
    bool start(const Options& options);

    std::uint16_t port_ = 0;
    std::unique_ptr<Process> process_;
};

}  // namespace countersign::tests
