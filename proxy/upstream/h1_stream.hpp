#pragma once

#include <memory>
#include <string>

#include "proxy/tls/tls_stream.hpp"
#include "proxy/upstream/beginning.hpp"
#include "proxy/upstream/origin_place.hpp"
#include "proxy/upstream/upstream_stream.hpp"

namespace countersign::proxy::upstream {

/// HTTP/1.1 on a connection that this exchange has for itself: nothing stands between the exchange
/// and the connection's TLS. All of them outlive it.
class H1Stream final : public UpstreamStream {
public:
    /// `beginning`: how the connection came about, null from the second exchange on. `address`:
    /// what was dialled.
    H1Stream(
        const OriginPlace& place, tls::TlsStream& tls, const std::unique_ptr<Beginning>& beginning,
        std::string address
    )
        : place_{place},
          origin_{place.origin()},
          tls_{tls},
          beginning_{beginning},
          address_{std::move(address)} {}

    net::IoResult send_head(std::string_view text, std::size_t) override {
        return tls_.try_write(text);
    }
    net::IoResult send_body(std::string_view bytes) override { return tls_.try_write(bytes); }
    net::IoResult read_head(std::span<char> room) override { return receive(room); }
    net::IoResult read_body(std::span<char> room) override { return receive(room); }
    net::IoResult send(std::string_view bytes) override { return tls_.try_write(bytes); }
    net::IoResult receive(std::span<char> room) override {
        return tls_.try_read(room.data(), room.size());
    }
    bool has_input() const override { return tls_.has_input(); }
    bool is_blocked() const override { return tls_.is_blocked(); }
    void flush() override { tls_.flush(); }
    bool shakes_hands() const override { return tls_.shakes_hands_again(); }
    void end_sending() override { tls_.end_sending(); }
    void reset() override;
    bool hung_up() const override { return tls_.descriptor().hung_up(); }
    bool take_reset() override;
    net::EitherWait wait_with(
        net::Descriptor& client, net::Interest in_client, net::Interest in_this,
        net::TimePoint deadline
    ) override {
        return net::EitherWait{client, in_client, tls_.descriptor(), in_this, deadline};
    }
    void rest() override { tls_.release_buffers(); }
    bool finish(Aftermath aftermath) override;
    void begin_upload(UploadPlace place) override { upload_ = std::move(place); }
    void end_upload() override {
        if (upload_) upload_ = {};
    }
    bool others_wait() const override { return place_.is_needed(); }

    std::string authority() const override { return origin_.authority(); }
    Failure refusal() override;
    End end() override;
    Facts facts() const override;
    std::shared_ptr<const Account> account() const override;

private:
    const OriginPlace& place_;
    const Origin& origin_;
    tls::TlsStream& tls_;
    const std::unique_ptr<Beginning>& beginning_;
    const std::string address_;
    UploadPlace upload_;
};

}  // namespace countersign::proxy::upstream
