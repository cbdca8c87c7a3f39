#include "proxy/client/refused_client.hpp"

#include "proxy/client/session.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/routing/refusals.hpp"

namespace countersign::proxy::client {

net::Task<void> RefusedClient::serve(Workspace& workspace, net::UniqueFd fd, routing::Peer peer) {
    RefusedClient client{workspace, std::move(fd), peer};
    const bool spoke = co_await client.read_head();
    if (spoke) co_await client.answer();
}

RefusedClient::RefusedClient(Workspace& workspace, net::UniqueFd fd, const routing::Peer& peer)
    : ws_{workspace},
      peer_{peer},
      client_{workspace.loop, std::move(fd)},
      stay_{workspace.refused, peer.admission, client_.descriptor()},
      started_{workspace.loop.now()},
      deadline_{started_ + kTime} {
    context_.keep_alive = false;
}

/// Until a head is there, or can be none, or the time is over. Silence holds no buffer.
net::Task<bool> RefusedClient::read_head() {
    const std::size_t max_fields = ws_.generation->configuration().limits.header_count;
    std::size_t scanned = 0;
    for (;;) {
        const net::Wait wait = co_await client_.descriptor().wait_readable(deadline_);
        if (wait == net::Wait::cancelled) co_return false;
        if (wait == net::Wait::timed_out) co_return !in_.empty();
        if (!in_) in_ = ws_.buffers.take();
        const net::IoResult got = client_.try_read(in_.tail(), in_.room());
        if (got.status == net::IoStatus::would_block_read) continue;
        if (!got.ok()) co_return false;
        in_.commit(got.bytes);
        // The CR may have been there at the last look.
        while (in_.view().starts_with("\r\n")) {
            in_.consume(2);
            scanned = 0;
        }
        const http::HeadResult parsed =
            http::parse_request_head(in_.view(), scanned, max_fields, ws_.head);
        if (parsed.state == http::HeadResult::State::complete) understand_head();
        if (parsed.state != http::HeadResult::State::incomplete || in_.room() == 0) co_return true;
        scanned = in_.size();
    }
}

void RefusedClient::understand_head() {
    const http::Head& head = ws_.head;
    ids_.take(head);
    method_ = head.method;
    context_.head_request = head.method == "HEAD";
    context_.minor_version = head.minor_version;
    context_.text = accepts_text(head);
    http::Destination to;
    http::parse_destination(head, to);
    path_ = to.path;
    host_ = to.host.view();
    port_ = to.port;
}

net::Task<void> RefusedClient::answer() {
    const profiles::Listener* const listener = ws_.generation->find_listener(peer_.listener);
    const std::string_view name = listener == nullptr ? std::string_view{} : listener->name;
    const Failure failure = routing::admission_failure(peer_, name);
    context_.request_id = ids_.request_id(ws_.ids);
    context_.trace_id = ids_.trace().trace_id;
    std::string text;
    exchange::write_answer(failure, context_, text);
    const net::IoStatus written =
        co_await net::write_all(client_, text, deadline_ - ws_.loop.now());
    ws_.failures.tell(failure, {peer_.who()}, ws_.loop.now());
    record(failure, written == net::IoStatus::ok ? text.size() : 0);
    if (written == net::IoStatus::ok) co_await client_.linger(deadline_);
}

void RefusedClient::record(const Failure& failure, std::size_t bytes_out) {
    const std::string client = peer_.to_text();
    ExchangeRecord record;
    record.time = ws_.wall_clock.at(started_);
    const profiles::Listener* const listener = ws_.generation->find_listener(peer_.listener);
    if (listener != nullptr) record.listener = listener->name;
    record.client = client;
    if (peer_.is_unix) record.uid = peer_.uid;
    record.method = method_;
    record.path = path_;
    record.host = host_;
    record.port = port_;
    const FailureRow row = row_of(failure.code());
    const std::string cause = brief_text(failure, {});
    record.status = bytes_out == 0 ? std::uint16_t{0} : row.status;
    record.bytes_out = bytes_out;
    record.total =
        std::chrono::duration_cast<std::chrono::microseconds>(net::Clock::now() - started_);
    record.error = row.proxy_error;
    record.side = failure.side();
    record.cause = cause;
    ids_.tell(record);
    ws_.tally.add(record);
    if (ws_.access.enabled()) ws_.access.add(record, ws_.generation->configuration().log);
}

}  // namespace countersign::proxy::client
