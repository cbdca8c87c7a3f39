#include "proxy/server/inherited_sockets.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "proxy/server/environment.hpp"

namespace countersign::proxy::server {

namespace {

/// The first one, behind standard input, output and error.
constexpr int kFirst = 3;
constexpr std::uint64_t kMost = 1000;

/// "apps:direct".
std::vector<std::string> names_in(const char* variable) {
    const char* const text = std::getenv(variable);
    std::vector<std::string> names;
    if (text == nullptr) return names;
    std::string_view rest = text;
    for (;;) {
        const std::size_t colon = rest.find(':');
        names.emplace_back(rest.substr(0, colon));
        if (colon == std::string_view::npos) return names;
        rest.remove_prefix(colon + 1);
    }
}

}  // namespace

InheritedSockets InheritedSockets::of_this_process() {
    InheritedSockets all;
    if (number_in("LISTEN_PID") != static_cast<std::uint64_t>(::getpid())) return all;
    const auto count = static_cast<int>(std::min(number_in("LISTEN_FDS").value_or(0), kMost));
    const std::vector<std::string> names = names_in("LISTEN_FDNAMES");
    for (int i = 0; i < count; ++i) {
        const int fd = kFirst + i;
        if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) continue;  // it is not open
        const auto index = static_cast<std::size_t>(i);
        all.sockets_.push_back(
            {index < names.size() ? names[index] : std::string{"unknown"}, net::UniqueFd{fd}}
        );
    }
    return all;
}

std::optional<net::UniqueFd> InheritedSockets::find(std::string_view name) const {
    for (const Socket& socket : sockets_) {
        if (socket.name == name) {
            return net::UniqueFd{::fcntl(socket.fd.get(), F_DUPFD_CLOEXEC, kFirst)};
        }
    }
    return std::nullopt;
}

std::vector<std::string> InheritedSockets::names() const {
    std::vector<std::string> names;
    for (const Socket& socket : sockets_) names.push_back(socket.name);
    return names;
}

}  // namespace countersign::proxy::server
