#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace countersign::tests {

/// A real `openssl s_server` on 127.0.0.1, which answers each request with a page about the
/// connection, and then closes it. It takes one connection after the other. Runs until the object
/// goes.
class OpensslServer {
public:
    struct Options {
        std::filesystem::path certificate;  ///< PEM, the leaf
        std::filesystem::path key;          ///< PEM
        std::filesystem::path chain;        ///< PEM, what is sent behind it; empty: nothing
        std::vector<std::string> more;      ///< further arguments: "-tls1_2"
    };

    explicit OpensslServer(const Options& options);
    OpensslServer(const OpensslServer&) = delete;
    OpensslServer& operator=(const OpensslServer&) = delete;

    std::uint16_t port() const { return port_; }

private:
    std::unique_ptr<Process> process_;
    std::uint16_t port_ = 0;
};

}  // namespace countersign::tests
