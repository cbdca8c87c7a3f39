#include "proxy/tls/certificate_verdict.hpp"

#include "certs/certificate.hpp"

namespace countersign::proxy::tls {

std::string certificate_verdict(
    const HandshakeTranscript& transcript, const X509* certificate,
    std::chrono::system_clock::time_point now
) {
    if (!transcript.verified.empty()) {
        return certs::holds(transcript.verified, certificate) ? "accepted" : "not needed";
    }
    if (!transcript.refused) return {};
    if (certs::not_after_of(certificate) < now) return "expired";
    if (certs::not_before_of(certificate) > now) return "not valid yet";
    const bool is_it =
        transcript.refused->subject == certs::subject_of(certificate) &&
        transcript.refused->issuer == certs::issuer_of(certificate) &&
        transcript.refused->not_after == certs::to_text(certs::not_after_of(certificate));
    return is_it ? "not accepted" : std::string{};
}

}  // namespace countersign::proxy::tls
