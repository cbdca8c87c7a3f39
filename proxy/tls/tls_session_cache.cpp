#include "proxy/tls/tls_session_cache.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

namespace countersign::proxy::tls {

namespace {

constexpr auto kVouchedFor = std::chrono::hours{24};

bool is_tls_1_3(const SSL_SESSION* session) {
    return SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION;
}

bool is_tls_1_2(const SSL_SESSION* session) {
    return SSL_SESSION_get_protocol_version(session) == TLS1_2_VERSION;
}

bool is_usable(const TlsSession& session, TlsSessionCache::Time now) {
    const SSL_SESSION* const handle = session.handle.get();
    const auto end = SSL_SESSION_get_time(handle) + SSL_SESSION_get_timeout(handle);
    return SSL_SESSION_is_resumable(handle) == 1 && now < session.vouched_until &&
           std::chrono::system_clock::to_time_t(now) < end;
}

}  // namespace

std::chrono::system_clock::time_point end_of_vouching(
    std::chrono::system_clock::time_point handshake,
    std::chrono::system_clock::time_point valid_until
) {
    return std::min(handshake + kVouchedFor, valid_until);
}

void TlsSessionCache::suspend(Time until) {
    suspended_until_ = until;
    sessions_.clear();
}

void TlsSessionCache::store(TlsSession session) {
    const auto made = SSL_SESSION_get_time(session.handle.get());
    if (std::chrono::system_clock::from_time_t(made) < suspended_until_) return;
    const unsigned char* ticket = nullptr;
    std::size_t size = 0;
    SSL_SESSION_get0_ticket(session.handle.get(), &ticket, &size);
    if (size > kLargestTicket) return;
    const bool is_1_3 = is_tls_1_3(session.handle.get());
    const bool has_1_3 = !sessions_.empty() && is_tls_1_3(sessions_.back().handle.get());
    // The server has learnt TLS 1.3 meanwhile, in a handshake beside that one.
    if (has_1_3 && session.version_alone) return;
    if (!is_1_3 || !has_1_3) sessions_.clear();
    if (sessions_.size() == kKept) sessions_.erase(sessions_.begin());
    sessions_.push_back(std::move(session));
}

bool TlsSessionCache::may_offer_version_alone(Time now) {
    const bool alone = now < all_versions_at_ && all_versions_at_ <= now + kAllVersionsEach;
    if (!alone) all_versions_at_ = now + kAllVersionsEach;
    return alone;
}

TlsSession TlsSessionCache::take(Time now) {
    if (now < suspended_until_) return {};
    while (!sessions_.empty() && !is_usable(sessions_.back(), now)) sessions_.pop_back();
    if (sessions_.empty()) return {};
    TlsSession& newest = sessions_.back();
    if (!is_tls_1_3(newest.handle.get())) {
        SSL_SESSION_up_ref(newest.handle.get());
        return {
            .handle = certs::SslSessionHandle{newest.handle.get()},
            .vouched_until = newest.vouched_until,
            .asked = newest.asked,
            .version_alone = is_tls_1_2(newest.handle.get()) && may_offer_version_alone(now),
            .questions = newest.questions};
    }
    TlsSession taken = std::move(newest);
    sessions_.pop_back();
    return taken;
}

}  // namespace countersign::proxy::tls
