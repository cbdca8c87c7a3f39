#include "tests/support/proxy_under_test.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace countersign::tests {
namespace {

constexpr std::string_view kOneListener = "listeners: [{ name: apps, address: 127.0.0.1:0 }]\n";

constexpr std::string_view kListening = "listening on ";

bool has_listeners(const std::string& yaml) {
    return yaml.starts_with("listeners:") || yaml.find("\nlisteners:") != std::string::npos;
}

bool has_admin(const std::string& yaml) {
    return yaml.starts_with("admin:") || yaml.find("\nadmin:") != std::string::npos;
}

/// Many run at a time, and one could have the default admin address.
std::string with_listener(const std::string& yaml) {
    std::string text = has_listeners(yaml) ? yaml : std::string{kOneListener} + yaml;
    if (has_admin(text)) return text;
    if (!text.ends_with('\n')) text += '\n';
    return text + "admin: off\n";
}

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream{text};
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

/// The first whole line of what `text` gives that has all of these parts, once there is one.
template <class Text>
std::string line_with(
    const std::vector<std::string>& parts, const std::string& what, const Text& text
) {
    std::string found;
    wait_until(what, [&] {
        const std::string all = text();
        for (std::string& line : lines_of(all.substr(0, all.rfind('\n') + 1))) {
            const bool has_all = std::all_of(parts.begin(), parts.end(), [&](const auto& part) {
                return line.find(part) != std::string::npos;
            });
            if (!has_all) continue;
            found = std::move(line);
            return true;
        }
        return false;
    });
    return found;
}

std::vector<std::string> command(const std::filesystem::path& file, const std::string& before) {
    std::vector<std::string> run{countersign_binary(), "run", "-c", file.string()};
    if (before.empty()) return run;
    std::vector<std::string> shell{"/bin/sh", "-c", before + "; exec \"$0\" \"$@\""};
    shell.insert(shell.end(), run.begin(), run.end());
    return shell;
}

}  // namespace

std::string countersign_binary() {
    const char* const another = std::getenv("COUNTERSIGN_UNDER_TEST");
    return another == nullptr ? COUNTERSIGN_BINARY : another;
}

ProxyUnderTest::ProxyUnderTest(const std::string& yaml, const Options& options) {
    const std::string text = with_listener(yaml);
    file_ = directory_.write("countersign.yaml", text);
    process_ = std::make_unique<Process>(
        command(file_, options.before), Process::Options{.environment = options.environment}
    );
    const std::size_t expected = count_of(text, " address:") - count_of(text, "admin: { address:");
    wait_until("the proxy listens", [&] {
        if (!process_->running()) {
            throw std::runtime_error{"countersign ended at start:\n" + log() + access_log()};
        }
        return count_of(log(), kListening) >= expected && log().ends_with('\n');
    });

    read_ports();
}

/// The end of what it said, for who reads why a test failed.
void ProxyUnderTest::tell_log() const {
    constexpr std::size_t kEnough = 8000;
    const std::string text = log();
    std::cerr << "the log of countersign " << process_->pid() << ":\n"
              << (text.size() > kEnough ? text.substr(text.size() - kEnough) : text) << '\n';
}

ProxyUnderTest::~ProxyUnderTest() {
    // The first asks it to finish, the second to stop at once.
    for (int i = 0; i < 2 && process_->running(); ++i) {
        process_->send_signal(SIGTERM);
        process_->wait_for_exit(std::chrono::seconds{1});
    }
    const int status = process_->wait_for_exit().value_or(0);
    for (const int signal : {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV}) {
        if (status == 128 + signal)
            ADD_FAILURE() << "the proxy crashed (" << status << ")\n" << log();
    }
    for (const std::string_view report : {"Sanitizer", "runtime error:"}) {
        if (log().find(report) != std::string::npos) ADD_FAILURE() << log();
    }
    if (testing::Test::HasFailure() || std::uncaught_exceptions() > 0) tell_log();
}

/// "… listening on 127.0.0.1:3128 name=apps", "… listening on unix:/run/apps.sock name=local".
void ProxyUnderTest::read_ports() {
    const std::string text = log();
    for (auto at = text.find(kListening); at != std::string::npos;
         at = text.find(kListening, at + 1)) {
        std::istringstream line{text.substr(at + kListening.size())};
        std::string address;
        std::string name;
        line >> address >> name;
        name.erase(0, name.find('=') + 1);
        if (first_.empty()) first_ = name;
        if (address.starts_with("unix:")) continue;
        const std::string port = address.substr(address.rfind(':') + 1);
        ports_[name] = static_cast<std::uint16_t>(std::stoi(port));
    }
}

std::uint16_t ProxyUnderTest::admin_port() const {
    constexpr std::string_view kAdmin = " admin at ";
    const std::string text = log();
    const auto at = text.rfind(kAdmin);
    if (at == std::string::npos) throw std::runtime_error{"no admin address in the log:\n" + text};
    const std::string address = text.substr(at, text.find('\n', at) - at);
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

std::uint16_t ProxyUnderTest::port(const std::string& listener) const {
    const auto found = ports_.find(listener.empty() ? first_ : listener);
    if (found == ports_.end()) {
        throw std::runtime_error{"no listener '" + listener + "' in the log:\n" + log()};
    }
    return found->second;
}

std::vector<std::string> ProxyUnderTest::access_lines(std::size_t count) const {
    wait_until("lines in the access log", [&] { return count_of(access_log(), "\n") >= count; });
    return lines_of(access_log());
}

std::string ProxyUnderTest::access_line_with(const std::vector<std::string>& parts) const {
    return line_with(parts, "a line in the access log", [this] { return access_log(); });
}

std::string ProxyUnderTest::log_line_with(const std::vector<std::string>& parts) const {
    return line_with(parts, "a line in the log with '" + parts.front() + "'", [this] {
        return log();
    });
}

void ProxyUnderTest::write_configuration(const std::string& yaml) const {
    directory_.write("countersign.yaml", with_listener(yaml));
}

std::string ProxyUnderTest::reload(const std::string& yaml) {
    write_configuration(yaml);
    return reload();
}

std::string ProxyUnderTest::reload() {
    std::string said = try_reload();
    EXPECT_EQ(said.find(": not reloaded; "), std::string::npos) << said;
    return said;
}

std::string ProxyUnderTest::try_reload(const std::string& yaml) {
    write_configuration(yaml);
    return try_reload();
}

void ProxyUnderTest::ask_to_reload() {
    constexpr int kTries = 4;
    constexpr auto kHearsWithin = std::chrono::seconds{5};
    const std::size_t before = log().size();
    for (int tried = 0; tried < kTries; ++tried) {
        process_->send_signal(SIGHUP);
        const auto until = std::chrono::steady_clock::now() + kHearsWithin;
        while (std::chrono::steady_clock::now() < until) {
            if (log().find(" SIGHUP: ", before) != std::string::npos) return;
            pause_between_looks();
        }
    }
    fail_waiting("it hears SIGHUP");
}

std::string ProxyUnderTest::try_reload() {
    const std::size_t before = log().size();
    ask_to_reload();
    // Lines of an earlier reload may be written only now.
    const std::size_t begin = log().find(" SIGHUP: ", before);
    std::string said;
    wait_until("the log tells of the reload", [&] {
        said = log().substr(begin);
        const bool ended = said.find(" info reloaded ") != std::string::npos ||
                           said.find(": not reloaded; ") != std::string::npos;
        return ended && said.ends_with('\n');
    });
    read_ports();
    return said;
}

std::optional<int> ProxyUnderTest::stop() {
    process_->send_signal(SIGTERM);
    return process_->wait_for_exit();
}

RefusedStart start_expecting_refusal(const std::string& yaml) {
    const TempDir directory;
    Process process{command(directory.write("countersign.yaml", with_listener(yaml)), {})};
    RefusedStart result{.status = process.wait_for_exit(), .message = process.errors()};
    result.message += process.output();
    return result;
}

}  // namespace countersign::tests
