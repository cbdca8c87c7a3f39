#include "tests/scenarios/explained.hpp"

#include <sstream>

#include "tests/support/process.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {

std::string Explained::value(const std::string& name) const {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name + " ")) {
            return line.substr(line.find_first_not_of(' ', name.size()));
        }
    }
    return "";
}

Explained explain(const std::filesystem::path& file, const std::vector<std::string>& arguments) {
    std::vector<std::string> command{countersign_binary(), "explain", "-c", file.string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    Process process{command};
    const auto status = process.wait_for_exit();
    return {status, process.output(), process.errors()};
}

}  // namespace countersign::tests
