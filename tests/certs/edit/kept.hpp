#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certs/edit/store_draft.hpp"

namespace countersign::tests {

/// A draft of those bytes; throws where they cannot be read.
certs::StoreDraft draft_of(
    std::string_view bytes, std::optional<std::string_view> password = "changeit"
);

/// What the draft would write, as text; throws where it refuses.
std::string written(certs::StoreDraft& draft);

/// What `before` holds and `after` does not, in the words of a message: empty where nothing is
/// lost.
std::string lost(const certs::StoreDraft& before, const certs::StoreDraft& after);

/// "first: CN=a, CN=Issuing; second: CN=b; trusted partner: CN=Root; loose CN=x", in the order of
/// the draft.
std::string told(const certs::StoreDraft& draft);

/// A TRUSTED CERTIFICATE as `openssl x509 -addtrust clientAuth -setalias ours -trustout` writes it.
std::string trusted_pem(const X509* certificate);

/// A PKCS#7 bundle in PEM with these certificates, and with a CRL where one is wanted.
std::string bundle_pem(const std::vector<const X509*>& certificates, bool crl);

/// A key as OpenSSL wrote it before PKCS#8: EC PRIVATE KEY, RSA PRIVATE KEY.
std::string traditional_pem(const EVP_PKEY* key);

/// The same text with the line ends of Windows.
std::string with_crlf(std::string_view text);

/// One PEM block of any label with these bytes.
std::string block(const std::string& label, std::string_view bytes = "anything");

}  // namespace countersign::tests
