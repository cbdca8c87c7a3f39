#include <algorithm>
#include <iostream>
#include <iterator>
#include <span>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/certificate_bundle.hpp"
#include "certs/edit/reply.hpp"
#include "certs/edit/trusted_alias.hpp"
#include "certs/file.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "certs/text/shell_word.hpp"
#include "proxy/commands/keystore/verbs.hpp"

namespace countersign::proxy::commands {
namespace {

using certs::EditError;
using certs::EditResult;
using certs::StoreDraft;
using Certificates = std::vector<certs::X509Handle>;

std::string names_of_files(const KeystoreOptions& options) {
    return certs::joined(std::span{options.files}.subspan(1), [](const auto& file) {
        return certs::where_of(file);
    });
}

EditError not_received(certs::LoadError error, const std::filesystem::path& file, bool trusted) {
    if (error.code == certs::LoadErrorCode::password_needed) {
        error.remedy =
            "`import` takes no password for it: take its certificates out first, `countersign "
            "keystore export " +
            certs::printable(certs::shell_word(file.native())) +
            " --out NEW.pem`, and import NEW.pem.";
    }
    // What comes back for a request is one's own certificate, and nobody is to trust that.
    if (error.code == certs::LoadErrorCode::only_request && trusted) {
        error.remedy = "Name the certificate of the authority that is to be trusted (PEM or DER).";
    }
    return edit_error(error);
}

EditResult<Certificates> read_all(const KeystoreOptions& options) {
    Certificates all;
    for (std::size_t i = 1; i < options.files.size(); ++i) {
        const auto bytes = certs::read_file(options.files[i], certs::kMaxStoreBytes);
        if (!bytes) return edit_error(bytes.error());
        auto read =
            certs::read_certificates(*bytes, std::nullopt, certs::where_of(options.files[i]));
        if (!read) return not_received(read.error(), options.files[i], options.trusted);
        std::move(read->begin(), read->end(), std::back_inserter(all));
    }
    return all;
}

void tell_chain(const std::string& where, const Certificates& chain) {
    std::cout << where << ": the reply belongs to the key; "
              << certs::subject_of(chain.front().get()) << ", valid until "
              << certs::date_text(certs::not_after_of(chain.front().get())) << "\n";
    for (std::size_t i = 1; i < chain.size(); ++i) {
        std::cout << "  issued by " << certs::subject_of(chain[i].get())
                  << (i + 1 == chain.size() && certs::is_self_issued(chain[i].get())
                          ? ", the root; SHA-256 " + certs::fingerprint_of(chain[i].get())
                          : "")
                  << "\n";
    }
}

EditError no_key_in(const StoreDraft& store) {
    const bool has_ssh_key =
        std::ranges::any_of(store.entries().carried.pem, [](const certs::PemPiece& piece) {
            return piece.label == "OPENSSH PRIVATE KEY";
        });
    if (has_ssh_key) {
        return {
            store.where() +
            " has its private key in OpenSSH's own form, which TLS programs do not read. "
            "`ssh-keygen -p -m PKCS8 -f` and the file's name writes it anew in the common one."};
    }
    return {
        store.where() +
        " has no private key that a reply could belong to. Certificates that are only to be "
        "trusted are imported with --trusted."};
}

Outcome import_reply(const KeystoreOptions& options, const Certificates& received) {
    const std::filesystem::path& file = options.files.front();
    EditResult<StoreDraft> before = open_store(file, options, Need::keys);
    if (!before) return before.error();
    note_unused_alias(*before, options);
    if (before->entries().keys.empty()) return no_key_in(*before);
    const EditResult<std::size_t> chosen = before->choose(options.alias);
    if (!chosen) return chosen.error();
    const EditResult<certs::PrivateKeyHandle> key = open_key(*before, *chosen, options);
    if (!key) return key.error();
    const std::string where =
        certs::where_of(before->where(), before->entries().keys[*chosen].alias);
    const std::string alias = before->entries().keys[*chosen].alias;

    std::optional<certs::Reply> taken;
    StoreDraft fresh{before->container(), before->password(), before->where()};
    const Outcome failed =
        change_store(file, std::move(*before), std::move(fresh), [&](StoreDraft& store) -> Outcome {
            const EditResult<std::size_t> at = store.choose(
                certs::has_aliases(store.container()) ? std::optional{alias} : std::nullopt
            );
            if (!at) return at.error();
            EditResult<certs::Reply> reply = certs::match_reply(
                key->get(), received, store.entries(),
                options.incomplete ? certs::Completeness::not_needed : certs::Completeness::needed,
                where, names_of_files(options)
            );
            if (!reply) return reply.error();
            store.set_certificates(*at, certs::share(reply->certificates));
            taken = std::move(*reply);
            return std::nullopt;
        });
    if (failed) return failed;
    tell_chain(where, taken->certificates);
    print_notes(taken->notes);
    return std::nullopt;
}

EditResult<std::optional<StoreDraft>> open_if_there(const KeystoreOptions& options) {
    if (!file_exists(options.files.front())) return std::optional<StoreDraft>{};
    EditResult<StoreDraft> opened = open_store(options.files.front(), options, Need::entries);
    if (!opened) return opened.error();
    return std::optional<StoreDraft>{std::move(*opened)};
}

EditResult<StoreDraft> new_store(const KeystoreOptions& options) {
    const std::filesystem::path& file = options.files.front();
    const std::optional<certs::Container> container =
        options.format ? options.format : certs::container_of_name(file);
    if (!container) {
        return EditError{
            "the name " + certs::where_of(file) +
            " does not say which kind of store to make. Say --format jks, pkcs12 or pem."};
    }
    // Certificates alone are public.
    if (*container == certs::Container::pem)
        return StoreDraft{*container, {}, certs::where_of(file)};
    auto password = password_for_new(options.password, options, *container, file);
    if (!password) return password.error();
    return StoreDraft{*container, std::move(*password), certs::where_of(file)};
}

Outcome import_trusted(const KeystoreOptions& options, const Certificates& received) {
    const std::filesystem::path& file = options.files.front();
    EditResult<std::optional<StoreDraft>> before = open_if_there(options);
    if (!before) return before.error();
    std::optional<StoreDraft> fresh;
    if (!*before) {
        EditResult<StoreDraft> made = new_store(options);
        if (!made) return made.error();
        fresh = std::move(*made);
    } else {
        note_unused_alias(**before, options);
        fresh.emplace((*before)->container(), (*before)->password(), (*before)->where());
    }
    std::vector<std::string> done;
    const Outcome failed = change_store(file, *before, std::move(*fresh), [&](StoreDraft& store) {
        return certs::add_trusted(store, received, options.alias, done);
    });
    if (failed) return failed;
    for (const std::string& line : done) {
        std::cout << certs::where_of(file) << ": " << line << "\n";
    }
    return std::nullopt;
}

}  // namespace

Outcome import_certificates(const KeystoreOptions& options) {
    const EditResult<Certificates> received = read_all(options);
    if (!received) return received.error();
    return options.trusted ? import_trusted(options, *received) : import_reply(options, *received);
}

}  // namespace countersign::proxy::commands
