#pragma once

#include <sys/un.h>

#include <chrono>
#include <optional>
#include <string_view>

#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::server {

/// Tells the service manager how the proxy is: systemd's notification protocol, one datagram to
/// $NOTIFY_SOCKET for each call. Where there is no such variable nothing happens, and nothing ever
/// waits. `status`: a line for `systemctl status`.
class ServiceManager {
public:
    ServiceManager();

    void ready(std::string_view status) const;
    /// Until the next `ready`.
    void reloading() const;
    void stopping(std::string_view status) const;
    void alive() const;

    /// How often it has to be told `alive`, or it restarts the proxy ($WATCHDOG_USEC); nullopt: it
    /// does not watch.
    std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

private:
    void send(std::string_view text) const;

    net::UniqueFd socket_;
    sockaddr_un address_{};
    socklen_t address_size_ = 0;
    std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace countersign::proxy::server
