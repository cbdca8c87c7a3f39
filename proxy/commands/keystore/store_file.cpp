#include "proxy/commands/keystore/store_file.hpp"

#include <algorithm>
#include <iostream>
#include <utility>

#include "certs/edit/file_replacement.hpp"
#include "certs/edit/new_password.hpp"
#include "certs/file.hpp"
#include "certs/password_origin.hpp"
#include "certs/printable.hpp"
#include "proxy/commands/keystore/password_prompt.hpp"
#include "proxy/commands/keystore/replaced_file.hpp"

namespace countersign::proxy::commands {
namespace {

using certs::EditError;
using certs::EditResult;
using certs::LoadErrorCode;
using certs::LoadResult;
using certs::Secret;
using certs::StoreDraft;
using certs::where_of;

constexpr std::string_view kHowToGive =
    " Name it with --password-file or --password-env: there is no terminal to ask at.";

EditResult<std::optional<Secret>> read_named(const std::optional<certs::PasswordSource>& source) {
    LoadResult<std::optional<Secret>> secret = read_optional_password(source);
    if (!secret) return edit_error(secret.error());
    return std::move(*secret);
}

/// `named`: where the password was said to be; nullopt: it was typed. `options`: that say where.
EditError not_opened(
    const certs::LoadError& error, const std::optional<certs::PasswordSource>& named,
    const std::string& options
) {
    return edit_error(not_opened_by(
        error, named ? origin_of(*named) : "the password that was typed",
        named ? "Name the right one with " + options + "." : "Type the right one."
    ));
}

EditError no_such_file(const std::filesystem::path& file) {
    std::error_code error;
    const std::filesystem::path directory = std::filesystem::absolute(file, error).parent_path();
    return {
        "there is no file " + where_of(file) +
        (file.is_absolute() || error ? "" : " in " + where_of(directory)) + ". Check its name."};
}

EditResult<Secret> ask(const std::string& of_what, std::string_view how_else) {
    if (std::optional<Secret> typed = ask_password("Password of " + of_what)) {
        return std::move(*typed);
    }
    return EditError{of_what + " has a password." + std::string{how_else}};
}

// --replace is about what was written before, never about a key.
Outcome refuse_to_replace(
    const certs::FileReplacement& replacement, const KeystoreOptions& options,
    const StoreDraft& store, const StoreDraft* key
) {
    if (is_same_file(replacement.path(), options.files.front())) {
        return EditError{
            where_of(*options.out) +
            " is the key store itself, and all that it holds would be lost. Name another file with "
            "--out."};
    }
    const StoreDraft no_key{certs::Container::pem, {}, where_of(*options.out)};
    const StoreDraft& after = key == nullptr ? no_key : *key;
    const auto looked =
        look_at_replaced(replacement.path(), {after.password(), store.password()}, after);
    if (!looked) return looked.error();
    return std::nullopt;
}

bool has_encrypted_key(const StoreDraft& store) {
    return std::ranges::any_of(store.entries().keys, [](const certs::KeyEntry& entry) {
        return entry.key.encrypted();
    });
}

}  // namespace

EditResult<StoreDraft> open_store(
    const std::filesystem::path& file, const KeystoreOptions& options, Need need
) {
    const EditResult<certs::SecretBytes> bytes = read_store(file);
    if (!bytes) return bytes.error();
    return open_store(*bytes, file, options, need);
}

EditResult<certs::SecretBytes> read_store(const std::filesystem::path& file) {
    LoadResult<certs::SecretBytes> bytes = certs::read_file(file, certs::kMaxStoreBytes);
    if (!bytes && !file_exists(file)) return no_such_file(file);
    if (!bytes) return edit_error(bytes.error());
    return std::move(*bytes);
}

EditResult<StoreDraft> open_store(
    certs::ByteView bytes, const std::filesystem::path& file, const KeystoreOptions& options,
    Need need
) {
    const std::string where = where_of(file);
    const EditResult<std::optional<Secret>> named = read_named(options.password);
    if (!named) return named.error();
    LoadResult<StoreDraft> store = StoreDraft::read(bytes, *named, where);
    const bool asks = store ? store->container() == certs::Container::pem && need == Need::keys &&
                                  has_encrypted_key(*store)
                            : store.error().code == LoadErrorCode::password_needed;
    if (asks && !*named) {
        EditResult<Secret> typed = ask(where, kHowToGive);
        if (!typed) return typed.error();
        store = StoreDraft::read(bytes, std::move(*typed), where);
    }
    if (!store) {
        return not_opened(store.error(), options.password, "--password-file or --password-env");
    }
    return std::move(*store);
}

EditResult<certs::PrivateKeyHandle> open_key(
    const StoreDraft& store, std::size_t key, const KeystoreOptions& options
) {
    EditResult<std::optional<Secret>> named = read_named(options.key_password);
    if (!named) return named.error();
    LoadResult<certs::PrivateKeyHandle> opened = store.open(key, *named);
    if (!opened && !*named && opened.error().code == LoadErrorCode::wrong_password) {
        const std::string where = where_of(store.where(), store.entries().keys[key].alias);
        EditResult<Secret> typed =
            ask("the key in " + where,
                " It is another than the store's: name it with --key-password-file or "
                "--key-password-env.");
        if (!typed) return typed.error();
        opened = store.open(key, std::move(*typed));
    }
    if (!opened) {
        return not_opened(
            opened.error(), options.key_password, "--key-password-file or --key-password-env"
        );
    }
    return std::move(*opened);
}

EditResult<std::optional<Secret>> password_for_new(
    const std::optional<certs::PasswordSource>& source, const KeystoreOptions& options,
    certs::Container container, const std::filesystem::path& file
) {
    EditResult<std::optional<Secret>> password = read_named(source);
    if (!password) return password;
    if (!*password && !options.no_password) {
        EditResult<Secret> typed = ask_new_password(
            "New password of " + where_of(file),
            "a new store needs a password." + std::string{kHowToGive} +
                " PKCS#12 and PEM can be written without any: --no-password."
        );
        if (!typed) return typed.error();
        *password = std::move(*typed);
    }
    const EditResult<std::vector<std::string>> judged = judge_new_password(container, *password);
    if (!judged) return judged.error();
    print_notes(*judged);
    return password;
}

EditResult<StoreDraft> read_again(
    const std::filesystem::path& file, const std::optional<Secret>& password,
    const std::string& where
) {
    const auto bytes = certs::read_file(file, certs::kMaxStoreBytes);
    if (!bytes) return edit_error(bytes.error());
    LoadResult<StoreDraft> read = StoreDraft::read(*bytes, password, where);
    if (!read) return edit_error(read.error());
    return std::move(*read);
}

Outcome change_store(
    const std::filesystem::path& file, const std::optional<StoreDraft>& before, StoreDraft fresh,
    const Change& change
) {
    EditResult<certs::FileReplacement> replacement = certs::FileReplacement::begin(file);
    if (!replacement) return replacement.error();
    StoreDraft store = std::move(fresh);
    if (replacement->exists()) {
        EditResult<StoreDraft> read = read_again(
            replacement->path(), before ? before->password() : store.password(), store.where()
        );
        if (!read) return read.error();
        store = std::move(*read);
    }
    if (Outcome failed = change(store)) return failed;
    const EditResult<certs::SecretBytes> written = store.write(milliseconds_now());
    if (!written) return written.error();
    return replacement->replace(*written);
}

Outcome deliver(
    const KeystoreOptions& options, certs::ByteView bytes, const StoreDraft& store,
    const StoreDraft* key
) {
    if (!options.out) {
        std::cout.write(
            reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())
        );
        std::cout.flush();
        if (!std::cout) return EditError{"standard output does not take it all."};
        return std::nullopt;
    }
    using Privacy = certs::FileReplacement::Privacy;
    EditResult<certs::FileReplacement> replacement = certs::FileReplacement::begin(*options.out);
    if (!replacement) return replacement.error();
    if (replacement->exists() && !options.replace) {
        return EditError{where_of(*options.out) + " exists. Name another file, or say --replace."};
    }
    if (replacement->exists()) {
        if (Outcome refused = refuse_to_replace(*replacement, options, store, key)) return refused;
    }
    return replacement->replace(bytes, key == nullptr ? Privacy::open : Privacy::secret);
}

void note_unused_alias(const StoreDraft& store, const KeystoreOptions& options) {
    if (!options.alias || certs::has_aliases(store.container())) return;
    print_notes({"--alias is not used: " + store.where() + " is PEM, which has no aliases"});
}

bool file_exists(const std::filesystem::path& file) {
    std::error_code error;
    return std::filesystem::exists(file, error);
}

void print_notes(const std::vector<std::string>& notes) {
    for (const std::string& note : notes) std::cerr << "note: " << note << ".\n";
}

std::chrono::milliseconds milliseconds_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch()
    );
}

}  // namespace countersign::proxy::commands
