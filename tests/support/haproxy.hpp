#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/listening_socket.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// A real HAProxy that answers each request itself, with the subject of the client's certificate.
/// Runs until the object goes.
class Haproxy {
public:
    struct Options {
        std::filesystem::path store;  ///< PEM: certificate, chain and key
        std::string bind = {};   ///< what the bind line has more: "verify required ca-file …"
        std::string rules = {};  ///< of the frontend, before it answers
    };

    explicit Haproxy(const Options& options);
    Haproxy(const Haproxy&) = delete;
    Haproxy& operator=(const Haproxy&) = delete;
    ~Haproxy();

    std::uint16_t port() const { return socket_.port(); }

private:
    TempDir directory_;
    ListeningSocket socket_;
    std::unique_ptr<Process> process_;
};

}  // namespace countersign::tests
