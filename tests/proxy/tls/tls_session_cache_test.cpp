#include "proxy/tls/tls_session_cache.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace countersign::proxy::tls {
namespace {

using namespace std::chrono_literals;
using Time = TlsSessionCache::Time;

const Time kNow = std::chrono::system_clock::now();
const Time kWithoutEnd = Time::max();

/// A session as a server gives it: resumable, made `age` seconds ago, good for an hour.
TlsSession session(int version, unsigned char id, long age = 0, Time vouched_until = kWithoutEnd) {
    certs::SslSessionHandle made{SSL_SESSION_new()};
    SSL_SESSION_set_protocol_version(made.get(), version);
    SSL_SESSION_set1_id(made.get(), &id, 1);
    SSL_SESSION_set_time(made.get(), std::chrono::system_clock::to_time_t(kNow) - age);
    SSL_SESSION_set_timeout(made.get(), 3600);
    return {.handle = std::move(made), .vouched_until = vouched_until};
}

/// The id of the session that the cache gives; -1 for none.
int take_id(TlsSessionCache& cache, Time now = kNow) {
    const TlsSession taken = cache.take(now);
    if (!taken.handle) return -1;
    unsigned size = 0;
    return *SSL_SESSION_get_id(taken.handle.get(), &size);
}

TEST(TlsSessionCache, IsEmptyAtFirst) {
    TlsSessionCache cache;

    EXPECT_TRUE(cache.empty());
    EXPECT_EQ(cache.take(kNow).handle, nullptr);
}

TEST(TlsSessionCache, GivesATls13SessionOnce) {
    TlsSessionCache cache;
    cache.store(session(TLS1_3_VERSION, 1));

    EXPECT_EQ(take_id(cache), 1);

    EXPECT_TRUE(cache.empty());
    EXPECT_EQ(take_id(cache), -1);
}

TEST(TlsSessionCache, GivesAndKeepsNoneWhileItIsSuspended) {
    TlsSessionCache cache;
    cache.store(session(TLS1_3_VERSION, 1));

    cache.suspend(kNow + 10min);
    cache.store(session(TLS1_3_VERSION, 2));
    EXPECT_EQ(take_id(cache), -1);
    EXPECT_EQ(take_id(cache, kNow + 11min), -1) << "it was made before";

    cache.store(session(TLS1_3_VERSION, 3, -11 * 60));
    EXPECT_EQ(take_id(cache, kNow + 11min), 3);
    cache.suspend({});
    cache.store(session(TLS1_3_VERSION, 4));
    EXPECT_EQ(take_id(cache), 4);
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

TEST(TlsSessionCache, GivesWithEachSessionWhatIsAskedAboutItsChain) {
    const RevocationQuestions questions = std::make_shared<std::vector<RevocationQuestion>>();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsSessionCache cache;
        TlsSession asked = session(version, 1);
        asked.questions = questions;
        cache.store(std::move(asked));

        EXPECT_EQ(cache.take(kNow).questions, questions) << version;
    }
}

TEST(TlsSessionCache, ATls12SessionTakesThePlaceOfAllBefore) {
    TlsSessionCache cache;
    cache.store(session(TLS1_3_VERSION, 1));
    cache.store(session(TLS1_2_VERSION, 2));
    cache.store(session(TLS1_2_VERSION, 3));

    EXPECT_EQ(take_id(cache), 3);
    EXPECT_EQ(take_id(cache), 3);
}

TEST(TlsSessionCache, HasTls12OfferedAloneButForOneHandshakeInTenMinutes) {
    TlsSessionCache cache;
    cache.store(session(TLS1_2_VERSION, 1));

    for (const auto after : {0min, 10min, 20min}) {
        EXPECT_FALSE(cache.take(kNow + after).version_alone);
        EXPECT_TRUE(cache.take(kNow + after).version_alone);
        EXPECT_TRUE(cache.take(kNow + after + 9min).version_alone);
    }
}

TEST(TlsSessionCache, HasAllVersionsOfferedWhenItIsAsked) {
    TlsSessionCache cache;
    cache.store(session(TLS1_2_VERSION, 1));
    cache.take(kNow);

    cache.offer_all_versions();

    EXPECT_FALSE(cache.take(kNow).version_alone);
    EXPECT_TRUE(cache.take(kNow).version_alone);
}

TEST(TlsSessionCache, HasAllVersionsOfferedWhereTheClockWasSetBack) {
    TlsSessionCache cache;
    cache.store(session(TLS1_2_VERSION, 1));
    cache.take(kNow);

    EXPECT_FALSE(cache.take(kNow - 1h).version_alone);
}

TEST(TlsSessionCache, NeverHasTls13OfferedAlone) {
    TlsSessionCache cache;
    for (unsigned char id = 1; id <= 3; ++id) cache.store(session(TLS1_3_VERSION, id));

    for (unsigned char id = 1; id <= 3; ++id) EXPECT_FALSE(cache.take(kNow).version_alone);
}

TEST(TlsSessionCache, ATls13SessionTakesThePlaceOfATls12One) {
    TlsSessionCache cache;
    cache.store(session(TLS1_2_VERSION, 1));
    cache.store(session(TLS1_3_VERSION, 2));
    cache.store(session(TLS1_3_VERSION, 3));

    EXPECT_EQ(take_id(cache), 3);
    EXPECT_EQ(take_id(cache), 2);
    EXPECT_EQ(take_id(cache), -1);
}

TEST(TlsSessionCache, ASessionOfAHandshakeThatOfferedTls12AloneDoesNotTakeThePlaceOfATls13One) {
    TlsSessionCache cache;
    cache.store(session(TLS1_3_VERSION, 1));
    TlsSession late = session(TLS1_2_VERSION, 2);
    late.version_alone = true;
    cache.store(std::move(late));

    EXPECT_EQ(take_id(cache), 1);
    EXPECT_EQ(take_id(cache), -1);
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

TEST(TlsSessionCache, DropsWhatNoChainVouchesForAnyMore) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsSessionCache cache;
        cache.store(session(version, 1, 0, kNow + 10min));
        cache.store(session(version, 2, 0, kNow + 10min));

        EXPECT_EQ(take_id(cache, kNow + 10min - 1s), 2);
        EXPECT_EQ(take_id(cache, kNow + 10min), -1);

        EXPECT_TRUE(cache.empty());
    }
}

TEST(TlsSessionCache, SaysWithTheSessionHowLongItIsVouchedFor) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsSessionCache cache;
        cache.store(session(version, 1, 0, kNow + 10min));

        EXPECT_EQ(cache.take(kNow).vouched_until, kNow + 10min);
    }
}

TEST(EndOfVouching, IsTheEndOfTheChainAndADayAtMost) {
    EXPECT_EQ(end_of_vouching(kNow, kNow + 23h), kNow + 23h);
    EXPECT_EQ(end_of_vouching(kNow, kNow + 25h), kNow + 24h);
    EXPECT_EQ(end_of_vouching(kNow, kWithoutEnd), kNow + 24h);
}

TEST(TlsSessionCache, DropsWhatCannotBeResumed) {
    TlsSessionCache cache;
    certs::SslSessionHandle without_ticket{SSL_SESSION_new()};
    SSL_SESSION_set_protocol_version(without_ticket.get(), TLS1_3_VERSION);
    cache.store({std::move(without_ticket), kWithoutEnd});

    EXPECT_EQ(take_id(cache), -1);
}

}  // namespace
}  // namespace countersign::proxy::tls
