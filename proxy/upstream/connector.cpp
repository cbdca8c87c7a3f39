#include "proxy/upstream/connector.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include "proxy/http/request_target.hpp"
#include "proxy/tls/handshake_report.hpp"
#include "proxy/tls/server_check.hpp"
#include "proxy/upstream/dial.hpp"

namespace countersign::proxy {

namespace {

std::string destination_text(const Origin& origin) {
    std::string text;
    append_authority(text, origin.key.host, origin.key.port, 0);
    if (!origin.rules->connect_to) return text;
    text += " (connect_to ";
    append_authority(text, origin.dial_host(), origin.dial_port(), 0);
    return text + ")";
}

Failure connect_failure(const Origin& origin, int error) {
    Failure failure;
    failure.side = Side::upstream;
    const std::string where = destination_text(origin);
    switch (error) {
        case ECONNREFUSED:
            failure.code = FailureCode::connection_refused;
            failure.reason = "Nothing listens at " + where + " (connection refused).";
            failure.remedy = "Check host and port, and that the server runs.";
            break;
        case ETIMEDOUT:
            failure.code = FailureCode::connect_timeout;
            failure.reason = where + " did not answer in time (connect_timeout).";
            failure.remedy =
                "A firewall between here and there may drop the packets; timeouts.connect is the "
                "limit.";
            break;
        default:
            failure.code = FailureCode::unreachable;
            failure.reason = where + " cannot be reached (" + std::strerror(error) + ").";
            failure.remedy = "Check the routes and the firewall of this machine.";
            break;
    }
    return failure;
}

Failure handshake_timeout(const Origin& origin) {
    Failure failure;
    failure.code = FailureCode::handshake_timeout;
    failure.side = Side::upstream;
    failure.reason = destination_text(origin) +
                     " accepted the connection but did not finish the TLS handshake in time "
                     "(handshake_timeout).";
    failure.remedy = "Check that the port speaks TLS; timeouts.handshake is the limit.";
    return failure;
}

HandshakeFacts facts_of(const Origin& origin) {
    HandshakeFacts facts;
    facts.profile = origin.rules->profile;
    facts.destination = destination_text(origin);
    const auto& names = origin.key.tls->rules().verify_names;
    facts.verify_names = !names.empty();
    facts.server_name = names.empty() ? origin.server_name() : to_text(names);
    if (const certs::Identity* identity = origin.key.tls->identity())
        facts.identity = identity->subject();
    facts.trust = origin.key.tls->trust().describe();
    return facts;
}

std::chrono::microseconds since(TimePoint start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

}  // namespace

Failure prohibited(const Origin& origin, const std::string& objection) {
    Failure failure;
    failure.code = FailureCode::address_prohibited;
    failure.side = Side::proxy;
    failure.reason = destination_text(origin) + " may not be dialled: " + objection + ".";
    failure.remedy =
        "Link-local addresses, cloud metadata services and the proxy itself are no "
        "destinations. If this address is one, change addresses.deny.";
    return failure;
}

Task<Result<std::unique_ptr<UpstreamConnection>>> Connector::open(
    OriginPlace place, ConnectReport& report
) {
    const Origin& origin = place.origin();
    const TimePoint start = Clock::now();
    const TimePoint resolve_by = reactor_.now() + origin.rules->timeouts.resolve;
    Result<std::vector<profiles::IpAddress>> resolved =
        co_await resolver_.resolve(origin.dial_host(), resolve_by);
    report.resolve = since(start);
    if (!resolved) co_return std::move(resolved).error();
    Result<std::vector<profiles::IpAddress>> addresses = permitted(origin, *resolved);
    if (!addresses) co_return std::move(addresses).error();

    const TimePoint dialling = Clock::now();
    Result<std::unique_ptr<Descriptor>> socket = co_await connect(origin, std::move(*addresses));
    report.connect = since(dialling);
    if (!socket) co_return std::move(socket).error();

    const TimePoint connected = Clock::now();
    Result<std::unique_ptr<UpstreamConnection>> opened =
        co_await handshake(std::move(place), std::move(*socket));
    report.handshake = since(connected);
    co_return opened;
}

Result<std::vector<profiles::IpAddress>> Connector::permitted(
    const Origin& origin, const std::vector<profiles::IpAddress>& addresses
) const {
    std::vector<profiles::IpAddress> kept;
    std::string objection;
    for (const profiles::IpAddress& address : addresses) {
        std::string found = guard_.objection(address, origin.dial_port());
        if (found.empty()) {
            kept.push_back(address);
        } else {
            objection = std::move(found);
        }
    }
    if (kept.empty()) return prohibited(origin, objection);
    return kept;
}

Task<Result<std::unique_ptr<Descriptor>>> Connector::connect(
    const Origin& origin, std::vector<profiles::IpAddress> addresses
) {
    const TimePoint deadline = reactor_.now() + origin.rules->timeouts.connect;
    addresses = in_dialling_order(std::move(addresses));
    DialResult dialled =
        co_await dial(reactor_, std::move(addresses), origin.dial_port(), deadline);
    if (dialled.socket) co_return std::move(dialled.socket);
    if (dialled.error == ECANCELED) co_return stopping_failure();
    co_return connect_failure(origin, dialled.error);
}

Task<Result<std::unique_ptr<UpstreamConnection>>> Connector::handshake(
    OriginPlace place, std::unique_ptr<Descriptor> socket
) {
    const Origin& origin = place.origin();
    auto connection = std::make_unique<UpstreamConnection>(std::move(place), std::move(socket));
    const TimePoint deadline = reactor_.now() + origin.rules->timeouts.handshake;
    const IoStatus status = co_await connection->handshake(deadline);
    switch (status) {
        case IoStatus::ok:
            co_return connection;
        case IoStatus::timed_out:
            co_return handshake_timeout(origin);
        case IoStatus::cancelled:
            co_return stopping_failure();
        default:
            co_return report_handshake(connection->tls().take_failure(), facts_of(origin));
    }
}

}  // namespace countersign::proxy
