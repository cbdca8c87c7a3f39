#pragma once

#include <string_view>
#include <vector>

#include "proxy/generation/expiry.hpp"
#include "proxy/generation/generation.hpp"

namespace countersign::proxy::generation {

/// What is to be said of identities that OpenSSL's security level refuses, in the words of
/// `keystore lint`, record by record: the certificate, what to do, and the profiles that do not
/// work.
std::vector<ExpiryFinding> refused_identities(const Generation& generation);

/// Whether the identity of that record is among them.
bool is_refused(const Generation& generation, std::string_view record);

/// Writes them into the log, but those that there were to be said of `before` (may be null), too.
void log_refused_identities(const Generation& generation, const Generation* before);

}  // namespace countersign::proxy::generation
