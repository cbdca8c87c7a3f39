#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace countersign::tests {

/// The sockets that listen at a TCP port at the time of construction. A connection tried later
/// tells less: it may be refused while one of several sockets is being closed, and another process
/// may have been given the port by then.
class ListeningSockets {
public:
    /// Throws where there are none.
    explicit ListeningSockets(std::uint16_t port);

    /// Returns once none of them listens; throws where that does not come.
    void wait_until_closed() const;

private:
    std::uint16_t port_;
    std::set<std::string> inodes_;
};

}  // namespace countersign::tests
