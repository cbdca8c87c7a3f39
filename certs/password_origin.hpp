#pragma once

#include <string>
#include <string_view>

#include "certs/source.hpp"

namespace countersign::certs {

/// Where a password came from, for a message: "the password from the file acme.password". Never the
/// password itself.
std::string origin_of(const PasswordSource& source);

/// A wrong password, told by where it came from: "the password from the file acme.password does not
/// open acme.p12: …", and with `remedy` what to do about it. Another error as it is.
LoadError not_opened_by(LoadError error, const std::string& origin, const std::string& remedy);

/// The same for a record of the configuration, which has `source` under `key`; null: there is none.
LoadError with_origin(LoadError error, const PasswordSource* source, std::string_view key);

}  // namespace countersign::certs
