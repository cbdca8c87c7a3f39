#include "tests/scenarios/explained.hpp"

#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>

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

std::vector<std::string> own_addresses() {
    std::vector<std::string> texts;
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return texts;
    for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
        char text[NI_MAXHOST];
        if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
        if (getnameinfo(
                one->ifa_addr, sizeof(sockaddr_in), text, sizeof text, nullptr, 0, NI_NUMERICHOST
            ) == 0) {
            texts.emplace_back(text);
        }
    }
    freeifaddrs(list);
    return texts;
}

}  // namespace countersign::tests
