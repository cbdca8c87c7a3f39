#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certs/edit/edit_error.hpp"
#include "certs/edit/store_draft.hpp"
#include "proxy/commands/keystore/options.hpp"

namespace countersign::proxy::commands {

using Outcome = std::optional<certs::EditError>;

/// Whether a command will open private keys, which in PEM may have a password that reading does not
/// ask for.
enum class Need { entries, keys };

/// Reads the store, with the password from where the options say, or asks for one where it needs
/// one and none is named.
certs::EditResult<certs::StoreDraft> open_store(
    const std::filesystem::path& file, const KeystoreOptions& options, Need need
);

/// The same of bytes that were read already: a pipe has them once.
certs::EditResult<certs::StoreDraft> open_store(
    certs::ByteView bytes, const std::filesystem::path& file, const KeystoreOptions& options,
    Need need
);
certs::EditResult<certs::SecretBytes> read_store(const std::filesystem::path& file);

/// Opens one key; asks for its own password where the store's does not fit and none is named.
certs::EditResult<certs::PrivateKeyHandle> open_key(
    const certs::StoreDraft& store, std::size_t key, const KeystoreOptions& options
);

/// The password of a store that does not exist yet: named, or asked for twice; nullopt with
/// --no-password.
certs::EditResult<std::optional<certs::Secret>> password_for_new(
    const std::optional<certs::PasswordSource>& source, const KeystoreOptions& options,
    certs::Container container, const std::filesystem::path& file
);

/// What a change wants to do with the store.
using Change = std::function<Outcome(certs::StoreDraft&)>;

/// Changes a store under a lock: what is there at that moment is read, changed, written, compared
/// with what it has to hold, and put in place whole. `before` is the store as it was opened to ask
/// for passwords; nullopt: it does not exist, and `fresh` is where to begin.
Outcome change_store(
    const std::filesystem::path& file, const std::optional<certs::StoreDraft>& before,
    certs::StoreDraft fresh, const Change& change
);

/// The store as it is now, with the password that opened it before.
certs::EditResult<certs::StoreDraft> read_again(
    const std::filesystem::path& file, const std::optional<certs::Secret>& password,
    const std::string& where
);

/// Puts what was taken from the store into a file (with --replace also one that exists), or prints
/// it. `key` holds the private key that the bytes are; null: they are public. Error, too: the file
/// is the store itself, or holds a private key that the bytes do not.
Outcome deliver(
    const KeystoreOptions& options, certs::ByteView bytes, const certs::StoreDraft& store,
    const certs::StoreDraft* key = nullptr
);

/// Says that PEM has no aliases, where one was given.
void note_unused_alias(const certs::StoreDraft& store, const KeystoreOptions& options);

bool file_exists(const std::filesystem::path& file);
void print_notes(const std::vector<std::string>& notes);
std::chrono::milliseconds milliseconds_now();

}  // namespace countersign::proxy::commands
