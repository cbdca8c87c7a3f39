#include <limits>

#include "certs/text/ascii.hpp"
#include "proxy/client/session.hpp"
#include "proxy/exchange/answer.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/upstream/asked_identity.hpp"

namespace countersign::proxy::client {

namespace {

/// Whether the head at the front of `bytes` asks for text rather than JSON. It was within the
/// limits when it came; that the proxy has added fields since takes nothing from it.
bool asks_for_text(std::string_view bytes, http::Head& scratch) {
    constexpr auto kAnyNumber = std::numeric_limits<std::size_t>::max();
    if (http::parse_request_head(bytes, 0, kAnyNumber, scratch).state !=
        http::HeadResult::State::complete) {
        return false;
    }
    return accepts_text(scratch);
}

}  // namespace

bool accepts_text(const http::Head& head) {
    for (const http::Field& field : head.fields) {
        if (certs::same_ignoring_case(field.name, "accept"))
            return exchange::prefers_text(field.value);
    }
    return false;
}

net::Task<Session::After> Session::answer(exchange::Exchange& x, bool request_is_read) {
    const FailureRow row = row_of(x.failure->code());
    exchange::AnswerContext context;
    context.profile =
        x.profile() != nullptr ? std::string_view{x.profile()->name} : std::string_view{};
    context.host = x.host();
    context.request_id = x.ids.request_id(ws_.ids);
    context.trace_id = x.ids.trace().trace_id;
    context.head_request = x.request.method == "HEAD";
    context.minor_version = x.request.minor_version;
    context.keep_alive = x.request.client_keeps && request_is_read && !leaving_;
    if (x.prefers_text) {
        context.text = *x.prefers_text;
    } else if (x.request.repeatable) {
        context.text = asks_for_text(in_.view(), ws_.head);
    }
    tell(x);
    std::string text;
    exchange::write_answer(*x.failure, context, text);
    const net::IoStatus written = co_await net::write_all(client_, text, kAnswerIdle);
    if (written == net::IoStatus::ok) {
        x.progress.status = row.status;
        x.progress.bytes_out = text.size();
    }
    record(x, row.proxy_error);
    if (written != net::IoStatus::ok) co_return After::close;
    if (request_is_read) in_.consume(x.request.first_write);
    co_return context.keep_alive ? After::next_request : After::linger;
}

net::Task<Session::After> Session::answer_as_last(exchange::Exchange& x) {
    const net::IoStatus written = co_await net::write_all(client_, x.own_answer, kAnswerIdle);
    if (written == net::IoStatus::ok) {
        x.progress.status = 200;
        x.progress.bytes_out = x.own_answer.size();
    }
    record(x, {});
    if (written != net::IoStatus::ok) co_return After::close;
    if (!x.request.client_keeps) co_return After::linger;
    in_.consume(x.request.first_write);
    co_return After::next_request;
}

void Session::tell(const exchange::Exchange& x) {
    const profiles::Profile* const profile = x.profile();
    const std::string client = peer_.who();
    ws_.failures.tell(
        *x.failure,
        {client, profile != nullptr ? std::string_view{profile->name} : std::string_view{},
         x.host(), x.port()},
        ws_.loop.now()
    );
}

void Session::record(exchange::Exchange& x, std::string_view error) {
    if (tells_story()) story().end(x, error);
    ExchangeRecord record;
    if (const profiles::Profile* const profile = x.profile()) record.profile = profile->name;
    record.status = x.progress.status;
    record.tunnel =
        x.progress.status == 101 || (x.request.method == "CONNECT" && x.progress.status == 200);
    record.leniencies = x.progress.leniencies;
    record.bytes_in = x.request.body.total();
    record.bytes_out = x.progress.bytes_out;
    record.resolve = x.connect.resolve;
    record.connect = x.connect.connect;
    record.handshake = x.connect.handshake;
    record.wait = x.wait();
    record.total =
        std::chrono::duration_cast<std::chrono::microseconds>(net::Clock::now() - x.started);
    record.error = error;
    if (x.failure) record.side = x.failure->side();
    ws_.tally.add(record);
    if (ws_.access.enabled() || ws_.recent.enabled()) tell_in_full(record, x);
}

/// With all that is not counted.
void Session::tell_in_full(ExchangeRecord& record, exchange::Exchange& x) {
    const bool is_logged = ws_.access.enabled();
    record.time = ws_.wall_clock.at(x.started);
    if (peer_text_.empty()) peer_text_ = peer_.to_text();
    record.client = peer_text_;
    const profiles::Listener* const listener = x.generation().find_listener(peer_.listener);
    if (listener != nullptr) record.listener = listener->name;
    if (peer_.is_unix) record.uid = peer_.uid;
    record.name = x.client();
    record.method = x.request.method;
    record.path = x.request.path;
    record.host = x.host();
    record.port = x.port();
    if (const certs::Identity* identity = x.identity()) {
        record.identity = identity->subject();
        record.fingerprint = identity->fingerprint();
    }
    record.address = x.connect.address;
    std::string issuers;
    if (const auto server = x.upstream_facts()) {
        const upstream::UpstreamStream::Facts& facts = *server;
        const bool its_own_answer = !x.failure;
        if (its_own_answer && facts.certificate_requested &&
            upstream::may_refuse_identity(x.progress.status)) {
            issuers = upstream::issuers_text(facts);
            record.certificate = upstream::certificate_text(facts);
            record.issuers = issuers;
        }
        record.address = facts.address;  // it may be an idle one, which nobody had to dial
        record.tls_version = facts.tls_version;
        record.resumed = facts.resumed;
        record.reused = x.attempt.reused;
    }
    if (is_logged && x.ids.request_id().empty()) x.ids.make_request_id(ws_.ids);
    x.ids.tell(record);
    const std::string cause = x.failure ? brief_text(*x.failure, x.host()) : std::string{};
    if (!record.error.empty()) record.cause = cause;
    if (x.planned && x.plan().would_be) {
        record.would_be = row_of(x.plan().would_be->code()).proxy_error;
    }
    const profiles::LogRules& rules = x.configuration().log;
    if (is_logged) ws_.access.add(record, rules);
    if (ws_.recent.enabled()) ws_.recent.add(record, rules, x.failure ? &*x.failure : nullptr);
}

}  // namespace countersign::proxy::client
