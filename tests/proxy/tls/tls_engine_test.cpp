#include "proxy/tls/tls_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/tls/record_channel.hpp"
#include "proxy/tls/tls_context.hpp"
#include "tests/proxy/partner.hpp"
#include "tests/proxy/tls/memory_server.hpp"

namespace countersign::proxy::tls {
namespace {

/// What a test lets through, in both directions.
class ScriptedChannel final : public RecordChannel {
public:
    /// Never more than `piece` bytes at a time, and after each a step that has to wait.
    explicit ScriptedChannel(std::size_t piece = ~std::size_t{0}) : piece_{piece} {}

    net::IoResult receive(std::span<char> room) override {
        if (to_client.empty() && ended) return {net::IoStatus::closed, 0};
        if (to_client.empty() || waits(reading_)) return {net::IoStatus::would_block_read, 0};
        const std::size_t bytes = std::min({room.size(), piece_, to_client.size()});
        to_client.copy(room.data(), bytes);
        to_client.erase(0, bytes);
        return {net::IoStatus::ok, bytes};
    }
    net::IoResult send(std::string_view bytes) override {
        if (waits(writing_)) return {net::IoStatus::would_block_write, 0};
        const std::string_view taken = bytes.substr(0, piece_);
        to_server += taken;
        return {net::IoStatus::ok, taken.size()};
    }
    bool peer_closed() const override { return ended; }

    std::string to_client;
    std::string to_server;
    bool ended = false;

private:
    bool waits(bool& direction) {
        if (piece_ == ~std::size_t{0}) return false;
        direction = !direction;
        return !direction;
    }

    std::size_t piece_;
    bool reading_ = false;
    bool writing_ = false;
};

/// A client's engine and a server, and the bytes between them. `cut`: so many of the server's bytes
/// arrive, then it is gone.
class EngineWorld {
public:
    explicit EngineWorld(
        const Partner& partner, profiles::TlsVersion version, std::size_t piece = ~std::size_t{0},
        std::size_t cut = ~std::size_t{0}, TlsMemory* memory = nullptr
    )
        : context_{partner.context("", rules(version))},
          channel_{piece},
          left_{cut},
          server_{partner},
          engine_{*context_, channel_, "localhost", memory} {}

    net::IoStatus shake_hands() {
        return carry([&] { return engine_.handshake(); });
    }
    net::IoStatus send(std::string_view bytes) {
        while (!bytes.empty()) {
            std::size_t taken = 0;
            const net::IoStatus status = carry([&] {
                const net::IoResult sent = engine_.try_write(bytes);
                taken = sent.bytes;
                return sent.status;
            });
            if (status != net::IoStatus::ok) return status;
            bytes.remove_prefix(taken);
        }
        pass();
        return net::IoStatus::ok;
    }
    net::IoStatus receive(std::string& text) {
        std::array<char, 1000> into;
        const net::IoStatus status = carry([&] {
            const net::IoResult got = engine_.try_read(into.data(), into.size());
            text.append(into.data(), got.bytes);
            return got.status;
        });
        return status;
    }
    void from_server(std::string bytes) {
        bytes.resize(std::min(bytes.size(), left_));
        left_ -= bytes.size();
        channel_.to_client += bytes;
        told_ += bytes.size();
        if (left_ == 0) channel_.ended = true;
    }
    void server_goes() { channel_.ended = true; }

    MemoryServer& server() { return server_; }
    TlsEngine& engine() { return engine_; }
    std::size_t unread() const { return channel_.to_client.size(); }
    /// So many bytes has the server said.
    std::size_t told() const { return told_; }

private:
    static profiles::TlsRules rules(profiles::TlsVersion version) {
        profiles::TlsRules rules;
        rules.max_version = version;
        return rules;
    }
    /// Steps until one does not wait, or nothing moves any more.
    template <class Step>
    net::IoStatus carry(Step step) {
        for (int still = 0; still < 4; ++still) {
            const net::IoStatus status = step();
            if (!net::would_block(status)) return status;
            if (pass()) still = 0;
        }
        return net::IoStatus::timed_out;
    }
    /// Whether anything is on its way.
    bool pass() {
        const std::string sent = std::exchange(channel_.to_server, {});
        if (!sent.empty()) from_server(server_.answer(sent));
        return !sent.empty() || !channel_.to_client.empty();
    }

    std::shared_ptr<const TlsContext> context_;
    ScriptedChannel channel_;
    std::size_t left_;
    std::size_t told_ = 0;
    MemoryServer server_;
    TlsEngine engine_;
};

class TlsEngineTest : public testing::TestWithParam<profiles::TlsVersion> {
protected:
    const Partner partner_;
};

TEST_P(TlsEngineTest, NeedsNoSocketAndTakesBytesInAnyPieces) {
    const std::string question(20'000, 'q');
    const std::string reply(20'000, 'r');
    for (const std::size_t piece : {1, 2, 5, 7, 1000, 100'000}) {
        EngineWorld world{partner_, GetParam(), piece};
        ASSERT_EQ(world.shake_hands(), net::IoStatus::ok) << piece;
        ASSERT_EQ(world.send(question), net::IoStatus::ok) << piece;
        world.from_server(world.server().record(reply));
        std::string got;
        while (got.size() < reply.size()) ASSERT_EQ(world.receive(got), net::IoStatus::ok) << piece;

        EXPECT_EQ(got, reply);
        EXPECT_EQ(world.server().text(), question);
        world.from_server(world.server().goodbye());
        EXPECT_EQ(world.receive(got), net::IoStatus::closed);
    }
}

TEST_P(TlsEngineTest, AHandshakeThatIsCutAnywhereFails) {
    EngineWorld whole{partner_, GetParam()};
    ASSERT_EQ(whole.shake_hands(), net::IoStatus::ok);
    const std::size_t size = whole.told();
    ASSERT_GT(size, 500U);

    // A signature is some bytes shorter now and then, and so is a handshake.
    constexpr std::size_t kShorter = 16;
    for (std::size_t cut = 0; cut < size; cut += cut < 100 || cut + 100 > size ? 1 : 17) {
        EngineWorld world{partner_, GetParam(), ~std::size_t{0}, cut};
        if (cut == 0) world.server_goes();
        const net::IoStatus status = world.shake_hands();
        if (status == net::IoStatus::ok && cut + kShorter > size) break;

        ASSERT_EQ(status, net::IoStatus::failed) << cut << " of " << size;
        const TlsFailure failure = world.engine().take_failure();
        EXPECT_TRUE(std::holds_alternative<ServerClosed>(failure.cause)) << cut;
    }
}

TEST_P(TlsEngineTest, AHandshakeMayFailForTheSessionUntilTheServerShowsThatItDoesWithout) {
    EngineWorld whole{partner_, GetParam()};
    ASSERT_EQ(whole.shake_hands(), net::IoStatus::ok);
    const std::size_t nothing = 0;
    const std::size_t all_but_its_end = whole.told() - 20;
    for (const std::size_t cut : {nothing, all_but_its_end}) {
        TlsMemory memory;
        EngineWorld first{partner_, GetParam(), ~std::size_t{0}, ~std::size_t{0}, &memory};
        ASSERT_EQ(first.shake_hands(), net::IoStatus::ok);
        ASSERT_EQ(first.send("a question"), net::IoStatus::ok);
        std::string got;
        first.receive(got);  // the tickets
        ASSERT_FALSE(memory.sessions.empty());

        // Another server, which cannot read that session's ticket.
        EngineWorld second{partner_, GetParam(), ~std::size_t{0}, cut, &memory};
        if (cut == nothing) second.server_goes();
        ASSERT_EQ(second.shake_hands(), net::IoStatus::failed);

        EXPECT_EQ(second.engine().failed_on_session(), cut == nothing);
    }
    EngineWorld none{partner_, GetParam()};
    none.server_goes();
    ASSERT_EQ(none.shake_hands(), net::IoStatus::failed);
    EXPECT_FALSE(none.engine().failed_on_session()) << "it offered none";
}

TEST_P(TlsEngineTest, ARecordThatIsCutAnywhereIsTruncatedAndGivesNothing) {
    EngineWorld whole{partner_, GetParam()};
    ASSERT_EQ(whole.shake_hands(), net::IoStatus::ok);
    ASSERT_EQ(whole.send("a question"), net::IoStatus::ok);
    const std::string record = whole.server().record("an answer");

    for (std::size_t cut = 0; cut < record.size(); ++cut) {
        EngineWorld world{partner_, GetParam()};
        ASSERT_EQ(world.shake_hands(), net::IoStatus::ok);
        ASSERT_EQ(world.send("a question"), net::IoStatus::ok);
        world.from_server(world.server().record("an answer").substr(0, cut));
        world.server_goes();
        std::string got;

        EXPECT_EQ(world.receive(got), net::IoStatus::truncated) << cut;
        EXPECT_EQ(got, "");
    }
}

TEST_P(TlsEngineTest, ARecordThatIsChangedAnywhereIsNotRead) {
    for (std::size_t at = 0;; ++at) {
        EngineWorld world{partner_, GetParam()};
        ASSERT_EQ(world.shake_hands(), net::IoStatus::ok);
        ASSERT_EQ(world.send("a question"), net::IoStatus::ok);
        std::string record = world.server().record("an answer");
        if (at == record.size()) break;
        record[at] = static_cast<char>(record[at] ^ 0x01);
        world.from_server(record);
        world.server_goes();
        std::string got;

        EXPECT_NE(world.receive(got), net::IoStatus::ok) << at;
        EXPECT_EQ(got, "");
    }
}

/// Carries the records of one engine inside another.
class Inside final : public RecordChannel {
public:
    explicit Inside(TlsEngine& outer) : outer_{outer} {}
    net::IoResult receive(std::span<char> room) override {
        return outer_.try_read(room.data(), room.size());
    }
    net::IoResult send(std::string_view bytes) override { return outer_.try_write(bytes); }
    bool peer_closed() const override { return false; }

private:
    TlsEngine& outer_;
};

TEST_P(TlsEngineTest, StandsInsideAnother) {
    EngineWorld outer{partner_, GetParam(), 100};
    ASSERT_EQ(outer.shake_hands(), net::IoStatus::ok);
    Inside channel{outer.engine()};
    const auto context = partner_.context("");
    MemoryServer server{partner_};
    TlsEngine engine{*context, channel, "localhost", nullptr};
    std::size_t heard = 0;
    const auto pass = [&] {
        outer.send("");
        const std::string sent = outer.server().text().substr(heard);
        heard += sent.size();
        if (const std::string answer = server.answer(sent); !answer.empty()) {
            outer.from_server(outer.server().record(answer));
        }
    };

    net::IoStatus status = engine.handshake();
    for (int i = 0; i < 200 && net::would_block(status); ++i) {
        pass();
        status = engine.handshake();
    }
    ASSERT_EQ(status, net::IoStatus::ok);
    net::IoResult sent = engine.try_write("a question");
    for (int i = 0; i < 200 && net::would_block(sent.status); ++i) {
        pass();
        sent = engine.try_write("a question");
    }
    EXPECT_TRUE(sent.ok());
    // It is on its way: what the channel does not take is held.
    const auto is_left = [&] { return engine.owes_output() || outer.engine().owes_output(); };
    for (int i = 0; i < 200 && is_left(); ++i) {
        engine.flush();
        outer.engine().flush();
        pass();
    }
    pass();

    EXPECT_EQ(server.text(), "a question");
}

INSTANTIATE_TEST_SUITE_P(
    BothVersions, TlsEngineTest,
    testing::Values(profiles::TlsVersion::tls_1_2, profiles::TlsVersion::tls_1_3),
    [](const auto& row) { return row.param == profiles::TlsVersion::tls_1_2 ? "Tls12" : "Tls13"; }
);

// OpenSSL reads on for as long as there are tickets: its worker would belong to such a server.
TEST(TlsEngine, AServerWithTicketsWithoutEndIsHeardInPortions) {
    const Partner partner;
    EngineWorld world{partner, profiles::TlsVersion::tls_1_3};
    ASSERT_EQ(world.shake_hands(), net::IoStatus::ok);
    ASSERT_EQ(world.send("a question"), net::IoStatus::ok);
    for (int i = 0; i < 2000; ++i) world.from_server(world.server().ticket());
    const std::size_t much = world.unread();
    ASSERT_GT(much, std::size_t{256} << 10);
    world.from_server(world.server().record("an answer"));

    std::array<char, 100> into;
    EXPECT_EQ(
        world.engine().try_read(into.data(), into.size()).status, net::IoStatus::would_block_read
    );
    EXPECT_GT(world.unread(), much - (std::size_t{128} << 10));
    std::string got;
    EXPECT_EQ(world.receive(got), net::IoStatus::ok);
    EXPECT_EQ(got, "an answer");
}

TEST(TlsEngine, KeepsNoTicketThatIsLargerThanNeedBe) {
    const Partner partner;
    TlsMemory memory;
    const std::size_t whole = ~std::size_t{0};
    EngineWorld world{partner, profiles::TlsVersion::tls_1_3, whole, whole, &memory};
    ASSERT_EQ(world.shake_hands(), net::IoStatus::ok);
    ASSERT_EQ(world.send("a question"), net::IoStatus::ok);
    world.from_server(world.server().ticket());
    world.from_server(world.server().ticket(TlsSessionCache::kLargestTicket));
    world.from_server(world.server().record("an answer"));
    std::string got;
    ASSERT_EQ(world.receive(got), net::IoStatus::ok);

    EXPECT_EQ(memory.sessions.size(), 3U) << "the handshake's two, and the small one";
}

}  // namespace
}  // namespace countersign::proxy::tls
