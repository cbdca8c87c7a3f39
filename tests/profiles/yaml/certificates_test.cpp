#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Certificates, ProblemTable,
    testing::Values(
        ProblemCase{
            "NotAMap", "certificates: [acme]\n",
            "1:16: certificates[0]: found text; expected a certificate record: a map with name, "
            "type and file"},
        ProblemCase{
            "NameMissing",
            "certificates:\n"
            "  - { type: pem_key_store, file: /dev/null }\n",
            "2:5: certificates[0]: 'name' is missing; expected the name of this certificate "
            "record"},
        ProblemCase{
            "NameEmpty",
            "certificates:\n"
            "  - { name: \"\", type: pem_key_store, file: /dev/null }\n",
            "2:13: certificates[0].name: found ''; expected text"},
        ProblemCase{
            "NameWithSpaceAround",
            "certificates:\n"
            "  - { name: \" a\", type: pem_key_store, file: /dev/null }\n",
            "2:13: certificates[0].name: found ' a'; expected a name in one line, without spaces "
            "around it"},
        ProblemCase{
            "NameOfTheSystemsStore",
            "certificates:\n"
            "  - { name: system, type: trust_store_cert, file: /dev/null }\n",
            "2:13: certificates[0].name: 'system' is the name of the system's trust store; choose "
            "another"},
        ProblemCase{
            "SameName",
            "certificates:\n"
            "  - { name: a, type: pem_key_store, file: /dev/null }\n"
            "  - { name: a, type: trust_store_cert, file: /dev/null }\n",
            "3:13: certificates[1].name: another certificate record is named 'a', at c.yaml:2:13; "
            "give one of them another name"},
        ProblemCase{
            "TypeMissing",
            "certificates:\n"
            "  - name: acme\n"
            "    file: acme.jks\n",
            "2:5: certificates[0]: 'type' is missing; expected what the record holds, such as "
            "java_key_store"},
        ProblemCase{
            "TypeUnknown",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_keystore\n"
            "    file: acme.jks\n",
            "3:11: certificates[0].type: found 'java_keystore'; expected java_key_store, "
            "pkcs12_key_store, pem_key_store or trust_store_cert; did you mean 'java_key_store'?"},
        ProblemCase{
            "TypePkcs11",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pkcs11_key_store\n",
            "3:11: certificates[0].type: 'pkcs11_key_store' is not supported yet by this version; "
            "remove it"},
        ProblemCase{
            "FileMissing",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n",
            "2:5: certificates[0]: 'file' is missing; expected the path of the key store"},
        ProblemCase{
            "FileAbsent",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: absent.jks\n",
            "4:11: certificates[0].file: there is no file 'absent.jks', looked for as "
            "'/here/absent.jks'; put it there, or correct the path"},
        ProblemCase{
            "FileIsADirectory",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /\n",
            "4:11: certificates[0].file: '/' is a directory; name a file in it (only the file of a "
            "trust_store_cert may be a directory)"},
        ProblemCase{
            "FileIsAList",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: [a.jks]\n",
            "4:11: certificates[0].file: found a list; expected a file's path"},
        ProblemCase{
            "FileIsKeyMaterial",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pem_key_store\n"
            "    file: /dev/null\n"
            "    key: \"-----BEGIN PRIVATE KEY-----MIIE\"\n",
            "5:10: certificates[0].key: found key material; expected a file's path"},
        ProblemCase{
            "UnknownKey",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    passwrd: hunter2\n",
            "5:5: certificates[0].passwrd: unknown key; did you mean 'password'?"},
        ProblemCase{
            "ActiveAsWord",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pem_key_store\n"
            "    file: /dev/null\n"
            "    active: yes\n",
            "5:13: certificates[0].active: found 'yes'; expected true or false"},
        ProblemCase{
            "ActiveInQuotes",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pem_key_store\n"
            "    file: /dev/null\n"
            "    active: \"false\"\n",
            "5:13: certificates[0].active: found 'false' in quotes; expected true or false, "
            "without quotes"},
        ProblemCase{
            "WarnWithoutUnit",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pem_key_store\n"
            "    file: /dev/null\n"
            "    warn_before_expiry: 30\n",
            "5:25: certificates[0].warn_before_expiry: found '30'; expected a duration with its "
            "unit: 30s for seconds, or ms, m, h, d"},
        ProblemCase{
            "WarnNotWholeHours",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pem_key_store\n"
            "    file: /dev/null\n"
            "    warn_before_expiry: 90m\n",
            "5:25: certificates[0].warn_before_expiry: found '90m'; expected whole hours or days, "
            "like 12h or 30d"},
        ProblemCase{
            "DescriptionList",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pem_key_store\n"
            "    file: /dev/null\n"
            "    description: [a]\n",
            "5:18: certificates[0].description: found a list; expected text"},
        ProblemCase{
            "KeyInlineInKeyStore",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pem_key_store\n"
            "    file: /dev/null\n"
            "    pem: |\n"
            "      -----BEGIN PRIVATE KEY-----\n",
            "5:5: certificates[0].pem: is for a trust_store_cert only: a key store does not stand "
            "in "
            "the configuration; save this text as a file that nobody else may read, and write "
            "file: PATH instead"},
        ProblemCase{
            "KeyOfJavaKeyStore",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    key: acme.key\n",
            "5:5: certificates[0].key: is for a pem_key_store only: here 'file' holds the "
            "private key, too; remove it"},
        ProblemCase{
            "AliasOfPem",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pem_key_store\n"
            "    file: /dev/null\n"
            "    alias: mydomain\n",
            "5:5: certificates[0].alias: a PEM key store has no aliases; remove it"},
        ProblemCase{
            "TrustWithoutSource",
            "certificates:\n"
            "  - name: acme\n"
            "    type: trust_store_cert\n",
            "2:5: certificates[0]: a trust_store_cert has either 'file' or 'pem'"},
        ProblemCase{
            "TrustWithTwoSources",
            "certificates:\n"
            "  - name: acme\n"
            "    type: trust_store_cert\n"
            "    file: /dev/null\n"
            "    pem: \"-----BEGIN CERTIFICATE-----\"\n",
            "2:5: certificates[0]: a trust_store_cert has either 'file' or 'pem'"},
        ProblemCase{
            "TrustPemOfAKey",
            "certificates:\n"
            "  - name: acme\n"
            "    type: trust_store_cert\n"
            "    pem: |\n"
            "      -----BEGIN EC PRIVATE KEY-----\n",
            "4:10: certificates[0].pem: holds a private key; keys never stand in the "
            "configuration"},
        ProblemCase{
            "TrustPemOfOtherText",
            "certificates:\n"
            "  - name: acme\n"
            "    type: trust_store_cert\n"
            "    pem: partner-ca.pem\n",
            "4:10: certificates[0].pem: found 'partner-ca.pem'; expected certificates in PEM: "
            "-----BEGIN CERTIFICATE----- …"},
        ProblemCase{
            "TrustPemList",
            "certificates:\n"
            "  - name: acme\n"
            "    type: trust_store_cert\n"
            "    pem: [a]\n",
            "4:10: certificates[0].pem: found a list; expected certificates in PEM: -----BEGIN "
            "CERTIFICATE----- …"},
        ProblemCase{
            "TrustWithKeyStoreKeys",
            "certificates:\n"
            "  - name: acme\n"
            "    type: trust_store_cert\n"
            "    file: /dev/null\n"
            "    key_password: hunter2\n"
            "    alias: a\n",
            "5:5: certificates[0].key_password: is for key stores; a trust_store_cert holds "
            "certificates only; remove it\n"
            "6:5: certificates[0].alias: is for key stores; a trust_store_cert holds certificates "
            "only; remove it"},
        ProblemCase{
            "ChainOfOtherRecords",
            "certificates:\n"
            "  - { name: a, type: java_key_store, file: /dev/null, chain: /dev/null }\n"
            "  - { name: b, type: trust_store_cert, file: /dev/null, chain: /dev/null }\n",
            "2:55: certificates[0].chain: is for a pem_key_store only: here the chain stands in "
            "'file', where `countersign keystore import` puts it; remove it\n"
            "3:57: certificates[1].chain: is for key stores; 'file' takes one file with all "
            "trusted "
            "certificates, or a directory of such files; remove it"},
        ProblemCase{
            "ChainOfNothing",
            "certificates:\n"
            "  - { name: a, type: pem_key_store, file: /dev/null, chain: [] }\n"
            "  - { name: b, type: pem_key_store, file: /dev/null, chain: }\n"
            "  - { name: c, type: pem_key_store, file: /dev/null, chain: { file: /dev/null } }\n",
            "2:61: certificates[0].chain: an empty list; name the authorities' certificates, or "
            "leave it out\n"
            "3:54: certificates[1].chain: found nothing; expected a file's path\n"
            "4:61: certificates[2].chain: found a map; expected a file's path"},
        ProblemCase{
            "ChainOfFilesThatAreNotThere",
            "certificates:\n"
            "  - name: a\n"
            "    type: pem_key_store\n"
            "    file: /dev/null\n"
            "    chain: [/dev/null, none.crt, /dev/null]\n",
            "5:24: certificates[0].chain[1]: there is no file 'none.crt', looked for as "
            "'/here/none.crt'; put it there, or correct the path\n"
            "5:34: certificates[0].chain[2]: '/dev/null' stands twice in this list"},
        ProblemCase{
            "TrustPemWithPassword",
            "certificates:\n"
            "  - name: acme\n"
            "    type: trust_store_cert\n"
            "    pem: \"-----BEGIN CERTIFICATE-----\"\n"
            "    password: hunter2\n",
            "5:5: certificates[0].password: is for a trust store in a file; remove it"},
        ProblemCase{
            "TrustWithoutItsFile",
            "certificates:\n"
            "  - name: acme\n"
            "    type: trust_store_cert\n"
            "    file: /nonexistent/authorities\n"
            "    password: { file: /nonexistent/password }\n",
            "4:11: certificates[0].file: there is no file '/nonexistent/authorities'; there is "
            "no directory '/nonexistent'\n"
            "5:23: certificates[0].password.file: there is no file '/nonexistent/password'; "
            "there is no directory '/nonexistent'"},
        ProblemCase{
            "KeyStoreInADirectory",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pem_key_store\n"
            "    file: /\n",
            "4:11: certificates[0].file: '/' is a directory; name a file in it (only the file of a "
            "trust_store_cert may be a directory)"},
        ProblemCase{
            "PasswordNothing",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password:\n",
            "5:5: certificates[0].password: found nothing; expected { file: PATH }, { env: NAME } "
            "or { credential: NAME }"},
        ProblemCase{
            "PasswordList",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: [hunter2]\n",
            "5:15: certificates[0].password: found a list; expected { file: PATH }, { env: NAME } "
            "or { credential: NAME }"},
        ProblemCase{
            "PasswordInBraces",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: {hunter2}\n",
            "5:16: certificates[0].password: unknown key; expected file, env or credential"},
        ProblemCase{
            "PasswordTwiceInBraces",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: {hunter2, hunter2}\n",
            "5:15: certificates[0].password: expected one of { file: PATH }, { env: NAME } or { "
            "credential: NAME }\n"
            "5:16: certificates[0].password: unknown key; expected file, env or credential\n"
            "5:25: certificates[0].password: stands here again, first at 5:16; keep one\n"
            "5:25: certificates[0].password: unknown key; expected file, env or credential"},
        ProblemCase{
            "PasswordTagInBraces",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: {hunter2: !x y}\n",
            "5:16: certificates[0].password: unknown key; expected file, env or credential\n"
            "5:25: certificates[0].password: a tag is not read here; put text that begins with '!' "
            "in quotes"},
        ProblemCase{
            "PasswordFileAbsent",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: { file: acme.password }\n",
            "5:23: certificates[0].password.file: there is no file 'acme.password', looked for "
            "as '/here/acme.password'; put it there, or correct the path"},
        ProblemCase{
            "PasswordEnvironmentOdd",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: { env: A=hunter2 }\n",
            "5:22: certificates[0].password.env: expected the name of an environment variable"},
        ProblemCase{
            "PasswordCredentialPath",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    key_password: { credential: ../b }\n",
            "5:33: certificates[0].key_password.credential: expected the name of a systemd "
            "credential: a file's name, not a path"},
        ProblemCase{
            "PasswordAsAlias",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: *hunter2\n",
            "5:15: not valid YAML: the referenced anchor is not defined; text that begins with one "
            "of [{*&!%@` needs quotes"},
        ProblemCase{
            "PasswordAsTag",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: !hunter2\n",
            "5:15: certificates[0].password: a tag is not read here; put text that begins with '!' "
            "in quotes"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
