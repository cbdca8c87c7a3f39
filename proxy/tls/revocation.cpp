#include "proxy/tls/revocation.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/error.hpp"
#include "proxy/tls/revocation_pointers.hpp"

namespace countersign::proxy::tls {

namespace {

using certs::Crl;

/// What the lists of a certificate's issuer come to.
struct Found {
    const Crl* covering = nullptr;  ///< the latest that is about the certificate
    const Crl* listing = nullptr;   ///< of a revoked one: that has it
    const Crl* foreign = nullptr;   ///< of that name, and not signed by this issuer
    std::optional<certs::Revocation> revocation;
};

Found look_for(X509* certificate, X509* issuer, const certs::CrlSet& lists, ProvenLists& proven) {
    Found found;
    for (const Crl* const crl : lists.lists_for(certificate)) {
        if (!proven.proves(*crl, issuer)) {
            if (found.foreign == nullptr) found.foreign = crl;
            continue;
        }
        const bool about_it = certs::covers(*crl, certificate);
        if (about_it || !found.revocation) {
            found.revocation = certs::revocation_in(*crl, certificate);
            found.listing = crl;
        }
        // The latest says who is revoked, and who is not any more: those before it do not count.
        if (about_it) {
            found.covering = crl;
            break;
        }
    }
    return found;
}

/// Why `hard` does not accept a certificate that no list has.
int error_of(const Found& found, RevocationVerdict::Time now) {
    if (found.covering == nullptr) {
        return found.foreign != nullptr ? X509_V_ERR_CRL_SIGNATURE_FAILURE
                                        : X509_V_ERR_UNABLE_TO_GET_CRL;
    }
    switch (found.covering->standing(now)) {
        case Crl::Standing::current:
            return X509_V_OK;
        case Crl::Standing::ended:
            return X509_V_ERR_CRL_HAS_EXPIRED;
        case Crl::Standing::not_yet:
            return X509_V_ERR_CRL_NOT_YET_VALID;
    }
    return X509_V_OK;
}

RevocationObjection objection_of(const Found& found, const X509* certificate) {
    RevocationObjection objection;
    objection.published_at = places_of_lists(certificate);
    if (found.revocation) {
        objection.source = found.listing->describe();
        objection.since = certs::to_text(found.revocation->since);
        objection.reason = found.revocation->reason;
    } else if (const Crl* const crl = found.covering) {
        objection.source = crl->describe();
        if (crl->says_an_end) objection.until = certs::to_text(crl->next_update);
        objection.from = certs::to_text(crl->this_update);
    } else if (found.foreign != nullptr) {
        objection.source = found.foreign->describe();
    }
    return objection;
}

}  // namespace

bool ProvenLists::proves(const Crl& crl, X509* issuer) {
    const bool known = std::ranges::any_of(entries_, [&](const Entry& entry) {
        return entry.crl == &crl && certs::same(entry.issuer, issuer);
    });
    if (known) return true;
    if (!certs::is_signed_by(crl, issuer)) return false;
    entries_[next_] = {&crl, certs::share(issuer)};
    next_ = (next_ + 1) % kKept;
    return true;
}

RevocationVerdict ask_lists(
    const STACK_OF(X509) * chain, const certs::CrlSet* lists, profiles::RevocationRule rule,
    ProvenLists& proven, RevocationVerdict::Time now
) {
    RevocationVerdict verdict;
    const bool hard = rule == profiles::RevocationRule::hard;
    for (int depth = 0; depth + 1 < sk_X509_num(chain); ++depth) {
        X509* const certificate = sk_X509_value(chain, depth);
        const Found found =
            lists == nullptr
                ? Found{}
                : look_for(certificate, sk_X509_value(chain, depth + 1), *lists, proven);
        if (found.revocation) {
            return {X509_V_ERR_CERT_REVOKED, depth, objection_of(found, certificate)};
        }
        const int error = error_of(found, now);
        if (error == X509_V_OK) {
            if (hard) {
                verdict.known_until = std::min(verdict.known_until, found.covering->next_update);
            }
            continue;
        }
        verdict.open.push_back({depth, error, objection_of(found, certificate)});
        // The first authority, else the server's own.
        if (!hard || (verdict.error != X509_V_OK && verdict.depth > 0)) continue;
        verdict.error = error;
        verdict.depth = depth;
        verdict.objection = verdict.open.back().objection;
    }
    return verdict;
}

RevocationVerdict ask_lists_about(
    X509* certificate, X509* issuer, const certs::CrlSet& lists, RevocationVerdict::Time now
) {
    using StackHandle =
        certs::OpensslHandle<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_free(stack); }>;
    const StackHandle chain{sk_X509_new_reserve(nullptr, 2)};
    if (!chain) throw std::bad_alloc{};
    sk_X509_push(chain.get(), certificate);
    sk_X509_push(chain.get(), issuer);
    ProvenLists proven;
    return ask_lists(chain.get(), &lists, profiles::RevocationRule::hard, proven, now);
}

}  // namespace countersign::proxy::tls
