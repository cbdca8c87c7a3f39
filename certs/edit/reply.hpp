#pragma once

#include <string>
#include <vector>

#include "certs/edit/edit_error.hpp"
#include "certs/error.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// What an authority sent back for a request, made ready to stand behind the key.
struct Reply {
    std::vector<X509Handle> certificates;  ///< the leaf, its issuers, the root where it is there
    std::vector<std::string> notes;
};

/// Whether a chain that lacks the leaf's issuer is taken.
enum class Completeness { needed, not_needed };

/// Finds among `received`, which stand in any order, the certificate for the key, proves by a
/// signature that it is the key's, and puts the chain together from `received` and what the store
/// has. A missing root is a note: servers have their own. Where the leaf's own issuer is missing
/// nobody can tell a root from an intermediate, and without an intermediate a server would refuse:
/// that is an error, unless completeness is not needed. `key_where` and `reply_where` are for
/// messages, and `audience` says what its reader can do: of a command, or of a form.
EditResult<Reply> match_reply(
    EVP_PKEY* key, const std::vector<X509Handle>& received, const KeyStoreEntries& store,
    Completeness completeness, const std::string& key_where, const std::string& reply_where,
    Audience audience = Audience::command
);

}  // namespace countersign::certs
