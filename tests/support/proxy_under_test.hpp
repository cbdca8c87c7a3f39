#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// The path of the program that the tests run: that of their own build, or what the environment
/// names as COUNTERSIGN_UNDER_TEST.
std::string countersign_binary();

/// `countersign run` with a configuration of the test's, and the ports that it listens on.
class ProxyUnderTest {
public:
    struct Options {
        std::map<std::string, std::string> environment = {};
        std::string before = {};  ///< what a shell does first: "ulimit -n 64"
    };

    /// Starts it and waits until every listener is there. `yaml` has no `listeners:` where one on a
    /// free port will do. Throws, with what it printed, where it does not start.
    explicit ProxyUnderTest(const std::string& yaml) : ProxyUnderTest{yaml, Options{}} {}
    ProxyUnderTest(const std::string& yaml, const Options& options);
    ProxyUnderTest(const ProxyUnderTest&) = delete;
    ProxyUnderTest& operator=(const ProxyUnderTest&) = delete;
    /// Stops it. What a sanitizer has written into its log fails the test.
    ~ProxyUnderTest();

    /// The port of the listener of that name; of the first where none is named.
    std::uint16_t port(const std::string& listener = {}) const;
    /// Of `admin: { address: 127.0.0.1:0 }`, the last one that the log tells; throws where there is
    /// none. Without `admin:` in the configuration it is off.
    std::uint16_t admin_port() const;
    HttpClient connect() const { return HttpClient::tcp(port()); }
    /// One request on a connection of its own.
    Response exchange(std::string_view request) const { return connect().exchange(request); }

    Process& process() const { return *process_; }
    /// Standard output: the access log.
    std::string access_log() const { return process_->output(); }
    /// The access log's lines, once there are at least `count` of them. They stand in the order of
    /// the exchanges of one client connection only: each worker hands over its own.
    std::vector<std::string> access_lines(std::size_t count) const;
    /// The first line of the access log that has all of these parts, once there is one.
    std::string access_line_with(const std::vector<std::string>& parts) const;
    /// Standard error.
    std::string log() const { return process_->errors(); }
    /// The first line of it that has all of these parts, once there is one.
    std::string log_line_with(const std::vector<std::string>& parts) const;
    /// Writes the configuration anew, `yaml` as at the start, and sends no signal.
    void write_configuration(const std::string& yaml) const;
    /// Writes the configuration anew, `yaml` as at the start, sends SIGHUP, and waits for what the
    /// log says of it: its lines about the reload. A reload that is refused fails the test.
    std::string reload(const std::string& yaml);
    /// The same without another configuration.
    std::string reload();
    /// The same where it may be refused.
    std::string try_reload(const std::string& yaml);
    std::string try_reload();
    /// Sends SIGHUP, and returns when the log has the answer to it. The thread sanitizer loses a
    /// signal that a thread gets while it is being started: so it is sent again where nothing is
    /// said for some seconds.
    void ask_to_reload();
    /// Sends SIGTERM and gives the exit status.
    std::optional<int> stop();

private:
    void read_ports();
    void tell_log() const;

    TempDir directory_;
    std::filesystem::path file_;
    std::unique_ptr<Process> process_;
    std::string first_;
    std::map<std::string, std::uint16_t> ports_;
};

/// What `countersign run` did with a configuration that it must not accept.
struct RefusedStart {
    std::optional<int> status;  ///< nullopt: it started, and ran on
    std::string message;
};
RefusedStart start_expecting_refusal(const std::string& yaml);

}  // namespace countersign::tests
