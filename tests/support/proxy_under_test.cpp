#include "tests/support/proxy_under_test.hpp"

#include <signal.h>

#include <regex>
#include <sstream>
#include <stdexcept>

namespace countersign::tests {
namespace {

constexpr std::string_view kOneListener = "listeners: [{ name: apps, address: 127.0.0.1:0 }]\n";

/// "listening on 127.0.0.1:3128 … name=apps", "listening on unix:/run/… name=…".
const std::regex kListening{
    R"(listening on (?:([0-9.]+|\[[0-9a-f:]+\]):(\d+)|unix:\S+)[^\n]*name="?([a-z0-9_-]+))"};

bool has_listeners(const std::string& yaml) {
    return yaml.starts_with("listeners:") || yaml.find("\nlisteners:") != std::string::npos;
}

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

std::vector<std::string> command(const std::filesystem::path& file) {
    return {countersign_binary(), "run", "-c", file.string()};
}

}  // namespace

std::string countersign_binary() { return COUNTERSIGN_BINARY; }

ProxyUnderTest::ProxyUnderTest(const std::string& yaml, const Options& options) {
    const std::string text = has_listeners(yaml) ? yaml : std::string{kOneListener} + yaml;
    const auto file = directory_.write("countersign.yaml", text);
    process_ = std::make_unique<Process>(
        command(file), Process::Options{.environment = options.environment}
    );
    const std::size_t expected = count_of(text, "address:");
    wait_until("the proxy listens", [&] {
        if (!process_->running()) {
            throw std::runtime_error{"countersign ended at start:\n" + log() + access_log()};
        }
        return count_of(log(), "listening on ") >= expected;
    });

    const std::string lines = log();
    for (std::sregex_iterator at{lines.begin(), lines.end(), kListening}, end; at != end; ++at) {
        if (first_.empty()) first_ = (*at)[3];
        if ((*at)[2].matched) {
            ports_[(*at)[3]] = static_cast<std::uint16_t>(std::stoi((*at)[2]));
        }
    }
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
    std::istringstream text{access_log()};
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

std::optional<int> ProxyUnderTest::stop() {
    process_->send_signal(SIGTERM);
    return process_->wait_for_exit();
}

RefusedStart start_expecting_refusal(const std::string& yaml) {
    const TempDir directory;
    const std::string text = has_listeners(yaml) ? yaml : std::string{kOneListener} + yaml;
    Process process{command(directory.write("countersign.yaml", text))};
    RefusedStart result{
        .status = process.wait_for_exit(std::chrono::seconds{5}), .message = process.errors()};
    result.message += process.output();
    return result;
}

}  // namespace countersign::tests
