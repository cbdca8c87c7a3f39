#pragma once

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <string>
#include <string_view>

#include "certs/openssl_handle.hpp"
#include "tests/proxy/partner.hpp"

namespace countersign::proxy::tls {

/// A TLS server without a socket: it is told bytes, and says bytes.
class MemoryServer {
public:
    explicit MemoryServer(const Partner& partner) : context_{SSL_CTX_new(TLS_method())} {
        const auto options = partner.server(false);
        EXPECT_EQ(
            SSL_CTX_use_certificate_chain_file(context_.get(), options.certificate.c_str()), 1
        );
        EXPECT_EQ(
            SSL_CTX_use_PrivateKey_file(context_.get(), options.key.c_str(), SSL_FILETYPE_PEM), 1
        );
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_accept_state(ssl_.get());
    }

    /// Its answer to `bytes`: the next part of the handshake, or nothing. What is text in them
    /// comes to `text()`.
    std::string answer(std::string_view bytes) {
        BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
        if (SSL_do_handshake(ssl_.get()) == 1) {
            std::array<char, 4096> into;
            for (int got = 0; (got = SSL_read(ssl_.get(), into.data(), into.size())) > 0;) {
                text_.append(into.data(), static_cast<std::size_t>(got));
            }
        }
        ERR_clear_error();
        return written();
    }
    /// The bytes of a record with `text` in it.
    std::string record(std::string_view text) {
        EXPECT_GT(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())), 0);
        return written();
    }
    /// The bytes of a record with a session ticket in it; of TLS 1.3, after the handshake.
    /// Larger by `more`.
    std::string ticket(std::size_t more = 0) {
        const std::string data(more, 'd');
        SSL_SESSION* const session = SSL_get_session(ssl_.get());
        EXPECT_EQ(SSL_SESSION_set1_ticket_appdata(session, data.data(), data.size()), 1);
        EXPECT_EQ(SSL_new_session_ticket(ssl_.get()), 1);
        EXPECT_EQ(SSL_do_handshake(ssl_.get()), 1);
        return written();
    }
    /// The bytes of its close_notify.
    std::string goodbye() {
        SSL_shutdown(ssl_.get());
        return written();
    }

    const std::string& text() const { return text_; }

private:
    std::string written() {
        char* bytes = nullptr;
        const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &bytes);
        std::string out{bytes, static_cast<std::size_t>(size)};
        BIO_reset(SSL_get_wbio(ssl_.get()));
        return out;
    }

    certs::SslContextHandle context_;
    certs::SslHandle ssl_;
    std::string text_;
};

}  // namespace countersign::proxy::tls
