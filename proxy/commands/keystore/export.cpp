#include <iostream>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/edit/copy_entries.hpp"
#include "certs/printable.hpp"
#include "certs/write/pem_writer.hpp"
#include "proxy/commands/keystore/verbs.hpp"

namespace countersign::proxy::commands {
namespace {

using certs::EditError;
using certs::EditResult;
using certs::StoreDraft;

Outcome export_certificates(const StoreDraft& store, const KeystoreOptions& options) {
    EditResult<std::vector<certs::X509Handle>> found = certs::certificates_of(store, options.alias);
    if (!found) return found.error();
    if (options.leaf_only) found->resize(1);
    const EditResult<certs::SecretBytes> bytes =
        options.der ? EditResult<certs::SecretBytes>{certs::certificate_der(found->front().get())}
                    : certs::write_pem(*found);
    if (!bytes) return bytes.error();
    if (Outcome failed = deliver(options, *bytes, store)) return failed;
    if (options.out) {
        std::cout << certs::where_of(*options.out) << ": "
                  << certs::subject_of(found->front().get());
        if (!options.der && found->size() > 1) {
            std::cout << " and " << found->size() - 1 << " above it";
        }
        std::cout << "\n";
    }
    return std::nullopt;
}

Outcome export_key(const StoreDraft& store, const KeystoreOptions& options) {
    if (!options.out) {
        return EditError{"a private key is written into a file of its own. Name it with --out."};
    }
    const EditResult<std::size_t> chosen = store.choose(options.alias);
    if (!chosen) return chosen.error();
    const EditResult<certs::PrivateKeyHandle> key = open_key(store, *chosen, options);
    if (!key) return key.error();
    std::optional<certs::Secret> password = options.no_password ? std::nullopt : store.password();
    if (options.new_password || (!password && !options.no_password)) {
        auto chosen_password =
            password_for_new(options.new_password, options, certs::Container::pem, *options.out);
        if (!chosen_password) return chosen_password.error();
        password = std::move(*chosen_password);
    }
    StoreDraft alone{certs::Container::pem, std::move(password), certs::where_of(*options.out)};
    if (Outcome failed = alone.add_key("", key->get(), {}, {})) return failed;
    const EditResult<certs::SecretBytes> bytes = alone.write(milliseconds_now());
    if (!bytes) return bytes.error();
    if (Outcome failed = deliver(options, *bytes, store, &alone)) return failed;
    std::cout << certs::where_of(*options.out) << ": the private key of "
              << certs::where_of(store.where(), store.entries().keys[*chosen].alias)
              << (alone.password() ? ", encrypted\n" : ", in the clear\n");
    return std::nullopt;
}

}  // namespace

Outcome export_entry(const KeystoreOptions& options) {
    const EditResult<StoreDraft> store = open_store(
        options.files.front(), options, options.private_key ? Need::keys : Need::entries
    );
    if (!store) return store.error();
    note_unused_alias(*store, options);
    return options.private_key ? export_key(*store, options) : export_certificates(*store, options);
}

}  // namespace countersign::proxy::commands
