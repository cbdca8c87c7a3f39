#pragma once

#include <openssl/pkcs12.h>

#include <string>

#include "certs/bytes.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/sealed_key.hpp"

namespace countersign::certs {

/// The attribute with which Java marks a trusted certificate (ORACLE_TrustedKeyUsage).
inline constexpr char kJavaTrusted[] = "2.16.840.1.113894.746875.1.1";

inline void free_safes(STACK_OF(PKCS7) * safes) { sk_PKCS7_pop_free(safes, PKCS7_free); }
inline void free_bags(STACK_OF(PKCS12_SAFEBAG) * bags) {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}

using Pkcs12Handle = OpensslHandle<PKCS12, PKCS12_free>;
using Pkcs12SafesHandle = OpensslHandle<STACK_OF(PKCS7), free_safes>;
using Pkcs12BagHandle = OpensslHandle<PKCS12_SAFEBAG, PKCS12_SAFEBAG_free>;
using Pkcs12BagsHandle = OpensslHandle<STACK_OF(PKCS12_SAFEBAG), free_bags>;

/// SafeBags of PKCS#12 and what is said in them. Every function that makes or changes one gives
/// null or false where OpenSSL has no memory left; its error queue says so.

/// A bag as it stood in a file.
Pkcs12BagHandle parse_bag(ByteView der);
Pkcs12BagHandle bag_of(const SealedKey& key);
Pkcs12BagHandle bag_of(const X509* certificate);

/// What ties a certificate to its key; empty where there is none.
std::string local_key_id_of(const PKCS12_SAFEBAG* bag);
/// Instead of the one that is there, if any; an empty one takes it away.
bool set_local_key_id(PKCS12_SAFEBAG* bag, std::string id);
int nid_of(const X509_ATTRIBUTE* attribute);
/// A friendlyName as UTF-8; empty where it is no text.
std::string name_in(const X509_ATTRIBUTE* friendly_name);
/// The first friendlyName that is not empty; empty where there is none.
std::string friendly_name_of(const PKCS12_SAFEBAG* bag);
/// Where the bag has none, or only such as are empty or no text, which go. In Java's form, in lower
/// case.
bool name_if_nameless(PKCS12_SAFEBAG* bag, const std::string& alias);
/// All attributes of another bag, but for its local key ID.
bool copy_attributes(PKCS12_SAFEBAG* bag, const PKCS12_SAFEBAG* from);
/// Java's mark, without which keytool does not list a trusted certificate.
bool mark_trusted(PKCS12_SAFEBAG* bag);

}  // namespace countersign::certs
