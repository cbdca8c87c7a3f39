#include "certs/edit/reply.hpp"

#include <optional>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/edit/certificate_path.hpp"
#include "certs/identity.hpp"
#include "certs/key_choice.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

EditError of_another_key(
    const std::vector<X509Handle>& received, const KeyStoreEntries& store,
    const std::string& key_where, const std::string& reply_where, Audience audience
) {
    const std::string found = "no certificate in " + reply_where +
                              " belongs to the private key in " + key_where + ": it has " +
                              quoted_subjects_of(received) + ". ";
    const std::string key_gone =
        " If the key of that request is gone, send the authority a new request.";
    if (audience == Audience::form) {
        return {
            found + "Give it to the record from which its request was made." + key_gone +
            " Certificates that are only to be trusted become a record of their own, of type "
            "trust_store_cert."};
    }
    const std::string import_it = store.keys.size() == 1
                                      ? "Import it into the store from which its request was made."
                                      : "Say the --alias whose request was sent (" +
                                            printable_list(aliases_of(store.keys)) + ").";
    return {
        found + import_it + key_gone +
        " Certificates that are only to be trusted are imported with --trusted."};
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
    const CertificatePath& path, const std::string& reply_where, Audience audience
) {
    const bool is_form = audience == Audience::form;
    return {
        "the issuer of '" + subject_of(path.certificates.front().get()) + "', '" +
        path.missing_issuer + "', is neither in " + reply_where +
        " nor in the key store. Get the certificate of '" + path.missing_issuer +
        "' from the authority, and " +
        (is_form ? "add its file to the reply. To take the reply without it, say that it is "
                   "incomplete."
                 : "name its file in this command, too. To take the reply without it, say "
                   "--incomplete.")};
}

}  // namespace

EditResult<Reply> match_reply(
    EVP_PKEY* key, const std::vector<X509Handle>& received, const KeyStoreEntries& store,
    Completeness completeness, const std::string& key_where, const std::string& reply_where,
    Audience audience
) {
    const std::optional<std::size_t> leaf = choose_leaf(received, key);
    if (!leaf) return of_another_key(received, store, key_where, reply_where, audience);
    const LoadResult<Identity> proven =
        Identity::from(share(key), share(received[*leaf].get()), {}, key_where);
    if (!proven) return edit_error(proven.error());

    SignatureChecks checks;
    X509* const found = received[*leaf].get();
    CertificatePath path = find_path(found, all_certificates(received, store), checks);
    if (checks.exhausted()) return edit_error(too_many_issuers(found, reply_where));
    Reply reply;
    if (!path.missing_issuer.empty()) {
        const bool leaf_alone = path.certificates.size() == 1;
        if (leaf_alone && completeness == Completeness::needed) {
            return issuer_missing(path, reply_where, audience);
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
