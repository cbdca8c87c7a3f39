#include "proxy/upstream/upstream_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>
#include <variant>

#include "proxy/log/log.hpp"
#include "proxy/net/socket_address.hpp"
#include "proxy/net/turn.hpp"
#include "proxy/upstream/connect_failure.hpp"
#include "proxy/upstream/handshake_failure.hpp"

namespace countersign::proxy::upstream {

namespace {

/// Within this time after its last exchange a connection is believed to be as the event loop knows
/// it.
constexpr auto kTrustEvents = std::chrono::milliseconds{100};

}  // namespace

UpstreamConnection::UpstreamConnection(
    OriginPlace place, std::unique_ptr<net::Descriptor> socket,
    std::unique_ptr<Beginning> beginning, tls::HelloTerms hello
)
    : place_{std::move(place)},
      descriptor_{std::move(socket)},
      beginning_{std::move(beginning)},
      tls_{*origin().key.tls, *descriptor_, origin().server_name(), &origin().memory, hello},
      stream_{place_, tls_, beginning_, net::peer_text(descriptor_->fd())} {
    tls_.tell(beginning_->watch);
    age_.idle_since = descriptor_->loop().now();
    age_.good_until = age_.idle_since + origin().rules->pool.max_age;
}

net::Task<net::IoStatus> UpstreamConnection::handshake(
    HandshakeTurns& turns, HandshakeLimits limits, revocation::Inquirer* inquirer
) {
    if (inquirer != nullptr) tls_.leave_questions();
    net::IoStatus status = co_await shake_hands(turns, limits);
    const bool asks = status == net::IoStatus::ok && inquirer != nullptr;
    if (asks && tls_.questions() != nullptr) status = co_await settle(*inquirer, limits.end);
    if (status == net::IoStatus::ok) {
        age_.vouched_until =
            descriptor_->loop().now() + (tls_.vouched_until() - std::chrono::system_clock::now());
    }
    co_return status;
}

net::Task<net::IoStatus> UpstreamConnection::settle(
    revocation::Inquirer& inquirer, net::TimePoint deadline
) {
    const tls::RevocationQuestions questions = tls_.questions();
    const profiles::RevocationRule rule = origin().key.tls->rules().revocation;
    const revocation::Inquirer::Found found =
        co_await inquirer.ask(questions, rule, *origin().rules, deadline);
    if (found.status != net::IoStatus::ok) co_return found.status;
    const net::IoStatus settled = tls_.settle(found.finding);
    if (settled == net::IoStatus::ok) {
        // It may have been on hold.
        std::erase_if(origin().memory.revoked, [&](const tls::RevocationKey& key) {
            return tls::has_question(questions, key);
        });
    }
    co_return settled;
}

Failure UpstreamConnection::unfinished(net::IoStatus status, bool halved) {
    return unfinished_handshake(origin(), tls_, status, halved);
}

net::Task<std::optional<Failure>> UpstreamConnection::late_refusal(net::TimePoint until) {
    const bool asked = tls_.certificate_request() != nullptr;
    if (!asked || std::string_view{tls_.version()} != "TLSv1.3") co_return std::nullopt;
    char byte;
    const net::IoResult got = co_await net::read_some(tls_, &byte, 1, until);
    if (got.ok() || got.status == net::IoStatus::timed_out) co_return std::nullopt;
    std::optional<Failure> refusal = handshake_failure(origin(), tls_.take_failure());
    co_return refusal;
}

bool UpstreamConnection::is_of_revoked() const {
    return std::ranges::any_of(origin().memory.revoked, [this](const tls::RevocationKey& key) {
        return tls::has_question(tls_.questions(), key);
    });
}

net::Task<net::IoStatus> UpstreamConnection::shake_hands(
    HandshakeTurns& turns, HandshakeLimits limits
) {
    for (;;) {
        for (bool waited = false; !turns.take(waited); waited = true) {
            net::GiveTurn turn{descriptor_->loop()};
            co_await turn;
            if (descriptor_->loop().cancelled()) co_return turns.leave(net::IoStatus::cancelled);
            if (descriptor_->loop().now() >= limits.end) {
                co_return turns.leave(net::IoStatus::timed_out);
            }
        }
        const net::IoStatus status = tls_.handshake();
        if (!net::would_block(status)) co_return status;
        const net::TimePoint until = tls_.server_has_answered() ? limits.end : limits.answer;
        const net::IoStatus waited = co_await net::wait_for(*descriptor_, status, until);
        if (waited != net::IoStatus::ok) co_return waited;
    }
}

void UpstreamConnection::end_exchange(net::TimePoint now) {
    age_.idle_since = now;
    keep_to_overlap();
    if (beginning_ == nullptr) return;
    tls_.stop_telling();
    beginning_.reset();
}

void UpstreamConnection::look_at_standing() {
    keep_to_overlap();
    if (!age_.signing_in) watch_idle();
}

void UpstreamConnection::keep_to_overlap() {
    const Overlap& overlap = origin().standing.overlap;
    if (!overlap.is_none())
        age_.good_until = std::min(age_.good_until, end_in(overlap, age_.random));
}

void UpstreamConnection::become_idle(net::TimePoint now, ConnectionOwner& owner) {
    owner_ = &owner;
    age_.idle_since = now;
    // After the first exchange of a TLS 1.3 connection, and of that alone, OpenSSL 3.0 was seen to
    // hold its read buffer still. Asking costs some hundreds of instructions each time.
    if (age_.requests <= 1) tls_.release_buffers();
    if (!age_.signing_in) watch_idle();
}

void UpstreamConnection::watch_idle() {
    descriptor_->watch_idle(this, rests_until(age_, origin().rules->pool));
}

/// Whoever still has more to say by then is not silent, whatever it says.
bool UpstreamConnection::only_tickets() {
    char byte;
    const net::IoStatus status = tls_.try_read(&byte, 1).status;
    const bool silent = status == net::IoStatus::would_block_read && !descriptor_->readable();
    return silent && !tls_.shakes_hands_again();
}

bool UpstreamConnection::may_serve_again(net::TimePoint now) {
    keep_to_overlap();
    if (!may_be_reused(age_, origin().rules->pool, now)) {
        ends_by(end_by_age());
    } else if (is_of_revoked()) {
        ends_by(metrics::ConnectionEnd::retired);
    } else if (!still_silent(now)) {
        ends_by(metrics::ConnectionEnd::server);
    } else {
        tls_.forget_renegotiation();
        return true;
    }
    return false;
}

bool UpstreamConnection::still_silent(net::TimePoint now) {
    descriptor_->unwatch();
    if (descriptor_->peer_closed()) return false;
    // What came before anyone watched is known to the descriptor, and to nobody else. What comes in
    // the very round in which it was given back is known to the kernel alone.
    const net::Clock::duration rested = now - age_.idle_since;
    const bool looked = rested > net::Clock::duration::zero() && rested < kTrustEvents;
    if (looked && !descriptor_->readable() && descriptor_->is_up_to_date()) return true;
    char byte;
    const auto waiting = ::recv(descriptor_->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (waiting < 0) return errno == EAGAIN;
    if (waiting == 0) return false;
    descriptor_->found_readable();
    return only_tickets();
}

void UpstreamConnection::on_idle_event(bool timed_out) {
    const net::TimePoint now = descriptor_->loop().now();
    const auto& rules = origin().rules->pool;
    const bool aged = !may_be_reused(age_, rules, now);
    if (aged || (!timed_out && !only_tickets())) {
        if (log::tells(profiles::LogLevel::debug)) {
            log::debug(
                "upstream {}: the connection to {} ends: {}", destination_text(origin().goal()),
                stream_.facts().address,
                !aged ? "the server has ended it"
                : origin().standing.overlap.is_none()
                    ? "it has rested, or lived, as long as it may"
                    : "its identity was renewed, and the overlap (rotation.overlap) ends"
            );
        }
        ends_by(aged ? end_by_age() : metrics::ConnectionEnd::server);
        owner_->discard(*this);
        return;
    }
    watch_idle();
}

}  // namespace countersign::proxy::upstream
