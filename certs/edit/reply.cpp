#include "certs/edit/reply.hpp"

#include <optional>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/edit/certificate_path.hpp"
#include "certs/identity.hpp"
#include "certs/key_choice.hpp"

namespace countersign::certs {
namespace {

EditError of_another_key(
    const std::vector<X509Handle>& received, const std::string& key_where,
    const std::string& reply_where
) {
    return {
        "the reply in " + reply_where + " is not for the key in " + key_where +
        ": it has certificates for other keys, " + quoted_subjects_of(received) +
        ". Import it under the alias whose request was sent; where the key was made anew since, "
        "send a new request. A certificate that is only to be trusted is imported with --trusted."};
}

std::vector<X509*> all_certificates(
    const std::vector<X509Handle>& received, const KeyStoreEntries& store
) {
    std::vector<X509*> all;
    for (const X509Handle& each : received) all.push_back(each.get());
    for (const X509Handle& each : store.loose) all.push_back(each.get());
    for (const TrustedEntry& each : store.trusted) all.push_back(each.certificate.get());
    for (const KeyEntry& entry : store.keys) {
        for (const X509Handle& each : entry.certificates) all.push_back(each.get());
    }
    return all;
}

EditError issuer_missing(
    const CertificatePath& path, const std::string& key_where, const std::string& reply_where
) {
    return {
        "the chain of '" + subject_of(path.certificates.front().get()) +
        "' cannot be built: the root authority is needed, or the intermediate in between. Its "
        "issuer '" +
        path.missing_issuer + "' is neither in " + reply_where + " nor in the store of " +
        key_where +
        ". Get that certificate from the authority and name its file beside the reply, or import "
        "it first with --trusted; with --incomplete the reply is taken without it."};
}

}  // namespace

EditResult<Reply> match_reply(
    EVP_PKEY* key, const std::vector<X509Handle>& received, const KeyStoreEntries& store,
    Completeness completeness, const std::string& key_where, const std::string& reply_where
) {
    const std::optional<std::size_t> leaf = choose_leaf(received, key);
    if (!leaf) return of_another_key(received, key_where, reply_where);
    EVP_PKEY_up_ref(key);
    const LoadResult<Identity> proven =
        Identity::from(PrivateKeyHandle{key}, share(received[*leaf].get()), {}, key_where);
    if (!proven) return edit_error(proven.error());

    SignatureChecks checks;
    X509* const found = received[*leaf].get();
    CertificatePath path = find_path(found, all_certificates(received, store), checks);
    if (checks.exhausted()) return edit_error(too_many_issuers(found, reply_where));
    Reply reply;
    if (!path.missing_issuer.empty()) {
        const bool leaf_alone = path.certificates.size() == 1;
        if (leaf_alone && completeness == Completeness::needed) {
            return issuer_missing(path, key_where, reply_where);
        }
        reply.notes.push_back(
            "the chain ends at '" + subject_of(path.certificates.back().get()) + "': its issuer '" +
            path.missing_issuer +
            (leaf_alone ? "' is missing. A server that does not know it refuses"
                        : "' is not there. If that is the root authority, no server needs it; who "
                          "wants the complete chain (keytool, Java platforms) imports the root too")
        );
    }
    reply.certificates = std::move(path.certificates);
    return reply;
}

}  // namespace countersign::certs
