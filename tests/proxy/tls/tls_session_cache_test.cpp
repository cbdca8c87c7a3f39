#include "proxy/tls/tls_session_cache.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <ctime>

namespace countersign::proxy {
namespace {

/// A session as a server gives it: resumable, made `age` seconds ago, good for an hour.
certs::SslSessionHandle session(int version, unsigned char id, long age = 0) {
    certs::SslSessionHandle made{SSL_SESSION_new()};
    SSL_SESSION_set_protocol_version(made.get(), version);
    SSL_SESSION_set1_id(made.get(), &id, 1);
    SSL_SESSION_set_time(made.get(), std::time(nullptr) - age);
    SSL_SESSION_set_timeout(made.get(), 3600);
    return made;
}

/// The id of the session that the cache gives; -1 for none.
int take_id(TlsSessionCache& cache) {
    const certs::SslSessionHandle taken = cache.take();
    if (!taken) return -1;
    unsigned size = 0;
    return *SSL_SESSION_get_id(taken.get(), &size);
}

TEST(TlsSessionCache, IsEmptyAtFirst) {
    TlsSessionCache cache;

    EXPECT_TRUE(cache.empty());
    EXPECT_EQ(cache.take(), nullptr);
}

TEST(TlsSessionCache, GivesATls13SessionOnce) {
    TlsSessionCache cache;
    cache.store(session(TLS1_3_VERSION, 1));

    EXPECT_EQ(take_id(cache), 1);

    EXPECT_TRUE(cache.empty());
    EXPECT_EQ(take_id(cache), -1);
}

TEST(TlsSessionCache, GivesTheNewestTls13SessionFirst) {
    TlsSessionCache cache;
    cache.store(session(TLS1_3_VERSION, 1));
    cache.store(session(TLS1_3_VERSION, 2));

    EXPECT_EQ(take_id(cache), 2);
    EXPECT_EQ(take_id(cache), 1);
}

TEST(TlsSessionCache, KeepsTheNewestAsFarAsItKeepsAny) {
    constexpr int kMost = TlsSessionCache::kKept;
    TlsSessionCache cache;
    for (int id = 1; id <= kMost + 2; ++id) {
        cache.store(session(TLS1_3_VERSION, static_cast<unsigned char>(id)));
    }

    for (int id = kMost + 2; id >= 3; --id) EXPECT_EQ(take_id(cache), id);

    EXPECT_TRUE(cache.empty());
}

TEST(TlsSessionCache, GivesATls12SessionAgainAndAgain) {
    TlsSessionCache cache;
    cache.store(session(TLS1_2_VERSION, 1));

    EXPECT_EQ(take_id(cache), 1);
    EXPECT_EQ(take_id(cache), 1);

    EXPECT_FALSE(cache.empty());
}

TEST(TlsSessionCache, ATls12SessionTakesThePlaceOfAllBefore) {
    TlsSessionCache cache;
    cache.store(session(TLS1_3_VERSION, 1));
    cache.store(session(TLS1_2_VERSION, 2));
    cache.store(session(TLS1_2_VERSION, 3));

    EXPECT_EQ(take_id(cache), 3);
    EXPECT_EQ(take_id(cache), 3);
}

TEST(TlsSessionCache, DropsWhatHasExpired) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsSessionCache cache;
        cache.store(session(version, 1, 3600));

        EXPECT_EQ(take_id(cache), -1);

        EXPECT_TRUE(cache.empty());
    }
}

TEST(TlsSessionCache, GivesAnOlderOneThatHasNotExpired) {
    TlsSessionCache cache;
    cache.store(session(TLS1_3_VERSION, 1));
    cache.store(session(TLS1_3_VERSION, 2, 7200));

    EXPECT_EQ(take_id(cache), 1);
}

TEST(TlsSessionCache, DropsWhatCannotBeResumed) {
    TlsSessionCache cache;
    certs::SslSessionHandle without_ticket{SSL_SESSION_new()};
    SSL_SESSION_set_protocol_version(without_ticket.get(), TLS1_3_VERSION);
    cache.store(std::move(without_ticket));

    EXPECT_EQ(take_id(cache), -1);
}

}  // namespace
}  // namespace countersign::proxy
