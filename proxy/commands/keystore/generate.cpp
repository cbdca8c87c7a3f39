#include <chrono>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "certs/certificate.hpp"
#include "certs/edit/new_password.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/make/alternative_names.hpp"
#include "certs/make/certificate_request.hpp"
#include "certs/make/distinguished_name.hpp"
#include "certs/make/key_pair.hpp"
#include "certs/printable.hpp"
#include "proxy/commands/keystore/next_command.hpp"
#include "proxy/commands/keystore/verbs.hpp"

namespace countersign::proxy::commands {
namespace {

using certs::Container;
using certs::EditError;
using certs::EditResult;
using certs::StoreDraft;

/// A key and the certificate that holds its place.
struct Made {
    certs::PrivateKeyHandle key;
    certs::X509Handle certificate;
};

EditResult<Made> make(const KeystoreOptions& options) {
    if (!options.subject) {
        return EditError{
            "a key needs a --subject, the name that its certificate will have, such as "
            "\"CN=acme-client, O=Acme\"."};
    }
    const EditResult<certs::NameHandle> subject = certs::parse_distinguished_name(*options.subject);
    if (!subject) return subject.error();
    const EditResult<certs::GeneralNamesHandle> names =
        certs::parse_alternative_names(options.names);
    if (!names) return names.error();
    EditResult<certs::PrivateKeyHandle> key = certs::make_key_pair(options.key);
    if (!key) return key.error();
    const certs::CertificateWish wish{
        subject->get(), names->get(), options.purpose.value_or(certs::Purpose{})};
    EditResult<certs::X509Handle> certificate =
        certs::make_self_signed(key->get(), wish, std::chrono::system_clock::now(), options.days);
    if (!certificate) return certificate.error();
    return Made{std::move(*key), std::move(*certificate)};
}

void tell(
    const KeystoreOptions& options, const StoreDraft& store, bool existed,
    const certs::X509Handle& certificate
) {
    const std::string file = certs::where_of(options.files.front());
    const std::string alias = options.alias && certs::has_aliases(store.container())
                                  ? certs::java_alias(*options.alias)
                                  : "";
    std::vector<std::string> next{"request", options.files.front().string()};
    if (!alias.empty()) next.insert(next.end(), {"--alias", alias});
    std::filesystem::path request = options.files.front();
    next.insert(next.end(), {"--out", request.replace_extension("csr").string()});
    std::cout << file << (existed ? ": added to " : ": made, ") << name_of(store.container())
              << (alias.empty() ? "" : ", alias " + certs::printable(alias)) << ": "
              << certs::public_key_text(certificate.get()) << " key, "
              << certs::subject_of(certificate.get())
              << ", with a certificate that signs itself until "
              << certs::date_text(certs::not_after_of(certificate.get())) << "\n"
              << next_command(next, options);
}

}  // namespace

Outcome generate_key(const KeystoreOptions& options) {
    const std::filesystem::path& file = options.files.front();
    const bool existed = file_exists(file);
    std::optional<StoreDraft> before;
    if (existed) {
        EditResult<StoreDraft> opened = open_store(file, options, Need::keys);
        if (!opened) return opened.error();
        before = std::move(*opened);
        if (options.format && *options.format != before->container()) {
            return EditError{
                certs::where_of(file) + " exists and is " +
                std::string{name_of(before->container())} +
                ". Leave --format away, or convert it."};
        }
    }
    const std::optional<Container> container = before           ? std::optional{before->container()}
                                               : options.format ? options.format
                                                                : certs::container_of_name(file);
    if (!container) {
        return EditError{
            "the name " + certs::where_of(file) +
            " does not say which kind of store to make. Say --format jks, pkcs12 or pem."};
    }
    if (certs::has_aliases(*container) && !options.alias) {
        return EditError{
            "a key in " + std::string{name_of(*container)} +
            " needs an alias: say it with --alias NAME."};
    }
    if (before) {
        // Before a key is made in vain.
        if (Outcome taken = before->check_alias(options.alias.value_or(""))) return taken;
    }
    std::optional<certs::Secret> password;
    if (!before) {
        auto chosen = password_for_new(options.password, options, *container, file);
        if (!chosen) return chosen.error();
        password = std::move(*chosen);
    }
    const auto key_password = certs::read_optional_password(options.key_password);
    if (!key_password) return edit_error(key_password.error());
    if (*key_password) {
        if (auto judged = judge_new_password(*container, *key_password); !judged) {
            return judged.error();
        }
    }
    EditResult<Made> made = make(options);
    if (!made) return made.error();
    StoreDraft fresh{*container, password, certs::where_of(file)};
    const Outcome failed = change_store(file, before, std::move(fresh), [&](StoreDraft& store) {
        std::vector<certs::X509Handle> certificates;
        certificates.push_back(certs::share(made->certificate.get()));
        return store.add_key(
            options.alias.value_or(""), made->key.get(), std::move(certificates), *key_password
        );
    });
    if (failed) return failed;
    tell(options, StoreDraft{*container, {}, {}}, existed, made->certificate);
    return std::nullopt;
}

}  // namespace countersign::proxy::commands
