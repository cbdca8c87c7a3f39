#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/exchange/exchange_core.hpp"

namespace countersign::proxy::exchange {

/// An exchange core between a client and a server that are two strings. A test feeds bytes, ends
/// and the time, and looks at what reaches the other side.
class CoreWorld {
public:
    static constexpr std::size_t kPayload = 4096;

    ExchangeRequest request;
    profiles::Timeouts timeouts;
    profiles::RetryRule retry = profiles::RetryRule::idempotent;
    Attempt attempt;
    net::MemoryBudget budget;
    std::uint64_t most_held = 0;  ///< for clients that take their time
    std::uint64_t client_min_rate = 0;
    profiles::ResponseLeniencies leniency;
    net::TimePoint now = net::TimePoint{} + std::chrono::hours{1};

    std::string at_server;  ///< what has reached it
    std::string at_client;

    CoreWorld() { request.client_keeps = true; }

    /// A GET of which nothing is missing.
    void begin_get() { begin("GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", {}); }
    /// A POST whose body has the framing that `body` says, and of which `here` has come already.
    void begin_post(BodyMeter body, std::string_view here = {}) {
        begin("POST", "POST / HTTP/1.1\r\nHost: a\r\n\r\n", body, here);
    }
    void begin(
        std::string_view method, std::string_view head, BodyMeter body, std::string_view here = {}
    ) {
        begin_with_body_at_hand(method, head, std::move(body), here, here.size());
    }
    /// Of `bytes`, the body and what may follow it, `here` have come with the head.
    void begin_with_body_at_hand(
        std::string_view method, std::string_view head, BodyMeter body, std::string_view bytes,
        std::size_t here
    ) {
        in_ = pool_.take();
        put(in_, head);
        put(in_, bytes.substr(0, here));
        request.method = method;
        request.body = std::move(body);
        request.head = head.size();
        request.first_write = head.size();
        take_body(in_, head.size(), request);
        terms_.emplace(ExchangeTerms{timeouts, retry, 100, nullptr});
        backlog_.emplace(BacklogTerms{budget, most_held});
        terms_->backlog = &*backlog_;
        terms_->client_min_rate = client_min_rate;
        terms_->leniency = leniency;
        core_.emplace(*terms_, request, in_, pool_, scratch_, now);
    }

    ExchangeCore& core() { return *core_; }
    const ExchangeCore& core() const { return *core_; }
    Ending ending() const { return core_->ending(); }
    Verdict verdict() const { return core_->verdict(attempt); }
    bool holds_request() const { return static_cast<bool>(in_); }
    /// Whether the buffer with that room is nobody's again.
    bool pool_has(const char* room) {
        net::Buffer first = pool_.take();
        net::Buffer second = pool_.take();
        return first.tail() == room || second.tail() == room;
    }
    std::string_view left_in_buffer() const { return in_.view(); }

    // One step each. False where the core does not want it.

    /// The server takes at most `most` bytes.
    bool server_takes(std::size_t most = ~std::size_t{0}) {
        const std::string_view bytes = core_->to_server().substr(0, most);
        if (bytes.empty()) return false;
        at_server += bytes;
        core_->sent_to_server({net::IoStatus::ok, bytes.size()}, now);
        return true;
    }
    bool client_takes(std::size_t most = ~std::size_t{0}) {
        const std::string_view bytes = core_->to_client().substr(0, most);
        if (bytes.empty()) return false;
        at_client += bytes;
        core_->sent_to_client({net::IoStatus::ok, bytes.size()}, now);
        return true;
    }
    /// Takes from the front of `bytes` what there is room for.
    bool client_says(std::string_view& bytes) {
        if (!core_->reads_client() || bytes.empty()) return false;
        const std::size_t taken = fill(core_->client_room(), bytes);
        core_->read_from_client({net::IoStatus::ok, taken}, now);
        return taken != 0;
    }
    /// It has no room for what it is sent.
    void client_is_full() {
        if (core_->writes_client()) {
            core_->sent_to_client({net::IoStatus::would_block_write, 0}, now);
        }
    }
    bool server_says(std::string_view& bytes) {
        if (!core_->reads_server() || bytes.empty()) return false;
        const std::size_t taken = fill(core_->server_room(), bytes);
        core_->read_from_server({net::IoStatus::ok, taken}, now);
        return taken != 0;
    }
    void server_is_silent() {
        if (core_->reads_server()) {
            core_->read_from_server({net::IoStatus::would_block_read, 0}, now);
        }
    }

    /// Both sides take all that they are given.
    void settle() {
        bool moved = true;
        while (moved) {
            server_is_silent();
            moved = server_takes();
            moved = client_takes() || moved;
        }
    }
    /// All of it, as it is asked for; fails the test where nobody asks.
    void from_server(std::string_view bytes) {
        settle();
        while (!bytes.empty() && !core_->over()) {
            if (!server_says(bytes)) {
                ADD_FAILURE() << "nobody reads '" << bytes << "'";
                return;
            }
            settle();
        }
    }
    void from_client(std::string_view bytes) {
        settle();
        while (!bytes.empty() && !core_->over()) {
            if (!client_says(bytes)) {
                ADD_FAILURE() << "nobody reads '" << bytes << "'";
                return;
            }
            settle();
        }
    }
    void server_ends(net::IoStatus how) {
        settle();
        if (core_->reads_server()) core_->read_from_server({how, 0}, now);
        settle();
    }
    void client_ends(net::IoStatus how) {
        settle();
        if (core_->reads_client()) core_->read_from_client({how, 0}, now);
        settle();
    }
    void pass(net::Clock::duration time) {
        now += time;
        core_->time(now);
    }

private:
    static void put(net::Buffer& buffer, std::string_view bytes) {
        bytes.copy(buffer.tail(), bytes.size());
        buffer.commit(bytes.size());
    }
    static std::size_t fill(std::span<char> room, std::string_view& bytes) {
        const std::size_t size = bytes.copy(room.data(), room.size());
        bytes.remove_prefix(size);
        return size;
    }

    net::BufferPool pool_{{kPayload, 512}};
    net::Buffer in_;
    http::HeadScratch scratch_;
    std::optional<BacklogTerms> backlog_;
    std::optional<ExchangeTerms> terms_;
    std::optional<ExchangeCore> core_;
};

/// `text` without the Via line that every forwarded head has.
inline std::string without_via(std::string text) {
    static constexpr std::string_view kVia = "Via: 1.1 countersign\r\n";
    for (auto at = text.find(kVia); at != std::string::npos; at = text.find(kVia)) {
        text.erase(at, kVia.size());
    }
    return text;
}

class ExchangeTest : public testing::Test {
protected:
    ExchangeCore& core() { return world_.core(); }
    void expect_answered(std::string_view expected) {
        EXPECT_EQ(world_.ending(), Ending::complete);
        EXPECT_EQ(without_via(world_.at_client), expected);
    }

    CoreWorld world_;
};

inline constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer";

inline BodyMeter length(std::uint64_t bytes) { return BodyMeter{http::Framing::length, bytes}; }

}  // namespace countersign::proxy::exchange
