#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/client/refused_clients.hpp"
#include "proxy/client/workspace.hpp"
#include "proxy/exchange/answer.hpp"
#include "proxy/failure.hpp"
#include "proxy/net/plain_stream.hpp"
#include "proxy/routing/peer.hpp"

namespace countersign::proxy::client {

/// A client that is not served: its request's head is read, as far as it comes in time, answered
/// with the reason, and the connection closed. One that says nothing is closed without an answer.
/// All of it takes no more than `kTime`, whatever the client does. A local of its own coroutine.
class RefusedClient {
public:
    static constexpr auto kTime = std::chrono::seconds{3};

    /// Takes `fd`. `peer` is not welcome.
    static net::Task<void> serve(Workspace& workspace, net::UniqueFd fd, routing::Peer peer);

    RefusedClient(Workspace& workspace, net::UniqueFd fd, const routing::Peer& peer);

private:
    /// False where nothing came.
    net::Task<bool> read_head();
    void understand_head();
    net::Task<void> answer();
    void record(const Failure& failure, std::size_t bytes_out);

    Workspace& ws_;
    const routing::Peer peer_;
    net::PlainStream client_;
    RefusedClients::Stay stay_;
    const net::TimePoint started_;
    const net::TimePoint deadline_;
    net::Buffer in_;
    exchange::AnswerContext context_;
    exchange::ExchangeIds ids_;
    std::string_view method_;  // and path_: of in_; empty where no head was understood
    std::string_view path_;
    std::string host_;
    std::uint16_t port_ = 0;
};

}  // namespace countersign::proxy::client
