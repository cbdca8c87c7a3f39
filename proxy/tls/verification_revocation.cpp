#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "certs/certificate.hpp"
#include "proxy/tls/staple.hpp"
#include "proxy/tls/verification.hpp"

namespace countersign::proxy::tls {

namespace {

bool is_renegotiation(const SSL& ssl) {
    // OpenSSL asks for less than it needs.
    return SSL_num_renegotiations(const_cast<SSL*>(&ssl)) > 0;
}

bool may_be_asked(const RevocationQuestion& question) {
    return !question.responders.empty() || !question.lists.empty();
}

bool has_open_leaf(const RevocationVerdict& listed) {
    return !listed.open.empty() && listed.open.front().depth == 0;
}

/// What lists and staple say of the server's own certificate.
RevocationVerdict verdict_on_leaf(
    const RevocationVerdict& listed, const Staple& staple, bool must_staple
) {
    RevocationVerdict verdict;
    verdict.known_until = listed.known_until;
    if (has_open_leaf(listed)) {
        verdict.error = listed.open.front().error;
        verdict.objection = listed.open.front().objection;
    }
    return with_staple(std::move(verdict), staple, must_staple);
}

}  // namespace

int Verification::check_revocation(X509_STORE_CTX& store, Time now) {
    if (rules_.revocation == profiles::RevocationRule::off) return 1;
    const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(&store);
    if (sk_X509_num(chain) < 1) return 0;
    // One that is trusted itself is asked about by nobody, whatever OpenSSL keeps above it.
    awaits_answer_ = sk_X509_num(chain) > 1 && X509_STORE_CTX_get_num_untrusted(&store) > 0;
    if (!awaits_answer_) return 1;
    ProvenLists proven_here;
    auto verdict = std::make_unique<RevocationVerdict>(ask_lists(
        chain, lists_, rules_.revocation, memory_ != nullptr ? memory_->lists : proven_here, now
    ));
    revocation_known_until_ = verdict->known_until;
    const bool is_revoked = verdict->error == X509_V_ERR_CERT_REVOKED;
    if (!is_revoked && (leaves_questions_ || verdict->error == X509_V_OK || verdict->is_open())) {
        listed_ = std::move(verdict);
        return 1;
    }
    X509_STORE_CTX_set_error(&store, verdict->error);
    note_revocation(sk_X509_value(chain, verdict->depth), std::move(*verdict));
    return 0;
}

/// Comes in each handshake in which the server shows a chain, behind that, and before anything of
/// ours is sent; with an answer or without.
int Verification::on_status(SSL* ssl, void*) {
    Verification& self = *static_cast<Verification*>(SSL_get_app_data(ssl));
    const unsigned char* der = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &der);
    const certs::ByteView answer{der, size > 0 ? static_cast<std::size_t>(size) : 0};
    const bool accepted = SSL_session_reused(ssl) == 1 || self.check_answer(*ssl, answer);
    // OpenSSL would keep it as long as the connection.
    SSL_set_tlsext_status_ocsp_resp(ssl, nullptr, 0);
    return accepted ? 1 : 0;
}

bool Verification::check_answer(const SSL& ssl, certs::ByteView der) {
    if (!std::exchange(awaits_answer_, false)) return true;
    const STACK_OF(X509)* const chain = SSL_get0_verified_chain(&ssl);
    if (sk_X509_num(chain) < 2 || listed_ == nullptr) return false;
    const Staple staple = look_at_staple(
        der, sk_X509_value(chain, 0), sk_X509_value(chain, 1), std::chrono::system_clock::now()
    );
    // With `soft`, too: a good one leaves no question, and a server that resumes brings no other.
    const bool vouches = staple.status == Staple::Status::good && has_open_leaf(*listed_);
    staple_ends_ = vouches ? staple.until : Time::max();
    return leaves_questions_ ? leave_to_others(ssl, staple) : check_answer_here(ssl, staple);
}

bool Verification::check_answer_here(const SSL& ssl, const Staple& staple) {
    const STACK_OF(X509)* const chain = SSL_get0_verified_chain(&ssl);
    const RevocationVerdict known = std::move(*std::exchange(listed_, nullptr));
    RevocationVerdict verdict = with_staple(known, staple, is_must_staple(sk_X509_value(chain, 0)));
    if (verdict.error != X509_V_OK) {
        note_revocation(sk_X509_value(chain, verdict.depth), std::move(verdict));
        return false;
    }
    vouched_until_ = std::min(vouched_until_, verdict.known_until);
    return true;
}

bool Verification::leave_to_others(const SSL& ssl, const Staple& staple) {
    const STACK_OF(X509)* const chain = SSL_get0_verified_chain(&ssl);
    const bool hard = rules_.revocation == profiles::RevocationRule::hard;
    const auto refused = [&](int depth, int error, RevocationObjection objection) {
        note_revocation(sk_X509_value(chain, depth), {error, depth, std::move(objection)});
        return false;
    };
    const std::unique_ptr<RevocationVerdict> listed = std::exchange(listed_, nullptr);
    X509* const leaf = sk_X509_value(chain, 0);
    RevocationVerdict of_leaf = verdict_on_leaf(*listed, staple, is_must_staple(leaf));
    if (of_leaf.error == X509_V_ERR_CERT_REVOKED ||
        of_leaf.error == X509_V_ERR_OCSP_VERIFY_NEEDED) {
        return refused(0, of_leaf.error, std::move(of_leaf.objection));
    }
    auto questions = std::make_shared<std::vector<RevocationQuestion>>();
    for (OpenCertificate& one : listed->open) {
        const bool own = one.depth == 0;
        if (own && of_leaf.error == X509_V_OK) continue;
        RevocationQuestion question = question_about(
            sk_X509_value(chain, one.depth), sk_X509_value(chain, one.depth + 1), one.depth
        );
        question.error = one.error;
        question.objection = own ? of_leaf.objection : one.objection;
        if (may_be_asked(question)) {
            if (own && question.objection.answer.empty()) question.objection.answer = staple.text;
            questions->push_back(std::move(question));
        } else if (hard) {
            question.objection.asks_nobody = true;
            return refused(one.depth, one.error, std::move(question.objection));
        }
    }
    RevocationQuestions asked = questions->empty() ? nullptr : std::move(questions);
    if (is_renegotiation(ssl)) {
        // Nobody asks in the middle of an exchange.
        if (hard && !are_among(asked, questions_)) {
            const RevocationQuestion& first = asked->front();
            return refused(first.depth, first.error, first.objection);
        }
        vouched_until_ = std::min(vouched_until_, settled_until_);
    }
    if (hard) vouched_until_ = std::min(vouched_until_, of_leaf.known_until);
    const bool is_open = hard && asked != nullptr && !is_renegotiation(ssl);
    questions_ = std::move(asked);
    if (is_open) chain_vouches_until_ = std::exchange(vouched_until_, Time{});
    return true;
}

void Verification::settle(const RevocationFinding& finding) {
    if (finding.error == X509_V_OK) {
        settled_until_ = finding.known_until;
        if (!is_vouched_for()) vouched_until_ = chain_vouches_until_;
        vouched_until_ = std::min(vouched_until_, settled_until_);
        return;
    }
    const RevocationQuestion& question = questions_->at(finding.question);
    failure_.reset();
    vouched_until_ = {};
    note_revocation(question.certificate.get(), {finding.error, question.depth, finding.objection});
}

void Verification::note_revocation(const X509* certificate, RevocationVerdict verdict) {
    if (failure_) return;
    auto& refused = failure().cause.emplace<CertificateRefused>();
    refused.error = verdict.error;
    refused.text = X509_verify_cert_error_string(refused.error);
    refused.depth = verdict.depth;
    refused.subject = certs::subject_of(certificate);
    refused.issuer = certs::issuer_of(certificate);
    refused.not_before = certs::to_text(certs::not_before_of(certificate));
    refused.not_after = certs::to_text(certs::not_after_of(certificate));
    refused.revocation = std::move(verdict.objection);
}

}  // namespace countersign::proxy::tls
