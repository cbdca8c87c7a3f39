#include "proxy/tls/tls_session_cache.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace countersign::proxy {

namespace {

bool is_tls_1_3(const SSL_SESSION* session) {
    return SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION;
}

bool is_usable(const SSL_SESSION* session) {
    const auto end = SSL_SESSION_get_time(session) + SSL_SESSION_get_timeout(session);
    return SSL_SESSION_is_resumable(session) == 1 && std::time(nullptr) < end;
}

}  // namespace

void TlsSessionCache::store(certs::SslSessionHandle session) {
    if (!is_tls_1_3(session.get())) {
        for (auto& old : sessions_) old.reset();
        count_ = 0;
    }
    if (count_ == kKept) {
        std::move(sessions_.begin() + 1, sessions_.end(), sessions_.begin());
        --count_;
    }
    sessions_[count_++] = std::move(session);
}

certs::SslSessionHandle TlsSessionCache::take() {
    while (count_ > 0) {
        certs::SslSessionHandle& newest = sessions_[count_ - 1];
        if (!is_usable(newest.get())) {
            newest.reset();
            --count_;
            continue;
        }
        if (is_tls_1_3(newest.get())) {
            --count_;
            return std::move(newest);
        }
        SSL_SESSION_up_ref(newest.get());
        return certs::SslSessionHandle{newest.get()};
    }
    return nullptr;
}

}  // namespace countersign::proxy
