#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Password, ProblemTable,
    testing::Values(
        ProblemCase{
            "PasswordEmptyMap",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: {}\n",
            "5:15: certificates[0].password: expected one of { file: PATH }, { env: NAME } or { "
            "credential: NAME }"},
        ProblemCase{
            "PasswordTwoSources",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: { env: A, credential: b }\n",
            "5:15: certificates[0].password: has 'env' and 'credential', and takes one of them; "
            "keep one"},
        ProblemCase{
            "PasswordFromAFileAndTheEnvironment",
            "certificates:\n"
            "  - name: acme\n"
            "    type: java_key_store\n"
            "    file: /dev/null\n"
            "    password: { file: /dev/null, env: A }\n",
            "5:15: certificates[0].password: has 'file' and 'env', and takes one of them; keep "
            "one"},
        ProblemCase{
            "KeyStoreInPlace",
            "certificates:\n"
            "  - name: acme\n"
            "    type: pem_key_store\n"
            "    pem: |\n"
            "      -----BEGIN CERTIFICATE-----\n",
            "4:5: certificates[0].pem: is for a trust_store_cert only: a key store does not stand "
            "in the configuration; save this text as a file that nobody else may read, and write "
            "file: PATH instead"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
