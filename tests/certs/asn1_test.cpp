#include "certs/asn1.hpp"

#include <gtest/gtest.h>

#include "certs/openssl_handle.hpp"

namespace countersign::certs {
namespace {

TEST(Asn1, AStringGivesItsBytes) {
    const OpensslHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> string{ASN1_OCTET_STRING_new()};
    ASN1_OCTET_STRING_set(string.get(), reinterpret_cast<const unsigned char*>("a\0b"), 3);

    EXPECT_EQ(asn1_text(string.get()), std::string_view("a\0b", 3));
    EXPECT_EQ(asn1_bytes(string.get()).size(), 3U);
}

TEST(Asn1, AnObjectHasANumberAndPerhapsAName) {
    const ObjectHandle known{OBJ_txt2obj("1.2.840.113549.1.5.13", 1)};
    const ObjectHandle unknown{OBJ_txt2obj("1.2.3.4.5", 1)};

    EXPECT_EQ(oid_number(known.get()), "1.2.840.113549.1.5.13");
    EXPECT_EQ(oid_name(known.get()), "PBES2");
    EXPECT_EQ(oid_name(unknown.get()), "1.2.3.4.5");
    EXPECT_EQ(oid_name(nullptr), "");
}

}  // namespace
}  // namespace countersign::certs
