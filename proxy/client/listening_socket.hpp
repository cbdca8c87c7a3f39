#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "profiles/configuration.hpp"
#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::client {

/// One listener's open sockets, one for each worker, and the address that it really has (a port
/// that was chosen by the system). Closes what no worker has taken; a unix socket's file is removed
/// at the end.
class ListeningSocket {
public:
    /// `joins`: this process has another socket of the same port, which this may join. Throws
    /// std::runtime_error with a sentence: what is wrong, and what to do.
    ListeningSocket(const profiles::Listener& listener, std::uint32_t workers, bool joins = false);
    /// Of a socket that the service manager listens at. All workers accept from that one: what
    /// waits in it outlives this process. The address is the socket's own, and what `allow` and the
    /// kind of address say must fit it. Throws as above.
    ListeningSocket(
        const profiles::Listener& listener, std::uint32_t workers, net::UniqueFd inherited
    );
    ~ListeningSocket();
    ListeningSocket(ListeningSocket&&) noexcept = default;
    ListeningSocket& operator=(ListeningSocket&&) = delete;

    const profiles::Listener& listener() const { return listener_; }
    /// The same address under other rules. Gives a unix socket's file its new mode and group;
    /// error: a sentence, and the file's are as far as that came.
    std::string follow(const profiles::Listener& listener);
    const profiles::ListenAddress& bound() const { return bound_; }
    /// Bound to [::], it answers at IPv4 addresses, too.
    bool answers_at_ipv4() const { return answers_at_ipv4_; }
    /// This worker's socket, once.
    net::UniqueFd take(std::uint32_t worker) { return std::move(sockets_[worker]); }

private:
    void open_tcp(const profiles::TcpAddress& address, std::uint32_t workers, bool joins);
    void open_unix(const profiles::UnixAddress& address, std::uint32_t workers);
    void share(std::uint32_t workers);

    profiles::Listener listener_;
    profiles::ListenAddress bound_;
    std::vector<net::UniqueFd> sockets_;
    bool answers_at_ipv4_ = false;
    std::string file_;  ///< of a unix socket: what tells it from a successor's of the same path
};

}  // namespace countersign::proxy::client
