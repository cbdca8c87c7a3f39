#include "tests/support/listening_sockets.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

/// The inodes of what listens at a port, as the kernel's tables have them: one line a socket, with
/// `ADDRESS:PORT` in hexadecimal digits as its second field, the state (0A: listens) as its fourth,
/// and the inode as its tenth.
std::set<std::string> listening_at(std::uint16_t port) {
    std::set<std::string> inodes;
    for (const char* const table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream file{table};
        std::string line;
        std::getline(file, line);  // the columns' names
        while (std::getline(file, line)) {
            std::istringstream fields{line};
            std::string local;
            std::string state;
            std::string inode;
            std::string skipped;
            fields >> skipped >> local >> skipped >> state >> skipped >> skipped >> skipped >>
                skipped >> skipped >> inode;
            const std::string digits = local.substr(local.rfind(':') + 1);
            if (state == "0A" && std::stoul(digits, nullptr, 16) == port) inodes.insert(inode);
        }
    }
    return inodes;
}

}  // namespace

ListeningSockets::ListeningSockets(std::uint16_t port) : port_{port}, inodes_{listening_at(port)} {
    if (inodes_.empty()) {
        throw std::runtime_error{"nothing listens at port " + std::to_string(port)};
    }
}

void ListeningSockets::wait_until_closed() const {
    wait_until("nothing listens at port " + std::to_string(port_), [this] {
        for (const std::string& one : listening_at(port_)) {
            if (inodes_.contains(one)) return false;
        }
        return true;
    });
}

}  // namespace countersign::tests
