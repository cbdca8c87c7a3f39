#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    RecordNames, ProblemTable,
    testing::Values(
        ProblemCase{
            "KeyStoreNothing",
            "profiles:\n"
            "  - name: partner\n"
            "    key_store:\n",
            "3:5: profiles[0].key_store: found nothing; expected the name of a certificate record"},
        ProblemCase{
            "KeyStoreUnknown",
            "profiles:\n"
            "  - name: partner\n"
            "    key_store: acme\n",
            "3:16: profiles[0].key_store: no certificate record is named 'acme', and there are "
            "none; "
            "add it under certificates:, with that name, type (java_key_store, pkcs12_key_store or "
            "pem_key_store) and file"},
        ProblemCase{
            "KeyStoreMistyped",
            "certificates:\n"
            "  - { name: acme-client, type: pem_key_store, file: /dev/null }\n"
            "  - { name: partner-ca, type: trust_store_cert, file: /dev/null }\n"
            "  - { name: old-client, type: java_key_store, file: gone.jks, active: false }\n"
            "  - { name: old-ca, type: trust_store_cert, file: gone.pem, active: false }\n"
            "profiles:\n"
            "  - name: partner\n"
            "    key_store: acme-clent\n",
            "8:16: profiles[0].key_store: no certificate record is named 'acme-clent'; did you "
            "mean 'acme-client'?"},
        ProblemCase{
            "KeyStoreIsTrust",
            "certificates:\n"
            "  - { name: acme-client, type: pem_key_store, file: /dev/null }\n"
            "  - { name: partner-ca, type: trust_store_cert, file: /dev/null }\n"
            "  - { name: old-client, type: java_key_store, file: gone.jks, active: false }\n"
            "  - { name: old-ca, type: trust_store_cert, file: gone.pem, active: false }\n"
            "profiles:\n"
            "  - name: partner\n"
            "    key_store: partner-ca\n",
            "8:16: profiles[0].key_store: certificate record 'partner-ca' is a trust_store_cert, "
            "which says whom you trust; name a key store (java_key_store, pkcs12_key_store or "
            "pem_key_store) with your own key"},
        ProblemCase{
            "KeyStoreInactive",
            "certificates:\n"
            "  - { name: acme-client, type: pem_key_store, file: /dev/null }\n"
            "  - { name: partner-ca, type: trust_store_cert, file: /dev/null }\n"
            "  - { name: old-client, type: java_key_store, file: gone.jks, active: false }\n"
            "  - { name: old-ca, type: trust_store_cert, file: gone.pem, active: false }\n"
            "profiles:\n"
            "  - name: partner\n"
            "    key_store: old-client\n",
            "8:16: profiles[0].key_store: certificate record 'old-client' is inactive (active: "
            "false); activate it or name another here"},
        ProblemCase{
            "TrustMistyped",
            "certificates:\n"
            "  - { name: acme-client, type: pem_key_store, file: /dev/null }\n"
            "  - { name: partner-ca, type: trust_store_cert, file: /dev/null }\n"
            "  - { name: old-client, type: java_key_store, file: gone.jks, active: false }\n"
            "  - { name: old-ca, type: trust_store_cert, file: gone.pem, active: false }\n"
            "profiles:\n"
            "  - name: partner\n"
            "    trust: [partner_ca]\n",
            "8:13: profiles[0].trust[0]: no certificate record is named 'partner_ca'; did you mean "
            "'partner-ca'?"},
        ProblemCase{
            "FarFromAllThatThereAre",
            "certificates:\n"
            "  - { name: one, type: pem_key_store, file: /dev/null }\n"
            "  - { name: two, type: pem_key_store, file: /dev/null }\n"
            "  - { name: partner-ca, type: trust_store_cert, file: /dev/null }\n"
            "profiles:\n"
            "  - name: partner\n"
            "    key_store: acme\n"
            "    trust: [acme]\n",
            "7:16: profiles[0].key_store: no certificate record is named 'acme'; there are 'one' "
            "and 'two'\n"
            "8:13: profiles[0].trust[0]: no certificate record is named 'acme'; there is "
            "'partner-ca'"},
        ProblemCase{
            "TrustIsKeyStore",
            "certificates:\n"
            "  - { name: acme-client, type: pem_key_store, file: /dev/null }\n"
            "  - { name: partner-ca, type: trust_store_cert, file: /dev/null }\n"
            "  - { name: old-client, type: java_key_store, file: gone.jks, active: false }\n"
            "  - { name: old-ca, type: trust_store_cert, file: gone.pem, active: false }\n"
            "profiles:\n"
            "  - name: partner\n"
            "    trust: [system, acme-client]\n",
            "8:21: profiles[0].trust[1]: certificate record 'acme-client' is a key store, which "
            "says "
            "who you are; name the trust_store_cert record of the server's authority"},
        ProblemCase{
            "FilesInThePlaceOfRecords",
            "profiles:\n"
            "  - name: partner\n"
            "    key_store: acme.p12\n"
            "    trust: [certs/ca.pem]\n",
            "3:16: profiles[0].key_store: no certificate record is named 'acme.p12'; a file is "
            "named by a record under 'certificates' (type java_key_store, pkcs12_key_store or "
            "pem_key_store)\n"
            "4:13: profiles[0].trust[0]: no certificate record is named 'certs/ca.pem'; a file is "
            "named by a record under 'certificates' (type trust_store_cert)"},
        ProblemCase{
            "TrustInactive",
            "certificates:\n"
            "  - { name: acme-client, type: pem_key_store, file: /dev/null }\n"
            "  - { name: partner-ca, type: trust_store_cert, file: /dev/null }\n"
            "  - { name: old-client, type: java_key_store, file: gone.jks, active: false }\n"
            "  - { name: old-ca, type: trust_store_cert, file: gone.pem, active: false }\n"
            "profiles:\n"
            "  - name: partner\n"
            "    trust: [old-ca]\n",
            "8:13: profiles[0].trust[0]: certificate record 'old-ca' is inactive (active: false); "
            "activate it or name another here"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
