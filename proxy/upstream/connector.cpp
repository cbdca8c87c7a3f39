#include "proxy/upstream/connector.hpp"

#include <cerrno>
#include <cstddef>
#include <utility>

#include "proxy/upstream/connect_failure.hpp"
#include "proxy/upstream/dial.hpp"
#include "proxy/upstream/handshake_failure.hpp"

namespace countersign::proxy {

namespace {

Failure handshake_timeout(const Origin& origin) {
    return Failure::of_upstream(
        FailureCode::handshake_timeout,
        destination_text(origin.goal()) +
            " accepted the connection but did not finish the TLS handshake in time "
            "(handshake_timeout).",
        "Check that the port speaks TLS; timeouts.handshake is the limit."
    );
}

bool is_shortage(int error) { return error == EMFILE || error == ENFILE; }

std::chrono::microseconds since(TimePoint start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

}  // namespace

Task<Result<std::unique_ptr<UpstreamConnection>>> Connector::open(
    OriginPlace place, ConnectReport& report
) {
    const Goal goal = place.origin().goal();
    Result<std::unique_ptr<Descriptor>> socket = co_await reach(goal, report);
    if (!socket) co_return std::move(socket).error();

    const TimePoint connected = Clock::now();
    Result<std::unique_ptr<UpstreamConnection>> opened =
        co_await handshake(std::move(place), std::move(*socket));
    report.handshake = since(connected);
    co_return opened;
}

Task<Result<std::unique_ptr<Descriptor>>> Connector::reach(Goal goal, ConnectReport& report) {
    const TimePoint start = Clock::now();
    const TimePoint resolve_by = loop_.now() + goal.rules.timeouts.resolve;
    Result<std::vector<profiles::IpAddress>> resolved =
        co_await resolver_.resolve(std::string{goal.dial_host()}, resolve_by);
    report.resolve = since(start);
    if (!resolved) co_return std::move(resolved).error();
    PermittedAddresses allowed = permitted(own_, goal, *resolved);
    if (allowed.addresses.empty()) co_return prohibited_failure(goal, allowed.objections);

    const TimePoint dialling = Clock::now();
    Result<std::unique_ptr<Descriptor>> socket = co_await connect(goal, std::move(allowed));
    report.connect = since(dialling);
    co_return socket;
}

Task<Result<std::unique_ptr<Descriptor>>> Connector::connect(
    Goal goal, PermittedAddresses allowed
) {
    const TimePoint deadline = loop_.now() + goal.rules.timeouts.connect;
    const std::size_t dialled_count = allowed.addresses.size();
    const std::vector<profiles::IpAddress> addresses =
        in_dialling_order(std::move(allowed.addresses));
    const DialTarget target{addresses, goal.dial_port(), deadline, budget_};
    DialResult dialled = co_await dial(loop_, target);
    if (is_shortage(dialled.error) && make_room_()) dialled = co_await dial(loop_, target);
    if (dialled.socket) co_return std::move(dialled.socket);
    if (dialled.error == ECANCELED) co_return stopping_failure();
    if (is_shortage(dialled.error)) co_return descriptors_failure(budget_.limit());
    co_return connect_failure(goal, dialled.error, dialled_count, allowed.objections);
}

Task<Result<std::unique_ptr<UpstreamConnection>>> Connector::handshake(
    OriginPlace place, std::unique_ptr<Descriptor> socket
) {
    const Origin& origin = place.origin();
    auto connection = std::make_unique<UpstreamConnection>(std::move(place), std::move(socket));
    const TimePoint deadline = loop_.now() + origin.rules->timeouts.handshake;
    const IoStatus status = co_await connection->handshake(deadline);
    switch (status) {
        case IoStatus::ok:
            co_return connection;
        case IoStatus::timed_out:
            co_return handshake_timeout(origin);
        case IoStatus::cancelled:
            co_return stopping_failure();
        default:
            co_return handshake_failure(origin, connection->tls().take_failure());
    }
}

}  // namespace countersign::proxy
