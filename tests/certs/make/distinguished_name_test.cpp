#include "certs/make/distinguished_name.hpp"

#include <gtest/gtest.h>

#include "certs/certificate.hpp"

namespace countersign::tests {
namespace {

using certs::parse_distinguished_name;

TEST(ParseDistinguishedName, UnderstandsWhatPeopleWrite) {
    const struct {
        const char* name;
        const char* written;
        const char* meant;
    } kSubjects[] = {
        {"one", "CN=acme", "CN=acme"},
        {"order is kept", "CN=acme, O=Acme, C=DE", "CN=acme, O=Acme, C=DE"},
        {"without spaces", "CN=acme,O=Acme,C=DE", "CN=acme, O=Acme, C=DE"},
        {"letter case", "cn=acme, o=Acme", "CN=acme, O=Acme"},
        {"escaped comma", R"(CN=acme, O=Acme\, Inc.)", R"(CN=acme, O=Acme\, Inc.)"},
        {"quoted", R"(CN=acme, O="Acme, Inc.")", R"(CN=acme, O=Acme\, Inc.)"},
        {"hexadecimal", R"(CN=a\2cb)", R"(CN=a\,b)"},
        {"UTF-8", "CN=Bürgeramt, O=Zoë", "CN=Bürgeramt, O=Zoë"},
        {"spaces inside", "CN=two words , O=Acme", "CN=two words, O=Acme"},
        {"several in one step", "CN=acme + UID=7, O=Acme", "UID=7 + CN=acme, O=Acme"},
        {"keytool's S", "CN=acme, S=Bavaria", "CN=acme, ST=Bavaria"},
        {"e-mail", "CN=acme, E=a@b.example", "CN=acme, emailAddress=a@b.example"},
        {"by number", "CN=acme, 1.3.6.1.4.1.99999.1=x", "CN=acme, 1.3.6.1.4.1.99999.1=x"},
        {"domain", "CN=acme, DC=example, DC=com", "CN=acme, DC=example, DC=com"},
    };
    for (const auto& [name, written, meant] : kSubjects) {
        const auto parsed = parse_distinguished_name(written);

        ASSERT_TRUE(parsed) << name << ": " << parsed.error().sentence;
        EXPECT_EQ(certs::name_text(parsed->get()), meant) << name;
    }
}

TEST(ParseDistinguishedName, SaysWhatItCannotUnderstand) {
    const struct {
        const char* written;
        const char* says;
    } kSubjects[] = {
        {"", "is not NAME=VALUE"},
        {"acme", "Write --subject \"CN=acme\", or with more parts: --subject \"CN=acme, O=Acme"},
        {"$(acme)", "'$(acme)' is not NAME=VALUE"},
        {"CN=", "CN is empty"},
        {"CN=acme,", "is not NAME=VALUE"},
        {"CN=acme, =x", "is not NAME=VALUE"},
        {"XY=acme", "'XY' is not known"},
        {"CN=acme, C=Germany", "C=Germany cannot be part of a subject"},
        {"CN=\"acme", "inside a quotation"},
        {"CN=acme\\", "inside a quotation or an escape"},
        {"/CN=acme", "'/CN' is not known"},
    };
    for (const auto& [written, says] : kSubjects) {
        const auto parsed = parse_distinguished_name(written);

        ASSERT_FALSE(parsed) << written;
        EXPECT_NE(parsed.error().sentence.find(says), std::string::npos) << parsed.error().sentence;
        EXPECT_NE(parsed.error().sentence.find(", O=Acme, C=DE\"."), std::string::npos);
    }
}

}  // namespace
}  // namespace countersign::tests
