#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "proxy/exchange/forwarding_resources.hpp"
#include "proxy/net/plain_stream.hpp"
#include "proxy/upstream/upstream_stream.hpp"
#include "tests/proxy/exchange/core_world.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::exchange {

/// What a test's stream to a server need not say: it never has anything of its own to do, nothing
/// happens to it, and it is waited for at a socket.
class StreamOfTest : public upstream::UpstreamStream {
public:
    StreamOfTest(net::EventLoop& loop, net::UniqueFd fd) : socket_{loop, std::move(fd)} {}

    bool is_blocked() const override { return false; }
    void flush() override {}
    bool shakes_hands() const override { return false; }
    void end_sending() override {}
    void reset() override {}
    bool hung_up() const override { return false; }
    bool take_reset() override { return false; }
    net::EitherWait wait_with(
        net::Descriptor& client, net::Interest in_client, net::Interest in_this,
        net::TimePoint deadline
    ) override {
        return net::EitherWait{client, in_client, socket_.descriptor(), in_this, deadline};
    }
    void rest() override {}
    bool finish(Aftermath) override { return true; }
    void begin_upload(upstream::UploadPlace) override {}
    void end_upload() override {}
    bool others_wait() const override { return false; }
    std::string authority() const override { return "server:443"; }
    Failure refusal() override { return internal_failure(); }
    End end() override { return {}; }
    Facts facts() const override { return {}; }

protected:
    net::PlainStream& socket() { return socket_; }
    const net::PlainStream& socket() const { return socket_; }

private:
    net::PlainStream socket_;
};

/// An exchange between a client behind a socket and a server behind such a stream.
template <class Stream>
class StreamTest : public testing::Test {
protected:
    StreamTest() { resources_.buffers.resize({CoreWorld::kPayload, 512}); }

    ForwardingResources resources_;
    net::TestLoop loop_{resources_.loop};
    net::SocketPair client_pair_;
    net::SocketPair server_pair_;
    net::PlainStream client_{resources_.loop, std::move(client_pair_.ours)};
    Stream server_{resources_.loop, std::move(server_pair_.ours)};
    CoreWorld world_;
};

}  // namespace countersign::proxy::exchange
