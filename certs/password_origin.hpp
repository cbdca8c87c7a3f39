#pragma once

#include <string>

#include "certs/source.hpp"

namespace countersign::certs {

/// Where a password came from, for a message: "the file acme.password". Never the password itself.
std::string origin_of(const PasswordSource& source);

/// `error`, and where a password that was wrong came from: null where there was none.
LoadError with_origin(LoadError error, const PasswordSource* source);

}  // namespace countersign::certs
