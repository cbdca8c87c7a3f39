#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "certs/identity.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/trust_store.hpp"

namespace countersign::proxy::tls {

/// TLS of the admin address, where this process is the server: TLS 1.2 and 1.3, an identity, and
/// whose certificates are taken of those who come. Immutable, made once a generation.
class ServerContext {
public:
    struct Parts {
        std::shared_ptr<const certs::Identity> identity;  ///< never null
        /// Who comes may show a certificate that this vouches for; null: nobody is asked for one.
        std::shared_ptr<const certs::TrustStore> clients = nullptr;
        friend bool operator==(const Parts&, const Parts&) = default;
    };

    /// Makes `context` one of these parts, where it is not; null: there is none yet. Why it cannot,
    /// for a report at load; empty: it is.
    static std::string follow(Parts parts, std::shared_ptr<const ServerContext>& context);

    /// Whether who comes may show a certificate.
    bool asks_who_comes() const { return parts_.clients != nullptr; }
    /// Whether both take the same certificates of who comes.
    bool trusts_as(const ServerContext& other) const {
        return parts_.clients == other.parts_.clients;
    }
    /// Whether the certificate is one for that host, a name or an address.
    bool is_for(std::string_view host) const;

    /// A new connection's. Null where memory is short.
    certs::SslHandle new_ssl() const;

private:
    explicit ServerContext(Parts parts) : parts_{std::move(parts)} {}
    bool configure();

    Parts parts_;
    certs::SslContextHandle context_;
};

/// Of the certificate that the other side has shown and that was verified.
struct VerifiedClient {
    std::string subject = {};  ///< as `keystore list` prints it: "CN=anna, O=Acme"; empty: none
    /// When the first of its chain ends.
    std::chrono::system_clock::time_point until = std::chrono::system_clock::time_point::max();
};
VerifiedClient verified_client(const SSL* connection);

/// After a handshake that failed: what is wrong with the certificate that was shown; empty:
/// nothing, or there was none.
std::string why_client_refused(const SSL* connection);

}  // namespace countersign::proxy::tls
