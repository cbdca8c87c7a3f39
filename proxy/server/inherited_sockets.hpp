#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::server {

/// Listening sockets that the service manager has opened for this process, by systemd's protocol
/// ($LISTEN_FDS, $LISTEN_FDNAMES). Each is for the listener of its name. They stay open for as long
/// as this lives: a listener that a reload takes away and another one gives back has its socket
/// again.
class InheritedSockets {
public:
    /// What this process's environment says it was given; nothing where $LISTEN_PID is another's.
    /// To be called before descriptors are opened, once.
    static InheritedSockets of_this_process();

    /// A descriptor of its own of the socket of that name; nullopt where there is none.
    std::optional<net::UniqueFd> find(std::string_view name) const;
    bool empty() const { return sockets_.empty(); }
    std::vector<std::string> names() const;

private:
    struct Socket {
        std::string name;
        net::UniqueFd fd;
    };
    std::vector<Socket> sockets_;
};

}  // namespace countersign::proxy::server
