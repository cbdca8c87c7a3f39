#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "proxy/tls/handshake_messages.hpp"

namespace countersign::proxy::tls {

/// What this side gave where a certificate was asked for.
struct GivenCertificate {
    std::size_t certificates = 0;  ///< 0: an empty list, which says "none"
    std::string signature;         ///< the scheme by which the key was proven; empty: it was not
};

/// What both sides said in one TLS connection, as this side saw it. No secrets: what is encrypted
/// stands here by its kind and size.
struct HandshakeTranscript {
    /// A handshake message or an alert.
    struct Said {
        std::chrono::microseconds at{0};  ///< since the connection's TLS began
        bool by_server = false;
        std::string what;                     ///< "ServerHello", "alert"
        std::size_t bytes = 0;                ///< of a message
        std::optional<std::uint8_t> alert{};  ///< its number
    };
    /// Which certificate this side did not accept: that of these words among the shown ones, or
    /// one of the trust.
    struct Refused {
        std::string subject;
        std::string issuer;
        std::string not_after;
    };

    std::vector<Said> said;
    std::string version;  ///< "TLSv1.3"; empty: the server has not chosen one
    std::string suite;    ///< "TLS_AES_256_GCM_SHA384"; empty as above
    std::string
        group;  ///< "X25519", "EC P-256", "DH 2048", "X25519MLKEM768"; empty: none, or not known
    std::string alpn;                         ///< "http/1.1"; empty: the server chose none
    std::vector<certs::X509Handle> shown;     ///< by the server, the leaf first
    std::vector<certs::X509Handle> verified;  ///< leaf to trust anchor; empty: not accepted
    std::optional<Refused> refused;
    std::optional<RequestedCertificate> asked;
    std::optional<GivenCertificate> given;
};

}  // namespace countersign::proxy::tls
