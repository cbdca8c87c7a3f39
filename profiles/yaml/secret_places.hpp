#pragma once

#include <string_view>

namespace countersign::profiles {

/// Whether what is found at this path may be, or hold, a password or a header's value, which no
/// message repeats: below `password` and `request_headers`; and where a text stands in the place of
/// a whole client, a whole record, a list of them, or the document.
bool may_hold_secret(std::string_view path);

/// Whether the keys of a map at this path may be a secret, too: `password: { hunter2 }`.
bool hides_keys(std::string_view path);

/// The part of a key that is a name: of `password:hunter2`, where a space is missing, `password`.
std::string_view name_in(std::string_view key);
/// The same for a key of the map at `parent`: where nothing secret is, a name may have spaces.
std::string_view name_in(std::string_view key, std::string_view parent);

/// PEM, base64 of PEM, or base64 of DER that is long enough for a private key; also behind the name
/// of a directory.
bool is_key_material(std::string_view text);

}  // namespace countersign::profiles
