#include "proxy/upstream/connector.hpp"

#include <cerrno>
#include <cstddef>
#include <utility>

#include "certs/text/phrase.hpp"
#include "profiles/authority.hpp"
#include "proxy/log/log.hpp"
#include "proxy/upstream/asked_identity.hpp"
#include "proxy/upstream/circuit_trial.hpp"
#include "proxy/upstream/connect_failure.hpp"
#include "proxy/upstream/handshake_account.hpp"

namespace countersign::proxy::upstream {

namespace {

double milliseconds(std::chrono::microseconds duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

std::string addresses_text(const std::vector<profiles::IpAddress>& addresses) {
    return certs::joined(addresses, [](const profiles::IpAddress& each) { return each.to_text(); });
}

void tell_handshake(UpstreamConnection& connection, std::chrono::microseconds duration) {
    if (!log::tells(profiles::LogLevel::debug)) return;
    const Origin& origin = connection.origin();
    const UpstreamStream::Facts facts = connection.stream().facts();
    log::debug(
        "upstream {}: {} with {} after {:.1f} ms, {}; the server {}{}",
        destination_text(origin.goal()), facts.tls_version, facts.address, milliseconds(duration),
        facts.resumed ? "a resumed session" : "a full handshake",
        facts.resumed ? "had, in the full handshake, " : "", asked_text(facts)
    );
}

bool is_shortage(int error) { return error == EMFILE || error == ENFILE; }

/// Where a server fails handshakes that offer a session, none is offered for so long.
constexpr auto kWithoutSessions = std::chrono::minutes{10};

void tell_of_sessions(const Origin& origin, const Failure& failure) {
    const std::string& profile = origin.rules->profile;
    log::warning(
        "{}{}: a TLS handshake that offered to resume a session failed, and one without succeeded. "
        "The first: {} For ten minutes no session is offered there; then it is tried again. "
        "Requests are served, each new connection by a full handshake. Servers on OpenSSL do this "
        "that ask for client certificates and have no session id context: tell the operator{}.",
        profile.empty() ? "" : "profile " + certs::in_quotes(profile) + ": ",
        destination_text(origin.goal()), failure.reason(),
        profile.empty() ? "" : ", or set tls: { session_resumption: false } in the profile"
    );
}

/// An alert names what the server could not take. A connection that only broke may have broken for
/// another reason, a restart or a balancer's dead end: it is the session where that comes again.
void note_session(Origin& origin, const Failure& failure) {
    tls::TlsMemory& memory = origin.memory;
    if (!failure.alert() && !std::exchange(memory.session_suspected, true)) return;
    memory.sessions.suspend(std::chrono::system_clock::now() + kWithoutSessions);
    if (!std::exchange(memory.told_of_sessions, true)) tell_of_sessions(origin, failure);
}

void note_large_hello(Origin& origin, const Failure& failure) {
    if (!origin.memory.hello.note_not_taken(std::chrono::steady_clock::now())) return;
    const std::string& profile = origin.rules->profile;
    log::warning(
        "{}{}: a TLS handshake with a large first message, which has the key share of a "
        "post-quantum group (X25519MLKEM768), was not answered, and one without was. The first: {} "
        "For ten minutes no such group is offered there; then it is tried again. Servers, and "
        "firewalls before them, do this that want the first message in one packet: tell the "
        "operator{}.",
        profile.empty() ? "" : "profile " + certs::in_quotes(profile) + ": ",
        destination_text(origin.goal()), failure.reason(),
        profile.empty() ? "" : ", or set tls: { groups: [X25519, P-256, P-384] } in the profile"
    );
}

std::chrono::microseconds since(net::TimePoint start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(net::Clock::now() - start);
}

}  // namespace

net::Task<Result<std::unique_ptr<UpstreamConnection>>> Connector::open(
    OriginPlace place, ConnectReport& report
) {
    std::optional<OriginPlace> kept{std::move(place)};  // and with it the origin
    Terms terms{kept->origin().rules->timeouts.handshake};
    std::optional<Setback> before;
    for (;;) {
        const ConnectReport earlier = std::exchange(report, {});
        Opened opened = co_await attempt(kept, terms, report);
        terms.handshake -= report.handshake;
        report.resolve += earlier.resolve;
        report.connect += earlier.connect;
        report.handshake += earlier.handshake;
        auto* const connection = std::get_if<0>(&opened);
        auto* const setback = std::get_if<Setback>(&opened);
        Origin& origin = connection != nullptr ? (*connection)->origin() : kept->origin();
        // What was left off last made the difference, where there is one.
        if (before && before->on_session) {
            // Had all versions been offered it may have succeeded: it is not blamed yet.
            if (connection != nullptr && !before->on_version) note_session(origin, before->failure);
            // It fails all: what rests of its sessions would only have each of them made twice.
            if (setback != nullptr) origin.memory.sessions.clear();
        } else if (before && (connection != nullptr || setback->answered)) {
            note_large_hello(origin, before->failure);
        }
        if (connection != nullptr) co_return std::move(*connection);
        before = std::move(*setback);
        if (leave_off(*before, terms)) continue;
        if (before->of_handshake) count(before->failure);
        co_return std::move(before->failure);
    }
}

bool Connector::leave_off(const Setback& setback, Terms& terms) {
    if (terms.handshake.count() <= 0) return false;
    if (setback.on_session && terms.hello.session) {
        terms.hello.session = false;
        ++handshakes_.again_without_session;
    } else if (setback.on_large_hello && terms.hello.large) {
        terms.hello.large = false;
        ++handshakes_.again_without_large_hello;
    } else {
        return false;
    }
    return true;
}

net::Task<Connector::Opened> Connector::attempt(
    std::optional<OriginPlace>& place, Terms terms, ConnectReport& report
) {
    const addresses::Goal goal = place->origin().goal();
    auto beginning = std::make_unique<Beginning>();
    Result<std::unique_ptr<net::Descriptor>> socket =
        co_await reach(goal, report, beginning->reached);
    if (!socket) {
        Setback unreached{
            std::move(socket).error().with_account(account_of(beginning->reached, report, goal))};
        co_return unreached;
    }

    const net::TimePoint connected = net::Clock::now();
    auto connection = std::make_unique<UpstreamConnection>(
        std::move(*place), std::move(*socket), std::move(beginning), terms.hello
    );
    // Where none was ever answered the other half is for a small one.
    const bool may_be_mute =
        connection->has_large_hello() && !connection->origin().memory.hello.was_taken();
    const net::TimePoint start = loop_.now();
    const UpstreamConnection::HandshakeLimits limits{
        start + terms.handshake / (may_be_mute ? 2 : 1), start + terms.handshake};
    const net::IoStatus status = co_await connection->handshake(turns_, limits, inquirer_);
    report.handshake = since(connected);
    connection->beginning()->times = report;
    const bool answered = connection->server_has_answered();
    if (answered && connection->has_large_hello()) {
        connection->origin().memory.hello.note_taken();
    }
    if (status == net::IoStatus::ok) {
        connection->beginning()->complete = true;
        const bool resumed = connection->tls().resumed();
        ++(resumed ? handshakes_.resumed : handshakes_.full);
        tls::TlsMemory& memory = connection->origin().memory;
        if (resumed) {
            memory.session_suspected = memory.told_of_sessions = false;
        } else if (connection->tls().offered_version_alone()) {
            memory.sessions.offer_all_versions();
        }
        tell_handshake(*connection, report.handshake);
        co_return connection;
    }
    const bool by_server = status != net::IoStatus::timed_out && status != net::IoStatus::cancelled;
    const bool timed_out = status == net::IoStatus::timed_out;
    const bool on_large_hello = connection->failed_on_large_hello();
    const bool is_mute = timed_out && on_large_hello && may_be_mute;
    Setback setback{
        connection->unfinished(status, is_mute)
            .with_account(account_of(*connection->beginning(), connection->origin())),
        by_server && connection->tls().failed_on_session()};
    setback.of_handshake = true;
    setback.answered = answered;
    setback.on_large_hello = on_large_hello && (by_server || is_mute);
    if (timed_out && on_large_hello) connection->origin().memory.hello.note_silence();
    if (connection->tls().offered_version_alone()) {
        setback.on_version = setback.on_session = by_server;
        connection->origin().memory.sessions.offer_all_versions();
    }
    place.emplace(std::move(*connection).take_place());
    co_return setback;
}

void Connector::count(const Failure& failure) {
    if (failure.code() == FailureCode::draining) return;
    handshakes_.failures.add(row_of(failure.code()).proxy_error, failure.side());
}

net::Task<Result<std::unique_ptr<net::Descriptor>>> Connector::reach(
    addresses::Goal goal, ConnectReport& report
) {
    ReachSteps steps;
    Result<std::unique_ptr<net::Descriptor>> socket = co_await reach(goal, report, steps);
    if (socket) co_return socket;
    co_return std::move(socket).error().with_account(account_of(steps, report, goal));
}

net::Task<Result<std::unique_ptr<net::Descriptor>>> Connector::reach(
    addresses::Goal goal, ConnectReport& report, ReachSteps& steps, std::function<void()> on_step
) {
    const net::TimePoint start = net::Clock::now();
    const net::TimePoint resolve_by = loop_.now() + goal.rules.timeouts.resolve;
    Result<std::vector<profiles::IpAddress>> resolved =
        co_await resolver_.resolve(std::string{goal.dial_host()}, resolve_by);
    report.resolve = since(start);
    steps.name = goal.dial_host();
    if (!resolved) co_return std::move(resolved).error();
    if (log::tells(profiles::LogLevel::debug)) {
        log::debug(
            "upstream {}: {} is {} (found after {:.1f} ms)", destination_text(goal),
            goal.dial_host(), addresses_text(*resolved), milliseconds(report.resolve)
        );
    }
    addresses::PermittedAddresses allowed = addresses::permitted(own_endpoints_, goal, *resolved);
    steps.found = std::move(*resolved);
    steps.objections = allowed.objections;
    if (on_step) on_step();
    if (allowed.addresses.empty()) co_return prohibited_failure(goal, allowed.objections);

    const net::TimePoint dialling = net::Clock::now();
    const std::function<void(const DialAttempt&)> tell = [&](const DialAttempt& attempt) {
        steps.attempts.push_back(attempt);
        if (on_step) on_step();
    };
    Result<std::unique_ptr<net::Descriptor>> socket =
        co_await connect(goal, std::move(allowed), report, tell);
    report.connect = since(dialling);
    if (socket && log::tells(profiles::LogLevel::debug)) {
        log::debug(
            "upstream {}: connected to {} after {:.1f} ms", destination_text(goal), report.address,
            milliseconds(report.connect)
        );
    }
    co_return socket;
}

net::Task<Result<std::unique_ptr<net::Descriptor>>> Connector::connect(
    addresses::Goal goal, addresses::PermittedAddresses allowed, ConnectReport& report,
    const std::function<void(const DialAttempt&)>& tell
) {
    std::optional<CircuitTrial> trial;
    if (circuits_) {
        trial.emplace(*circuits_, goal, loop_);
        if (const auto unavailable = trial->leave_out(allowed.addresses)) {
            co_return unavailable_failure(
                goal, unavailable->error, unavailable->pause, allowed.objections
            );
        }
    }
    const net::TimePoint deadline = loop_.now() + goal.rules.timeouts.connect;
    const std::size_t dialled_count = allowed.addresses.size();
    const std::function<void(const DialAttempt&)> ended = [&](const DialAttempt& attempt) {
        if (trial) trial->settle(attempt);
        tell(attempt);
    };
    const std::vector<profiles::IpAddress> addresses =
        in_dialling_order(std::move(allowed.addresses));
    const DialTarget target{addresses, goal.dial_port(), deadline, budget_, &ended};
    DialResult dialled = co_await dial(loop_, target);
    if (is_shortage(dialled.error) && make_room_()) dialled = co_await dial(loop_, target);
    if (dialled.address && !is_shortage(dialled.error)) {
        report.address =
            profiles::authority_text(dialled.address->to_text(), goal.dial_port()).text();
    }
    if (dialled.socket) co_return std::move(dialled.socket);
    if (dialled.error == ECANCELED) co_return stopping_failure();
    if (is_shortage(dialled.error)) co_return descriptors_failure(budget_.limit());
    co_return connect_failure(goal, dialled.error, dialled_count, allowed.objections);
}

}  // namespace countersign::proxy::upstream
