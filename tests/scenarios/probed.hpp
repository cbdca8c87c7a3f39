#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {

/// What `countersign probe` printed, and how it ended.
struct Told {
    int status = -1;
    std::string text;
    std::string errors;

    /// Behind the name that stands in front of a line; of the first such line.
    std::string value(const std::string& name) const {
        std::string front = name;
        front.resize(12, ' ');
        const std::size_t at = text.starts_with(front) ? 0 : text.find("\n" + front);
        if (at == std::string::npos) return {};
        const std::size_t begin = text.find(front, at) + front.size();
        return text.substr(begin, text.find('\n', begin) - begin);
    }
};

/// Runs it in the partner's folder.
class ProbeTest : public testing::Test {
protected:
    Told probe(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {countersign_binary(), "probe"});
        Process process{std::move(arguments), {.directory = partner_.files().path()}};
        const auto status = process.wait_for_exit();
        return {status.value_or(-1), process.output(), process.errors()};
    }
    Told probe_by(const std::string& configuration, std::vector<std::string> arguments) const {
        const auto file = partner_.files().write("countersign.yaml", configuration);
        arguments.insert(arguments.end(), {"-c", file.string()});
        return probe(std::move(arguments));
    }
    static std::string url(std::uint16_t port) {
        return "https://127.0.0.1:" + std::to_string(port) + "/whoami";
    }

    const Partner partner_;
};

}  // namespace countersign::tests
