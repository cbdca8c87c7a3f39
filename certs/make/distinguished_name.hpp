#pragma once

#include <string_view>

#include "certs/edit/edit_error.hpp"
#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

using NameHandle = OpensslHandle<X509_NAME, X509_NAME_free>;

/// A subject as people write it, RFC 4514's form: "CN=acme-client, O=Acme\, Inc., C=DE", the most
/// specific first, as `subject_of` prints it. Attributes by their short name or number, in either
/// case; several in one step are joined by "+". Error: what cannot be understood, and the form that
/// is expected.
EditResult<NameHandle> parse_distinguished_name(
    std::string_view text, Audience audience = Audience::command
);

/// A copy of a certificate's subject.
EditResult<NameHandle> subject_name_of(const X509* certificate);

}  // namespace countersign::certs
