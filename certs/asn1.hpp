#pragma once

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "certs/bytes.hpp"

namespace countersign::certs {

/// The content of a string of ASN.1, whichever kind it is, as long as the string lives.
inline ByteView asn1_bytes(const ASN1_STRING* string) {
    return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}
inline std::string_view asn1_text(const ASN1_STRING* string) { return as_text(asn1_bytes(string)); }

/// An object identifier as "1.2.840.113549.1.5.13"; empty where it cannot be read.
inline std::string oid_number(const ASN1_OBJECT* object) {
    char text[128] = "";
    OBJ_obj2txt(text, sizeof text, object, 1);
    return text;
}

/// The same by the name that OpenSSL has for it, where it has one: "PBES2".
inline std::string oid_name(const ASN1_OBJECT* object) {
    char text[128] = "";
    OBJ_obj2txt(text, sizeof text, object, 0);
    return text;
}

}  // namespace countersign::certs
