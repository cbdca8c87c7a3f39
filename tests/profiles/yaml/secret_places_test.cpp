#include "profiles/yaml/secret_places.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "profiles/yaml/report.hpp"
#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

/// "hunter2" is the secret in each of these rows.
const std::vector<ProblemCase>& rows() {
    static const std::vector<ProblemCase> all{
        {"DocumentIsOnePassword", "hunter2\n",
         "1:1: found text; expected keys such as listeners, certificates and profiles"},
        {"HeadersAsText",
         "profiles:\n"
         "  - name: a\n"
         "    request_headers: \"X-Api-Key: hunter2\"\n",
         "3:22: profiles[0].request_headers: found text; expected a map with set and remove"},
        {"SetAsText",
         "profiles:\n"
         "  - name: a\n"
         "    request_headers: { set: \"X-Api-Key: hunter2\" }\n",
         "3:29: profiles[0].request_headers.set: found text; expected a map of field names and "
         "their values"},
        {"SetAsListOfTexts",
         "profiles:\n"
         "  - name: a\n"
         "    request_headers: { set: [\"X-Api-Key: hunter2\"] }\n",
         "3:29: profiles[0].request_headers.set: found a list; expected a map of field names and "
         "their values"},
        {"SetWithoutSpaceBehindTheColon",
         "profiles:\n"
         "  - name: a\n"
         "    request_headers: { set: { X-Api-Key:hunter2 } }\n",
         "3:31: profiles[0].request_headers.set.'X-Api-Key…': expected the name of a header field, "
         "such as X-Api-Key"},
        {"SetValueInBraces",
         "profiles:\n"
         "  - name: a\n"
         "    request_headers: { set: { X-Api-Key: { hunter2, hunter2 } } }\n",
         "3:42: profiles[0].request_headers.set.X-Api-Key: expected one of { file: PATH }, { env: "
         "NAME } or { credential: NAME }\n"
         "3:44: profiles[0].request_headers.set.X-Api-Key: unknown key; expected file, env or "
         "credential\n"
         "3:53: profiles[0].request_headers.set.X-Api-Key: stands here again, first at 3:44; "
         "keep one\n"
         "3:53: profiles[0].request_headers.set.X-Api-Key: unknown key; expected file, env or "
         "credential"},
        {"SetValueInBracesWithTag",
         "profiles:\n"
         "  - name: a\n"
         "    request_headers: { set: { X-Api-Key: { hunter2: !x y } } }\n",
         "3:44: profiles[0].request_headers.set.X-Api-Key: unknown key; expected file, env or "
         "credential\n"
         "3:53: profiles[0].request_headers.set.X-Api-Key: a tag is not read here; put text that "
         "begins with '!' in quotes"},
        {"SetValueAsOddPath",
         "profiles:\n"
         "  - name: a\n"
         "    request_headers: { set: { X-Api-Key: { file: \"${hunter2\" } } }\n",
         "3:50: profiles[0].request_headers.set.X-Api-Key.file: found text; expected ${NAME}, the "
         "name of an environment variable in braces"},
        {"HeaderWithoutSet",
         "profiles:\n"
         "  - name: a\n"
         "    request_headers: { X-Api-Key: hunter2, X-Other:hunter2: }\n",
         "3:24: profiles[0].request_headers.X-Api-Key: unknown key; expected set or remove\n"
         "3:44: profiles[0].request_headers.'X-Other…': unknown key; expected set or remove"},
        {"RemoveAsText",
         "profiles:\n"
         "  - name: a\n"
         "    request_headers: { remove: \"X-Api-Key: hunter2\" }\n",
         "3:32: profiles[0].request_headers.remove: found text; expected a list of header fields' "
         "names"},
        {"RemoveOfMoreThanAName",
         "profiles:\n"
         "  - name: a\n"
         "    request_headers: { remove: [\"X-Api-Key: hunter2\", X-Api-Key=hunter2, \"\"] }\n",
         "3:33: profiles[0].request_headers.remove[0]: found text; expected the name of a header "
         "field, such as X-Api-Key\n"
         "3:55: profiles[0].request_headers.remove[1]: found text; expected the name of a header "
         "field, such as X-Api-Key\n"
         "3:74: profiles[0].request_headers.remove[2]: found an empty text; expected the name of a "
         "header field, such as X-Api-Key"},
        {"ClientsAsText", "clients: billing:hunter2\n",
         "1:10: clients: found text; expected a list of clients"},
        {"ClientAsText", "clients: [\"billing:hunter2\"]\n",
         "1:11: clients[0]: found text; expected a client: a map with name and password"},
        {"ClientWithoutSpaceBehindTheColon", "clients: [{ name: a, password:hunter2 }]\n",
         "1:11: clients[0]: 'password' is missing; expected { file: PATH } or { env: NAME }\n"
         "1:22: clients[0].'password…': unknown key; a space is missing behind 'password:'"},
        {"ClientWithAnEqualsSign", "clients: [{ name: a, password=hunter2 }]\n",
         "1:11: clients[0]: 'password' is missing; expected { file: PATH } or { env: NAME }\n"
         "1:22: clients[0].'password…': unknown key; did you mean 'password'?"},
        {"ClientPasswordAsOddPath", "clients: [{ name: a, password: { file: \"${hunter2\" } }]\n",
         "1:40: clients[0].password.file: found text; expected ${NAME}, the name of an environment "
         "variable in braces"},
        {"ClientPasswordTwice", "clients: [{ name: a, password: { hunter2: 1, hunter2: 2 } }]\n",
         "1:32: clients[0].password: expected one of { file: PATH }, { env: NAME } or { "
         "credential: NAME }\n"
         "1:34: clients[0].password: unknown key; expected file, env or credential\n"
         "1:46: clients[0].password: stands here again, first at 1:34; keep one\n"
         "1:46: clients[0].password: unknown key; expected file, env or credential"},
        {"ClientPasswordInOneTextWithItsKey", "clients:\n  - password:hunter2\n",
         "2:5: clients[0]: found text; expected a client: a map with name and password; a space is "
         "missing behind a colon"},
        {"PasswordThatIsNeverClosed", "clients:\n  - name: a\n    password: 'hunter2\n",
         "3:15: not valid YAML: the quotation mark ' that begins here is never closed; put another "
         "' "
         "at the end of its text"},
        {"PasswordInAWrongColumn", "clients:\n  - name: a\n   password: hunter2\n",
         "3:4: not valid YAML: line 3 begins in column 4, but the key in line 2 begins in column "
         "5; "
         "keys that belong together begin in the same column: indent line 3 by 1 more space"},
        {"PasswordWithoutSpaceBehindTheColon", "clients:\n  - password:hunter2\n    name: a\n",
         "2:13: not valid YAML: line 2 has no space after its colon; write KEY: VALUE"},
        {"RecordsAsText", "certificates: acme.jks hunter2\n",
         "1:15: certificates: found text; expected a list of certificate records"},
        {"RecordAsText", "certificates: [\"acme.jks:hunter2\"]\n",
         "1:16: certificates[0]: found text; expected a certificate record: a map with name, type "
         "and file"},
        {"AddressWithAPassword",
         "profiles: [{ name: a, connect_to: \"https://me:hunter2@api.example:443\" }]\n",
         "1:35: profiles[0].connect_to: found 'https://me:…@api.example:443'; expected a host and "
         "a port, such as api.partner.example:443"},
        {"AddressWithAPasswordAndNoScheme",
         "profiles: [{ name: a, connect_to: \"me:hunter2@api.example:443\" }]\n",
         "1:35: profiles[0].connect_to: found 'me:…@api.example:443'; expected a host and a port, "
         "such as api.partner.example:443"},
        {"AddressWithAPasswordThatHasASlash",
         "profiles: [{ name: a, hosts: [\"https://user:1234/x@host/\"] }]\n",
         "1:31: profiles[0].hosts[0]: found 'https://user:…@host/'; expected a host, \"*.\" and a "
         "domain, or \"*\"; a host stands without scheme and path"},
        {"AddressesWithAPassword",
         "profiles:\n"
         "  - name: a\n"
         "    hosts: [\"https://me:hunter2@api.example/a@b\"]\n"
         "    tls: { verify_names: [\"https://me:hunter2@api.example\"] }\n",
         "3:13: profiles[0].hosts[0]: found 'https://me:…@b'; expected a host alone, without the "
         "URL's scheme: write api.example\n"
         "4:27: profiles[0].tls.verify_names[0]: 'https://me:…@api.example' is a URL; a server's "
         "name stands without scheme and path"},
        {"PathWithAQuery", "profiles: [{ name: a, paths: [\"/orders?api_key=hunter2\"] }]\n",
         "1:31: profiles[0].paths[0]: found '/orders?…'; expected a path such as /orders, without "
         "empty and dot segments, query, ';', '\\', and escapes of '/', '\\' and '%'"},
    };
    return all;
}

INSTANTIATE_TEST_SUITE_P(SecretPlaces, ProblemTable, testing::ValuesIn(rows()), case_name);

TEST(SecretPlaces, NoneOfTheRowsRepeatsItsSecret) {
    for (const auto& row : rows()) {
        EXPECT_EQ(problems_of(row.yaml).find("hunter2"), std::string::npos) << row.name;
    }
}

/// Keys as base64 without the lines around them: RSA, EC (PKCS#8 and SEC1), Ed25519, encrypted; and
/// of a whole PEM file.
TEST(SecretPlaces, DoNotRepeatKeysWithoutTheirPemLines) {
    for (const std::string begin :
         {"MIIEvQIBADAN", "MIGHAgEAMBMG", "MHcCAQEE", "MC4CAQAwBQYDK2Vw", "MIIFHDBOBgkq",
          "LS0tLS1CRUdJTiBQUklWQVRF"}) {
        const auto key = begin + std::string(60 - begin.size(), 'x') + "+/4=";
        const std::string record = "certificates:\n  - { name: a, type: ";

        const auto as_key =
            problems_of(record + "pem_key_store, file: /dev/null, key: \"" + key + "\" }\n");
        const auto as_file = problems_of(record + "java_key_store, file: \"" + key + "\" }\n");
        const auto as_pem = problems_of(record + "trust_store_cert, pem: \"" + key + "\" }\n");

        const std::string found = "found key material; expected ";
        EXPECT_EQ(as_key, "2:59: certificates[0].key: " + found + "a file's path");
        EXPECT_EQ(as_file, "2:44: certificates[0].file: " + found + "a file's path");
        EXPECT_EQ(
            as_pem, "2:45: certificates[0].pem: " + found +
                        "certificates in PEM: -----BEGIN CERTIFICATE----- …"
        );
    }
}

TEST(SecretPlaces, DoNotRepeatTheKeyThatAVariableHolds) {
    const std::string key = "MIIEvQIBADAN" + std::string(60, 'x') + "+/4=";
    for (const std::string& value : {key, "LS0tLS1CRUdJTi" + key, "-----BEGIN X-----\n" + key}) {
        ::setenv("COUNTERSIGN_TEST_KEY", value.c_str(), 1);
        EXPECT_EQ(
            problems_of(
                "certificates:\n"
                "  - { name: a, type: pem_key_store, file: /dev/null, key: \"k/${COUNTERSIGN_TEST_"
                "KEY}\" }\n"
            ),
            "2:59: certificates[0].key: the environment variable 'COUNTERSIGN_TEST_KEY' holds key "
            "material; expected a file's path, or a part of one"
        );
    }
    ::unsetenv("COUNTERSIGN_TEST_KEY");
    EXPECT_EQ(quote("/etc/countersign/" + key), "key material");
    EXPECT_EQ(quote("/etc/a/b/LS0tLS1CRUdJTi" + key), "key material");
}

TEST(SecretPlaces, HaveNoPathThatOnlyLooksLikeBase64) {
    for (const std::string begin : {"Main/", "MEDIA/", "MIIE/", "/etc/MIGRATION/"}) {
        EXPECT_FALSE(is_key_material(begin + std::string(70, 'a'))) << begin;
        EXPECT_FALSE(is_key_material(begin + "keys/partner/" + std::string(60, 'b'))) << begin;
    }
}

TEST(SecretPlaces, AreThoseOfPasswordsHeadersAndWholeRecords) {
    for (const auto* path :
         {"", "clients", "clients[12]", "certificates[0]", "certificates[0].password",
          "certificates[0].key_password", "clients[0].password.file", "profiles[0].request_headers",
          "profiles[0].request_headers.set.X-Key", "profiles[0].request_headers.remove[0]"}) {
        EXPECT_TRUE(may_hold_secret(path)) << path;
    }
    for (const auto* path :
         {"listeners", "clients[0].name", "clientsx", "certificates[0].file", "profiles[0].hosts",
          "profiles[0].clients[0]"}) {
        EXPECT_FALSE(may_hold_secret(path)) << path;
    }
}

TEST(SecretPlaces, HideTheKeysOfPasswordsAndOfHeadersValues) {
    for (const auto* path :
         {"clients[0].password", "profiles[0].request_headers.set.X-Key",
          "profiles[0].request_headers.X-Key", "profiles[0].request_headers.remove"}) {
        EXPECT_TRUE(hides_keys(path)) << path;
    }
    for (const auto* path :
         {"", "clients[0]", "profiles[0].request_headers", "profiles[0].request_headers.set"}) {
        EXPECT_FALSE(hides_keys(path)) << path;
    }
}

}  // namespace
}  // namespace countersign::profiles
