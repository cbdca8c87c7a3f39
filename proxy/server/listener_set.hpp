#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "proxy/admin/process_state.hpp"
#include "proxy/client/listening_socket.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/server/inherited_sockets.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"

namespace countersign::proxy::server {

/// The process's listening sockets, as one generation has them, and then the next. Each worker
/// takes its share of what is opened. On the main thread.
class ListenerSet {
public:
    using Sockets = std::map<generation::ListenerId, client::ListeningSocket>;

    /// `inherited`: what the service manager has opened; outlives this.
    ListenerSet(std::uint32_t workers, const InheritedSockets& inherited)
        : workers_{workers}, inherited_{inherited} {}

    /// Opens what `next` has and is not open, or takes what was inherited under its name. Throws
    /// std::runtime_error with a sentence; nothing has changed then.
    Sockets open(const generation::Generation& next) const;
    /// From now on they are those of `next`; `opened` is what `open` gave. A unix socket that it
    /// has no more loses its file; the sockets themselves are the workers' to close. Tells the log.
    void follow(const generation::Generation& next, Sockets opened);

    /// The listeners by name, and where each really listens.
    std::vector<admin::ProcessState::Listening> listening() const;
    /// Where the proxy itself would answer; `admin`: to operators.
    upstream::addresses::OwnEndpoints endpoints(const std::optional<profiles::ListenAddress>& admin
    ) const;

private:
    bool has_port_of(const profiles::Listener& listener) const;

    client::ListeningSocket open(const profiles::Listener& listener) const;

    const std::uint32_t workers_;
    const InheritedSockets& inherited_;
    Sockets sockets_;
};

}  // namespace countersign::proxy::server
