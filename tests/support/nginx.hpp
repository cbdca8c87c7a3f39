#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/listening_socket.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// A real nginx that demands client certificates, on a port of its own. Its locations:
///
///     /whoami    the client as nginx sees it, one "name=value" a line: subject, verify,
///     connection, reused, protocol,
///                server_name, host, via, method, uri
///     /echo      the request's body, however it was framed (text without line ends)
///     /upload    takes a body of any size and answers with the number of bytes
///     /big       a file of `big_file_bytes` zero bytes
///     /slow      the same file, 64 KiB a second
///     /status/N  an empty answer with status 204 or 304
///
/// Runs until the object goes.
class Nginx {
public:
    struct Options {
        std::filesystem::path certificate;  ///< PEM, with its chain
        std::filesystem::path key;          ///< PEM
        std::filesystem::path client_ca;    ///< PEM; empty: no client certificate is asked for
        std::string protocols = "TLSv1.2 TLSv1.3";
        std::uint64_t big_file_bytes = 1 << 20;
        int keepalive_requests = 1'000'000;
        std::string extra = {};  ///< more directives for the server block
    };

    explicit Nginx(const Options& options);
    Nginx(const Nginx&) = delete;
    Nginx& operator=(const Nginx&) = delete;
    ~Nginx();

    std::uint16_t port() const { return socket_.port(); }
    /// "127.0.0.1:PORT".
    std::string authority() const { return "127.0.0.1:" + std::to_string(port()); }
    /// Ends nginx, which lets it finish what it is doing, and gives one line for each request that
    /// it had: "connection "subject" method uri status request_bytes".
    std::vector<std::string> end_and_read_log();

private:
    std::string configuration(const Options& options) const;

    TempDir directory_;
    ListeningSocket socket_;
    std::unique_ptr<Process> process_;
};

/// The value of "name=value" in what /whoami answered.
std::string value_of(const std::string& whoami, const std::string& name);

}  // namespace countersign::tests
