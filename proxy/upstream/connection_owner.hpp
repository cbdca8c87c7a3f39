#pragma once

#include <memory>

namespace countersign::proxy::upstream {

class UpstreamConnection;

/// To whom an upstream connection belongs between its exchanges: the pool, for whoever asks next,
/// or one client's BoundConnections.
class ConnectionOwner {
public:
    /// An exchange on it ended clean. The owner keeps it for another one, or closes it.
    virtual void give_back(std::unique_ptr<UpstreamConnection> connection) = 0;
    /// One that the owner keeps is of no use any more: closed by the server, or too old.
    virtual void discard(const UpstreamConnection& connection) = 0;

protected:
    ~ConnectionOwner() = default;
};

}  // namespace countersign::proxy::upstream
