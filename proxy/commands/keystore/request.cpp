#include <iostream>
#include <string>
#include <vector>

#include "certs/certificate.hpp"
#include "certs/make/alternative_names.hpp"
#include "certs/make/certificate_request.hpp"
#include "certs/make/distinguished_name.hpp"
#include "certs/printable.hpp"
#include "certs/write/pem_block.hpp"
#include "proxy/commands/keystore/next_command.hpp"
#include "proxy/commands/keystore/verbs.hpp"

namespace countersign::proxy::commands {

using certs::EditError;
using certs::EditResult;

Outcome request_certificate(const KeystoreOptions& options) {
    const std::filesystem::path& file = options.files.front();
    const EditResult<certs::StoreDraft> store = open_store(file, options, Need::keys);
    if (!store) return store.error();
    note_unused_alias(*store, options);
    const EditResult<std::size_t> chosen = store->choose(options.alias);
    if (!chosen) return chosen.error();
    const certs::KeyEntry& entry = store->entries().keys[*chosen];
    const X509* const current =
        entry.certificates.empty() ? nullptr : entry.certificates.front().get();
    if (current == nullptr && !options.subject) {
        return EditError{
            "the key in " + certs::where_of(store->where(), entry.alias) +
            " has no certificate to take the subject from. Give a --subject."};
    }
    const EditResult<certs::PrivateKeyHandle> key = open_key(*store, *chosen, options);
    if (!key) return key.error();

    EditResult<certs::NameHandle> subject = options.subject
                                                ? certs::parse_distinguished_name(*options.subject)
                                                : certs::subject_name_of(current);
    if (!subject) return subject.error();
    EditResult<certs::GeneralNamesHandle> names = certs::parse_alternative_names(options.names);
    if (!names) return names.error();
    if (!*names && current != nullptr) *names = certs::alternative_names_of(current);
    certs::CertificateWish wish{subject->get(), names->get(), certs::purpose_of(current)};
    if (options.purpose) wish.purpose = *options.purpose;

    const EditResult<certs::SecretBytes> der = certs::make_request(key->get(), wish);
    if (!der) return der.error();
    const EditResult<certs::SecretBytes> bytes =
        options.der ? der : certs::pem_block("CERTIFICATE REQUEST", *der);
    if (!bytes) return bytes.error();
    if (Outcome failed = deliver(options, *bytes, *store)) return failed;
    if (options.out) {
        std::vector<std::string> next{"import", file.string(), "REPLY"};
        if (!entry.alias.empty()) next.insert(next.end(), {"--alias", entry.alias});
        std::cout << certs::where_of(*options.out) << ": a request for "
                  << certs::name_text(subject->get()) << "; send it to the authority\n"
                  << next_command(next, options);
    }
    return std::nullopt;
}

}  // namespace countersign::proxy::commands
