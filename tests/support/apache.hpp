#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// A real Apache that asks for a client certificate when it has read the request, and only for
/// paths below /secret/: in TLS 1.2 by renegotiation, in TLS 1.3 after the handshake. It answers
/// /open and /secret/file with 200, and says in X-Subject who has asked. Runs until the object
/// goes.
class Apache {
public:
    struct Options {
        std::filesystem::path certificate;  ///< PEM, with its chain
        std::filesystem::path key;          ///< PEM
        std::filesystem::path client_ca;    ///< PEM
        std::string protocol = "TLSv1.2";   ///< or "TLSv1.3"
    };

    explicit Apache(const Options& options);
    Apache(const Apache&) = delete;
    Apache& operator=(const Apache&) = delete;
    ~Apache();

    std::uint16_t port() const { return port_; }
    /// "127.0.0.1:PORT".
    std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }

private:
    bool start(const Options& options);

    TempDir directory_;
    std::uint16_t port_ = 0;
    std::unique_ptr<Process> process_;
};

}  // namespace countersign::tests
