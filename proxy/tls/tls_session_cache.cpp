#include "proxy/tls/tls_session_cache.hpp"

#include <openssl/ssl.h>

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
    if (!is_tls_1_3(session.get())) sessions_.clear();
    if (sessions_.size() == kKept) sessions_.erase(sessions_.begin());
    sessions_.push_back(std::move(session));
}

certs::SslSessionHandle TlsSessionCache::take() {
    while (!sessions_.empty() && !is_usable(sessions_.back().get())) sessions_.pop_back();
    if (sessions_.empty()) return nullptr;
    certs::SslSessionHandle& newest = sessions_.back();
    if (!is_tls_1_3(newest.get())) {
        SSL_SESSION_up_ref(newest.get());
        return certs::SslSessionHandle{newest.get()};
    }
    certs::SslSessionHandle taken = std::move(newest);
    sessions_.pop_back();
    return taken;
}

}  // namespace countersign::proxy
