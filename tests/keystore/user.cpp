#include "tests/keystore/user.hpp"

#include <stdexcept>

#include "tests/support/process.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {

User::User() { files_.write("pw", std::string{kPassword} + "\n"); }

Ended User::run(std::vector<std::string> argv) const {
    const std::string name = argv.at(0);
    Process process{
        std::move(argv),
        {.environment = {{"LC_ALL", "C.UTF-8"}, {"JAVA_TOOL_OPTIONS", ""}},
         .directory = files_.path()}};
    const auto status = process.wait_for_exit(std::chrono::seconds{60});
    if (!status) throw std::runtime_error{name + " does not end: " + process.errors()};
    return {*status, process.output(), process.errors()};
}

Ended User::keystore(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {countersign_binary(), "keystore"});
    return run(std::move(arguments));
}

std::string User::must(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--password-file", "pw"});
    std::string line;
    for (const std::string& argument : arguments) line += argument + " ";
    const Ended ended = keystore(std::move(arguments));
    if (ended.status != 0) throw std::runtime_error{line + ": " + ended.errors + ended.output};
    return ended.output + ended.errors;
}

Issued User::sign(const Ca& authority, std::string_view request, const std::string& common_name)
    const {
    return authority.issue_for(read_bytes(files_ / request), common_name);
}

}  // namespace countersign::tests
