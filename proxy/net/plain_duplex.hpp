#pragma once

#include "proxy/net/duplex_stream.hpp"

namespace countersign::proxy::net {

/// Plain bytes on a socket, which outlives it.
class PlainDuplex final : public DuplexStream {
public:
    explicit PlainDuplex(Descriptor& socket) : socket_{socket} {}

    IoResult send(std::string_view bytes) override;
    IoResult receive(std::span<char> room) override;
    bool has_input() const override { return socket_.readable(); }
    bool is_blocked() const override { return false; }
    void flush() override {}
    bool shakes_hands() const override { return false; }
    void end_sending() override;
    void reset() override;
    bool hung_up() const override { return socket_.hung_up(); }
    bool take_reset() override;
    void rest() override {}
    EitherWait wait_with(Descriptor& other, Interest in_other, Interest in_this, TimePoint deadline)
        override {
        return EitherWait{other, in_other, socket_, in_this, deadline};
    }

private:
    Descriptor& socket_;
};

}  // namespace countersign::proxy::net
