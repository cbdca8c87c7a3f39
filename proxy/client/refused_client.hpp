#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/client/refused_clients.hpp"
#include "proxy/client/workspace.hpp"
#include "proxy/failure.hpp"
#include "proxy/net/plain_stream.hpp"
#include "proxy/routing/peer.hpp"

namespace countersign::proxy {

/// A client that is not served: its request's head is read, as far as it comes in time, answered
/// with the reason, and the connection closed. One that says nothing is closed without an answer.
/// All of it takes no more than `kTime`, whatever the client does. A local of its own coroutine.
class RefusedClient {
public:
    static constexpr auto kTime = std::chrono::seconds{3};

    /// Takes `fd`. `peer` is not welcome.
    static Task<void> serve(Workspace& workspace, int fd, Peer peer);

    RefusedClient(Workspace& workspace, int fd, const Peer& peer);

private:
    /// False where nothing came.
    Task<bool> read_head();
    void understand_head();
    Task<void> answer();
    void log(std::string_view error, std::size_t bytes_out);

    Workspace& ws_;
    const Peer peer_;
    PlainStream client_;
    RefusedClients::Stay stay_;
    const TimePoint started_;
    const TimePoint deadline_;
    Buffer in_;
    AnswerContext context_;
    std::string_view method_;  // and path_: of in_; empty where no head was understood
    std::string_view path_;
    std::string host_;
    std::uint16_t port_ = 0;
};

}  // namespace countersign::proxy
