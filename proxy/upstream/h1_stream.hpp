#pragma once

#include <string>

#include "proxy/tls/tls_stream.hpp"
#include "proxy/upstream/origin.hpp"
#include "proxy/upstream/upstream_stream.hpp"

namespace countersign::proxy {

/// HTTP/1.1 on a connection that this exchange has for itself: nothing stands between the exchange
/// and the connection's TLS. All of them outlive it.
class H1Stream final : public UpstreamStream {
public:
    H1Stream(const Origin& origin, TlsStream& tls) : origin_{origin}, tls_{tls} {}

    IoResult send(std::string_view request) override { return tls_.try_write(request); }
    IoResult receive(std::span<char> room) override {
        return tls_.try_read(room.data(), room.size());
    }
    bool has_input() const override { return tls_.has_input(); }
    EitherWait wait_with(
        Descriptor& client, Interest in_client, Interest in_this, TimePoint deadline
    ) override {
        return EitherWait{client, in_client, tls_.descriptor(), in_this, deadline};
    }
    void rest() override { tls_.release_buffers(); }
    bool finish(Left left) override;

    std::string authority() const override { return origin_.authority(); }
    Failure refusal() override;
    std::string end_text() override;
    Facts facts() const override {
        return {tls_.version(), tls_.resumed(), tls_.certificate_requested()};
    }

private:
    const Origin& origin_;
    TlsStream& tls_;
};

}  // namespace countersign::proxy
