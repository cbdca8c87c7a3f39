#include "proxy/upstream/connector.hpp"

#include <cerrno>
#include <cstddef>
#include <utility>

#include "certs/text/phrase.hpp"
#include "profiles/authority.hpp"
#include "proxy/log/log.hpp"
#include "proxy/upstream/asked_identity.hpp"
#include "proxy/upstream/connect_failure.hpp"
#include "proxy/upstream/dial.hpp"
#include "proxy/upstream/handshake_failure.hpp"

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

Failure failure_of(UpstreamConnection& connection, net::IoStatus status) {
    const Origin& origin = connection.origin();
    switch (status) {
        case net::IoStatus::timed_out:
            return handshake_timeout(origin, connection.tls().take_failure());
        case net::IoStatus::cancelled:
            return stopping_failure();
        default:
            return handshake_failure(origin, connection.tls().take_failure());
    }
}

/// Where a server fails handshakes that offer a session, none is offered for so long.
constexpr auto kWithoutSessions = std::chrono::minutes{10};

void tell_of_sessions(const UpstreamConnection& connection, const Failure& failure) {
    const Origin& origin = connection.origin();
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
void note_session(const UpstreamConnection& connection, const Failure& failure) {
    tls::TlsMemory& memory = connection.origin().memory;
    if (!failure.alert() && !std::exchange(memory.session_suspected, true)) return;
    memory.sessions.suspend(std::chrono::system_clock::now() + kWithoutSessions);
    if (!std::exchange(memory.told_of_sessions, true)) tell_of_sessions(connection, failure);
}

std::chrono::microseconds since(net::TimePoint start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(net::Clock::now() - start);
}

}  // namespace

net::Task<Result<std::unique_ptr<UpstreamConnection>>> Connector::open(
    OriginPlace place, ConnectReport& report
) {
    std::optional<OriginPlace> kept{std::move(place)};  // and with it the origin
    Terms terms{true, kept->origin().rules->timeouts.handshake};
    Opened opened = co_await attempt(kept, terms, report);
    auto* const setback = std::get_if<Setback>(&opened);
    if (setback == nullptr) co_return std::get<0>(std::move(opened));

    // Both have the time of one.
    terms.offers_session = false;
    terms.handshake -= report.handshake;
    if (setback->on_session && terms.handshake.count() > 0) {
        const ConnectReport first = std::exchange(report, {});
        Opened second = co_await attempt(kept, terms, report);
        report.resolve += first.resolve;
        report.connect += first.connect;
        report.handshake += first.handshake;
        if (auto* const connection = std::get_if<0>(&second)) {
            // Had all versions been offered it may have succeeded: the session is not blamed yet.
            if (!setback->on_version) note_session(**connection, setback->failure);
            co_return std::move(*connection);
        }
        // It fails all: what rests of its sessions would only have each of them made twice.
        kept->origin().memory.sessions.clear();
        *setback = std::get<Setback>(std::move(second));
    }
    if (setback->of_handshake) count(setback->failure);
    co_return std::move(setback->failure);
}

net::Task<Connector::Opened> Connector::attempt(
    std::optional<OriginPlace>& place, Terms terms, ConnectReport& report
) {
    const addresses::Goal goal = place->origin().goal();
    Result<std::unique_ptr<net::Descriptor>> socket = co_await reach(goal, report);
    if (!socket) {
        Setback unreached{std::move(socket).error()};
        co_return unreached;
    }

    const net::TimePoint connected = net::Clock::now();
    auto connection = std::make_unique<UpstreamConnection>(
        std::move(*place), std::move(*socket), terms.offers_session
    );
    const net::IoStatus status =
        co_await connection->handshake(turns_, loop_.now() + terms.handshake);
    report.handshake = since(connected);
    if (status == net::IoStatus::ok) {
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
    Setback setback{
        failure_of(*connection, status), by_server && connection->tls().failed_on_session()};
    setback.of_handshake = true;
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
    const net::TimePoint start = net::Clock::now();
    const net::TimePoint resolve_by = loop_.now() + goal.rules.timeouts.resolve;
    Result<std::vector<profiles::IpAddress>> resolved =
        co_await resolver_.resolve(std::string{goal.dial_host()}, resolve_by);
    report.resolve = since(start);
    if (!resolved) co_return std::move(resolved).error();
    if (log::tells(profiles::LogLevel::debug)) {
        log::debug(
            "upstream {}: {} is {} (found after {:.1f} ms)", destination_text(goal),
            goal.dial_host(), addresses_text(*resolved), milliseconds(report.resolve)
        );
    }
    addresses::PermittedAddresses allowed = addresses::permitted(own_endpoints_, goal, *resolved);
    if (allowed.addresses.empty()) co_return prohibited_failure(goal, allowed.objections);

    const net::TimePoint dialling = net::Clock::now();
    Result<std::unique_ptr<net::Descriptor>> socket =
        co_await connect(goal, std::move(allowed), report);
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
    addresses::Goal goal, addresses::PermittedAddresses allowed, ConnectReport& report
) {
    const net::TimePoint deadline = loop_.now() + goal.rules.timeouts.connect;
    const std::size_t dialled_count = allowed.addresses.size();
    const std::vector<profiles::IpAddress> addresses =
        in_dialling_order(std::move(allowed.addresses));
    const DialTarget target{addresses, goal.dial_port(), deadline, budget_};
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
