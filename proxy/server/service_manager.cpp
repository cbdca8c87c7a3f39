#include "proxy/server/service_manager.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "proxy/server/environment.hpp"

namespace countersign::proxy::server {

namespace {

std::optional<std::chrono::microseconds> watchdog_of_this_process() {
    const auto process = number_in("WATCHDOG_PID");
    if (process && *process != static_cast<std::uint64_t>(::getpid())) return std::nullopt;
    const auto time = number_in("WATCHDOG_USEC");
    if (!time || *time == 0) return std::nullopt;
    return std::chrono::microseconds{*time};
}

std::string monotonic_microseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::to_string(std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000);
}

}  // namespace

// "@name" is a name of the abstract kind, which begins with a zero byte.
ServiceManager::ServiceManager() : watchdog_{watchdog_of_this_process()} {
    const char* const path = std::getenv("NOTIFY_SOCKET");
    if (path == nullptr || (*path != '/' && *path != '@')) return;
    const std::size_t size = std::strlen(path);
    if (size >= sizeof address_.sun_path) return;
    address_.sun_family = AF_UNIX;
    std::memcpy(address_.sun_path, path, size);
    if (*path == '@') address_.sun_path[0] = '\0';
    address_size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
    socket_ = net::UniqueFd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

void ServiceManager::ready(std::string_view status) const {
    send("READY=1\nSTATUS=" + std::string{status});
}

void ServiceManager::reloading() const {
    send("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds() + "\nSTATUS=Reloading");
}

void ServiceManager::stopping(std::string_view status) const {
    send("STOPPING=1\nSTATUS=" + std::string{status});
}

void ServiceManager::alive() const { send("WATCHDOG=1"); }

void ServiceManager::send(std::string_view text) const {
    if (!socket_) return;
    const auto* const to = reinterpret_cast<const sockaddr*>(&address_);
    static_cast<void>(
        ::sendto(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL, to, address_size_)
    );
}

}  // namespace countersign::proxy::server
