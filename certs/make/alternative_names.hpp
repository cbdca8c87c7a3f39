#pragma once

#include <openssl/x509v3.h>

#include <string>
#include <vector>

#include "certs/edit/edit_error.hpp"
#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// Subject alternative names as people write them: "DNS:api.example", "IP:192.0.2.1",
/// "URI:spiffe://example/client", "email:ops@example". Without a kind in front it is found from the
/// text. Null where there are none. Error: the one that cannot be understood.
EditResult<GeneralNamesHandle> parse_alternative_names(
    const std::vector<std::string>& texts, Audience audience = Audience::command
);

/// Those of a certificate; null where it has none.
GeneralNamesHandle alternative_names_of(const X509* certificate);

}  // namespace countersign::certs
