#include "proxy/probe/prober.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <exception>
#include <functional>
#include <string_view>
#include <system_error>
#include <utility>

#include "proxy/exchange/exchange_failure.hpp"
#include "proxy/exchange/exchange_pump.hpp"
#include "proxy/net/plain_stream.hpp"
#include "proxy/net/unique_fd.hpp"
#include "proxy/upstream/origin_place.hpp"
#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy::probe {

namespace {

/// How long a server is listened to that has asked for a certificate in TLS 1.3, and is asked
/// nothing: it refuses what it got, where it does, only after the handshake.
constexpr auto kListenForRefusal = std::chrono::seconds{1};
/// Of an answer's body, which says nothing here.
constexpr std::size_t kMostRead = std::size_t{64} << 10;

/// Nobody counts the connections.
class NoKeeper final : public upstream::PlaceKeeper {
    void place_is_free(upstream::Origin&, std::optional<metrics::ConnectionEnd>) override {}
    void upload_ends(upstream::Origin&) override {}
    bool is_short_of_places(upstream::Origin&) const override { return false; }
};

std::chrono::microseconds time_since(net::TimePoint start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(net::Clock::now() - start);
}

struct Ends {
    net::UniqueFd client;
    net::UniqueFd other;
};

/// The exchange answers to a client: here to a socket whose other end drops what comes, and hangs
/// up where that is much.
Ends make_client() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
        throw std::system_error{errno, std::generic_category(), "socketpair"};
    }
    return {net::UniqueFd{ends[0]}, net::UniqueFd{ends[1]}};
}

net::Task<void> drop_some(net::EventLoop& loop, net::UniqueFd fd) {
    net::PlainStream stream{loop, std::move(fd)};
    std::array<char, 16384> into;
    for (std::size_t read = 0; read < kMostRead;) {
        const net::IoResult got =
            co_await net::read_some(stream, into.data(), into.size(), net::kNever);
        if (!got.ok()) co_return;
        read += got.bytes;
    }
}

}  // namespace

/// One of them, with all that it stands on.
struct Prober::Connection {
    Connection(
        const TrialTerms& terms, std::unique_ptr<net::Descriptor> socket, tls::HelloTerms hello
    )
        : origin{upstream::PoolKey{terms.host, terms.port, terms.tls, terms.rules}},
          connection{
              upstream::OriginPlace{keeper, origin}, std::move(socket),
              std::make_unique<upstream::Beginning>(), hello} {}

    NoKeeper keeper;
    upstream::Origin origin;
    upstream::UpstreamConnection connection;
    tls::HandshakeWatch& watch{connection.beginning()->watch};
};

Prober::Prober(
    upstream::dns::NameFiles& names, const upstream::addresses::OwnEndpoints& own_endpoints,
    net::BufferSizes buffers, std::size_t most_fields
)
    : most_fields_{most_fields},
      own_endpoints_{own_endpoints},
      resolver_{resources_.loop, names},
      connector_{resources_.loop, resolver_, own_endpoints},
      revocation_{names},
      inquirer_{resources_.loop, revocation_, own_endpoints},
      tasks_{[](std::exception_ptr error) { std::rethrow_exception(error); }} {
    resources_.buffers.resize(buffers);
}

void Prober::run() {
    if (tasks_.size() == 0) return;
    tasks_.on_idle([this] { resources_.loop.stop(); });
    resources_.loop.post([] {});  // a task that was woken before the first round waits for one
    resources_.loop.run();
}

void Prober::cancel() {
    resources_.loop.post([this] { resources_.loop.cancel_all(); });
}

net::Task<Trial> Prober::attempt(TrialTerms terms, TrialListener* listener) {
    tls::HelloTerms hello;
    hello.session = false;
    Trial trial;
    const Hello first = co_await attempt_once(terms, hello, listener, trial);
    if (!first.large || first.answered || !trial.failure) co_return trial;

    if (listener != nullptr) listener->on_again(trial);
    hello.large = false;
    Trial again;
    const Hello second = co_await attempt_once(terms, hello, listener, again);
    if (second.answered) again.large_hello = std::move(trial.failure);
    co_return again;
}

net::Task<Prober::Hello> Prober::attempt_once(
    const TrialTerms& terms, tls::HelloTerms hello, TrialListener* listener, Trial& trial
) {
    upstream::HandshakeReport& report = trial.report;
    if (const certs::Identity* const identity = terms.tls->identity()) {
        report.identity = identity->subject();
        report.fingerprint = identity->fingerprint();
    }
    trial.is_verified = !terms.tls->rules().dangers.has(profiles::Danger::accept_any_server);
    std::function<void()> on_step;
    if (listener != nullptr) on_step = [listener, &trial] { listener->on_reaching(trial); };
    Result<std::unique_ptr<net::Descriptor>> socket =
        co_await connector_.reach(terms.goal(), report.times, report.reached, std::move(on_step));
    if (!socket) {
        trial.failure = std::move(socket).error();
        co_return Hello{};
    }
    Connection connection{terms, std::move(*socket), hello};
    if (listener != nullptr) {
        connection.watch.tell([listener](const auto& said) { listener->on_said(said); });
    }
    co_await shake_hands(connection, terms, trial);
    look(connection, trial);
    if (report.complete) {
        if (listener != nullptr) listener->on_handshake(trial);
        if (terms.request.empty()) {
            trial.failure = co_await connection.connection.late_refusal(
                resources_.loop.now() + kListenForRefusal
            );
        } else {
            co_await ask(connection, terms, trial);
        }
        look(connection, trial);
    }
    connection.watch.tell({});
    co_return Hello{
        connection.connection.has_large_hello(), connection.connection.server_has_answered()};
}

void Prober::look(Connection& connection, Trial& trial) {
    const upstream::UpstreamStream::Facts facts = connection.connection.stream().facts();
    trial.report.tls = connection.watch.seen();
    trial.asked = facts.certificate_requested || trial.report.tls->asked.has_value();
    trial.sent = facts.identity_sent;
}

net::Task<MissingIssuers> Prober::fetch_missing(
    std::vector<certs::X509Handle> shown,
    std::shared_ptr<const upstream::addresses::OriginRules> rules
) {
    upstream::revocation::FetchRules asked_by;
    asked_by.addresses = rules->addresses;
    asked_by.own_endpoints =
        std::make_shared<const upstream::addresses::OwnEndpoints>(own_endpoints_);
    return fetch_missing_issuers(resources_.loop, resolver_, std::move(asked_by), std::move(shown));
}

net::Task<void> Prober::shake_hands(Connection& connection, const TrialTerms& terms, Trial& trial) {
    const net::TimePoint began = net::Clock::now();
    const net::TimePoint start = resources_.loop.now();
    const auto limit = terms.rules->timeouts.handshake;
    const upstream::UpstreamConnection::HandshakeLimits limits{
        start + limit / (connection.connection.has_large_hello() ? 2 : 1), start + limit};
    const net::IoStatus status =
        co_await connection.connection.handshake(turns_, limits, &inquirer_);
    trial.report.times.handshake = time_since(began);
    trial.report.complete = status == net::IoStatus::ok;
    if (trial.report.complete) co_return;
    trial.failure =
        connection.connection.unfinished(status, connection.connection.failed_on_large_hello());
}

/// The exchange of a client that sends this request, on this connection.
net::Task<void> Prober::ask(Connection& connection, const TrialTerms& terms, Trial& trial) {
    net::EventLoop& loop = resources_.loop;
    Ends ends = make_client();
    tasks_.spawn(drop_some(loop, std::move(ends.other)));
    net::PlainStream client{loop, std::move(ends.client)};

    net::Buffer request = resources_.buffers.take_with_room_for(terms.request.size());
    terms.request.copy(request.tail(), terms.request.size());
    request.commit(terms.request.size());
    exchange::ExchangeRequest asked;
    asked.method = terms.method;
    asked.head = terms.request.size();
    asked.first_write = asked.head;
    asked.repeatable = true;
    exchange::ExchangeTerms held_to{terms.rules->timeouts};
    held_to.most_fields = most_fields_;
    held_to.leniency = terms.leniency;

    const net::TimePoint began = net::Clock::now();
    exchange::ExchangeCore core{held_to,    asked,     request, resources_.buffers,
                                resources_, loop.now()};
    upstream::UpstreamStream& stream = connection.connection.stream();
    co_await exchange::pump(resources_, client, stream, core);
    trial.status = core.progress().status;
    if (core.progress().response_seen && core.progress().first_byte > began) {
        trial.wait = std::chrono::duration_cast<std::chrono::microseconds>(
            core.progress().first_byte - began
        );
    }
    // Not over: the server has said all. Client gone: it said more than is read here.
    const bool answered = !core.over() || core.ending() == exchange::Ending::complete ||
                          (trial.status != 0 && core.ending() == exchange::Ending::client_gone);
    if (!answered) trial.failure = exchange::failure_of(core, stream);
}

}  // namespace countersign::proxy::probe
