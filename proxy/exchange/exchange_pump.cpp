#include "proxy/exchange/exchange_pump.hpp"

#include <utility>

#include "proxy/net/turn.hpp"

namespace countersign::proxy::exchange {

namespace {

/// Where both sides keep up, a body would pass without a wait: others get their turn after a MiB or
/// so, and sooner where what is read does not fill a buffer.
constexpr unsigned kPassesPerTurn = 16;
constexpr std::size_t kMostReadInAPass = std::size_t{256} << 10;

class Pump {
public:
    Pump(net::PlainStream& client, upstream::UpstreamStream& server, ExchangeCore& core)
        : client_{client}, server_{server}, core_{core}, uploads_{!core.request().repeatable} {}

    /// Everything that can be done now, once each.
    void pass(net::TimePoint now) {
        read_client(now);
        write_server(now);
        if (uploads_ && !core_.uploading()) {
            uploads_ = false;
            server_.end_upload();
        }
        read_server(now);
        // The handshake for which a write waited is over.
        if (waits_for_handshake_ && !server_.shakes_hands()) server_writes_ = net::IoStatus::ok;
        write_client(now);
    }

    /// Whether the last pass alone was long enough.
    bool took_long() { return std::exchange(took_long_, false); }

    /// Whether all that the core wants has been tried, and has to wait.
    bool has_to_wait() const {
        return (client_reads_ || !core_.reads_client()) &&
               (server_writes_ != net::IoStatus::ok || !core_.writes_server()) &&
               (server_reads_ != net::IoStatus::ok || !core_.reads_server()) &&
               (client_writes_ || !core_.writes_client());
    }

    net::EitherWait wait() const {
        const bool writes_server = core_.writes_server();
        const bool reads_server = core_.reads_server();
        const auto wants = [&](net::IoStatus what) {
            return (writes_server && server_writes_ == what) ||
                   (reads_server && server_reads_ == what);
        };
        const net::Interest in_client{core_.reads_client(), core_.writes_client(), true};
        const net::Interest in_server{
            wants(net::IoStatus::would_block_read),
            wants(net::IoStatus::would_block_write) || server_.is_blocked(), false};
        return server_.wait_with(client_.descriptor(), in_client, in_server, core_.deadline());
    }

private:
    void read_client(net::TimePoint now) {
        client_reads_ = false;
        if (!core_.reads_client()) return;
        client_reads_ = !client_.descriptor().readable();
        if (client_reads_) return core_.client_is_silent(now);
        const std::span<char> room = core_.client_room();
        const net::IoResult got = client_.try_read(room.data(), room.size());
        client_reads_ = net::would_block(got.status);
        core_.read_from_client(got, now);
    }

    /// A record at a time.
    void write_server(net::TimePoint now) {
        server_writes_ = net::IoStatus::ok;
        if (server_.is_blocked() && !core_.writes_server()) server_.flush();
        // What the server still says of the exchange would be an error in a step that writes.
        waits_for_handshake_ =
            core_.writes_server() && core_.reads_server() && server_.shakes_hands();
        if (waits_for_handshake_) {
            server_writes_ = net::IoStatus::would_block_read;
            return;
        }
        while (core_.writes_server()) {
            const std::string_view text = core_.to_server();
            const std::size_t head = core_.head_to_server();
            const net::IoResult sent =
                head > 0 ? server_.send_head(text, head) : server_.send_body(text);
            core_.sent_to_server(sent, now);
            if (net::would_block(sent.status)) server_writes_ = sent.status;
            if (!sent.ok()) return;
        }
    }

    /// As much as the core has room for, or what others can wait for.
    void read_server(net::TimePoint now) {
        if (!core_.reads_server()) return;
        // TLS wanted to write before it reads on, and perhaps there is nothing to be read.
        const bool wants_output = server_reads_ == net::IoStatus::would_block_write;
        server_reads_ = net::IoStatus::ok;
        for (std::size_t bytes = 0; core_.reads_server() && !core_.turn_due();) {
            if (bytes >= kMostReadInAPass) {
                took_long_ = true;
                return;
            }
            net::IoResult got{net::IoStatus::would_block_read, 0};
            if (wants_output || server_.has_input()) {
                const std::span<char> room = core_.server_room();
                got = core_.reads_head() ? server_.read_head(room) : server_.read_body(room);
                // Tickets come before a response, which may take its time.
                if (!got.ok() && !core_.progress().response_seen) server_.rest();
            }
            if (got.ok() && core_.asks_for_identity()) {
                core_.note_identity(server_.facts().identity_sent);
            }
            core_.read_from_server(got, now);
            if (net::would_block(got.status)) server_reads_ = got.status;
            if (!got.ok()) return;
            bytes += got.bytes;
        }
    }

    void write_client(net::TimePoint now) {
        client_writes_ = false;
        if (!core_.writes_client()) return;
        const net::IoResult sent = client_.try_write(core_.to_client());
        client_writes_ = net::would_block(sent.status);
        core_.sent_to_client(sent, now);
    }

    net::PlainStream& client_;
    upstream::UpstreamStream& server_;
    ExchangeCore& core_;
    bool uploads_;
    bool took_long_ = false;
    bool waits_for_handshake_ = false;
    // What the last step of each kind had to wait for; ok: for nothing.
    bool client_reads_ = false;
    bool client_writes_ = false;
    net::IoStatus server_reads_ = net::IoStatus::ok;
    net::IoStatus server_writes_ = net::IoStatus::ok;
};

}  // namespace

net::Task<void> pump(
    ForwardingResources& resources, net::PlainStream& client, upstream::UpstreamStream& server,
    ExchangeCore& core
) {
    net::EventLoop& loop = resources.loop;
    Pump pump{client, server, core};
    unsigned passes = 0;
    for (;;) {
        pump.pass(loop.now());
        if (core.over()) co_return;
        if (!pump.has_to_wait()) {
            const bool long_enough = pump.took_long() || ++passes % kPassesPerTurn == 0;
            if (!core.take_turn() && !long_enough) continue;
        } else {
            if (core.lets_go_of_server()) co_return;
            core.rest();
            net::EitherWait wait = pump.wait();
            const net::Wait woke = co_await wait;
            if (woke == net::Wait::cancelled) core.stop();
            if (woke == net::Wait::timed_out) {
                core.note_others_wait(server.others_wait());
                core.time(loop.now());
            }
            if (client.descriptor().hung_up()) core.lose_client();
            if (core.over()) co_return;
            passes = 0;
            if (wait.suspended()) continue;
            // A server that says what is no text (tickets) as fast as it is heard: nothing to wait
            // for, and no progress.
        }
        net::GiveTurn turn{loop};
        co_await turn;
        if (loop.cancelled()) core.stop();
        core.time(loop.now());
        if (core.over()) co_return;
    }
}

net::Task<void> deliver(
    ForwardingResources& resources, net::PlainStream& client, ExchangeCore& core
) {
    net::EventLoop& loop = resources.loop;
    core.note_others_wait(false);  // not for what it holds: the server's connection is let go of
    for (unsigned passes = 1; !core.over(); ++passes) {
        const net::IoResult sent = client.try_write(core.to_client());
        core.sent_to_client(sent, loop.now());
        if (core.over()) co_return;
        if (net::would_block(sent.status)) {
            const net::Wait woke = co_await client.descriptor().wait_writable(core.deadline());
            if (woke == net::Wait::cancelled) core.stop();
            if (woke == net::Wait::timed_out) core.time(loop.now());
            if (client.descriptor().hung_up()) core.lose_client();
        } else if (passes % kPassesPerTurn == 0) {
            net::GiveTurn turn{loop};
            co_await turn;
            if (loop.cancelled()) core.stop();
        }
    }
}

}  // namespace countersign::proxy::exchange
