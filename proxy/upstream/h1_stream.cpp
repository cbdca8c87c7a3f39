#include "proxy/upstream/h1_stream.hpp"

#include <utility>

#include "proxy/net/socket_io.hpp"
#include "proxy/upstream/handshake_account.hpp"
#include "proxy/upstream/handshake_failure.hpp"

namespace countersign::proxy::upstream {

namespace {

/// For a server that has asked for another handshake, and was refused.
std::string_view renegotiation_cure(const Origin& origin) {
    if (origin.key.tls->rules().renegotiation == profiles::RenegotiationRule::once) {
        return kAskedAgain;
    }
    return origin.rules->profile.empty()
               ? "Add the host to the hosts of a profile, with tls: { renegotiation: once }."
               : "Set tls: { renegotiation: once } in the profile.";
}

}  // namespace

/// What the server has sent beyond its response is nobody's. Where it ends the connection, nobody
/// would read a close_notify.
bool H1Stream::finish(Aftermath aftermath) {
    end_upload();
    if (aftermath == Aftermath::closes) tls_.end_without_goodbye();
    return aftermath == Aftermath::open && !tls_.has_pending() && !tls_.shakes_hands_again();
}

/// Without TLS's goodbye, which would make it look whole.
void H1Stream::reset() {
    tls_.end_without_goodbye();
    net::reset_on_close(tls_.descriptor());
}

bool H1Stream::take_reset() { return hung_up() && net::pending_error(tls_.descriptor()) != 0; }

Failure H1Stream::refusal() { return handshake_failure(origin_, tls_.take_failure()); }

UpstreamStream::Facts H1Stream::facts() const {
    Facts facts{address_, tls_.version(), tls_.resumed()};
    facts.identity = origin_.key.tls->identity();
    facts.limits_signatures = !origin_.key.tls->rules().offer.signature_algorithms.empty();
    facts.renegotiation_cure =
        tls_.refused_renegotiation() ? renegotiation_cure(origin_) : std::string_view{};
    if (const tls::CertificateRequest* const request = tls_.certificate_request()) {
        facts.certificate_requested = true;
        facts.identity_sent = tls_.identity_sent();
        facts.issuers = request->issuers;
        facts.issuers_named = request->count;
    }
    return facts;
}

std::shared_ptr<const Account> H1Stream::account() const {
    return beginning_ == nullptr ? nullptr : account_of(*beginning_, origin_);
}

UpstreamStream::End H1Stream::end() {
    tls::TlsFailure found = tls_.take_failure();
    if (auto* const reset = std::get_if<tls::ConnectionReset>(&found.cause)) {
        return {std::move(reset->text)};
    }
    auto* const protocol = std::get_if<tls::ProtocolError>(&found.cause);
    if (protocol == nullptr || protocol->text.empty()) return {};
    return {std::move(protocol->text), true};
}

}  // namespace countersign::proxy::upstream
