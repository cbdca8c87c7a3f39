#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    TransportRules, ProblemTable,
    testing::Values(
        ProblemCase{
            "VerifyNames",
            "profiles:\n"
            "  - name: partner\n"
            "    tls:\n"
            "      verify_names: [a b, 'https://a.example', 'spiffe://a b', A.example, "
            "a.example]\n",
            "4:22: profiles[0].tls.verify_names[0]: found 'a b'; expected a host name, an IP "
            "address or a URI such as spiffe://partner.example/api\n"
            "4:27: profiles[0].tls.verify_names[1]: 'https://a.example' is a URL; a server's name "
            "stands without scheme and path\n"
            "4:48: profiles[0].tls.verify_names[2]: found 'spiffe://a b'; expected a host name, an "
            "IP address or a URI such as spiffe://partner.example/api\n"
            "4:75: profiles[0].tls.verify_names[4]: 'a.example' stands twice in this list"},
        ProblemCase{
            "Pins",
            "profiles:\n"
            "  - name: partner\n"
            "    tls:\n"
            "      pins:\n"
            "        - sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
            "        - sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n"
            "        - sha1/AAAA\n",
            "6:11: profiles[0].tls.pins[1]: found "
            "'sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB='; expected sha256/ and 44 "
            "characters, the base64 of the SHA-256 of a public key; from the server's certificate "
            "it is made by: echo sha256/$(openssl x509 -in server.pem -pubkey -noout | openssl "
            "pkey "
            "-pubin -outform DER | openssl dgst -sha256 -binary | base64)\n"
            "7:11: profiles[0].tls.pins[2]: found 'sha1/AAAA'; expected sha256/ and 44 characters, "
            "the base64 of the SHA-256 of a public key; from the server's certificate it is made "
            "by: echo sha256/$(openssl x509 -in server.pem -pubkey -noout | openssl pkey -pubin "
            "-outform DER | openssl dgst -sha256 -binary | base64)"},
        ProblemCase{
            "TlsNotAMap",
            "profiles:\n"
            "  - name: partner\n"
            "    tls: \"1.3\"\n",
            "3:10: profiles[0].tls: found '1.3'; expected a map with keys such as min_version"},
        ProblemCase{
            "TlsUnknownKey",
            "profiles:\n"
            "  - name: partner\n"
            "    tls: { min_verison: \"1.3\" }\n",
            "3:12: profiles[0].tls.min_verison: unknown key; did you mean 'min_version'?"},
        ProblemCase{
            "TlsVersionUnknown",
            "profiles:\n"
            "  - name: partner\n"
            "    tls: { min_version: 1.1 }\n",
            "3:25: profiles[0].tls.min_version: found '1.1'; expected 1.2 or 1.3; TLS 1.0 and "
            "1.1 are offered by danger_tls10: true"},
        ProblemCase{
            "TlsVersionsCrossed",
            "profiles:\n"
            "  - name: partner\n"
            "    tls: { min_version: \"1.3\", max_version: \"1.2\" }\n",
            "3:25: profiles[0].tls.min_version: min_version 1.3 is above max_version 1.2; remove "
            "one of them"},
        ProblemCase{
            "ServerNameNoHost",
            "profiles:\n"
            "  - name: partner\n"
            "    tls: { server_name: \"*.example\" }\n",
            "3:25: profiles[0].tls.server_name: found '*.example'; expected a host name"},
        ProblemCase{
            "SessionResumptionOn",
            "profiles:\n"
            "  - name: partner\n"
            "    tls: { session_resumption: on }\n",
            "3:32: profiles[0].tls.session_resumption: found 'on'; expected true or false"},
        ProblemCase{
            "TimeoutWithoutUnit",
            "profiles:\n"
            "  - name: partner\n"
            "    timeouts: { connect: 5 }\n",
            "3:26: profiles[0].timeouts.connect: found '5'; expected a duration with its unit: 5s "
            "for seconds, or ms, m, h, d"},
        ProblemCase{
            "TimeoutZero",
            "profiles:\n"
            "  - name: partner\n"
            "    timeouts: { resolve: 0s }\n",
            "3:26: profiles[0].timeouts.resolve: found '0s'; expected a duration above zero"},
        ProblemCase{
            "TimeoutOddText",
            "profiles:\n"
            "  - name: partner\n"
            "    timeouts: { handshake: 5 sec }\n",
            "3:28: profiles[0].timeouts.handshake: found '5 sec'; expected a duration like 500ms, "
            "5s, 2m, 1h or 30d, at most 3650d"},
        ProblemCase{
            "TimeoutUnknown",
            "profiles:\n"
            "  - name: partner\n"
            "    timeouts: { conect: 5s }\n",
            "3:17: profiles[0].timeouts.conect: unknown key; did you mean 'connect'?"},
        ProblemCase{
            "PoolNoConnections",
            "profiles:\n"
            "  - name: partner\n"
            "    pool: { max_connections: 0 }\n",
            "3:30: profiles[0].pool.max_connections: found '0'; expected a number from 1 to "
            "1000000"},
        ProblemCase{
            "PoolNumberAsText",
            "profiles:\n"
            "  - name: partner\n"
            "    pool: { max_idle: many }\n",
            "3:23: profiles[0].pool.max_idle: found 'many'; expected a number from 0 to 1000000"},
        ProblemCase{
            "PoolIdleTimeoutZero",
            "profiles:\n"
            "  - name: partner\n"
            "    pool: { idle_timeout: 0s }\n",
            "3:27: profiles[0].pool.idle_timeout: found '0s'; expected a duration above zero"},
        ProblemCase{
            "PoolUnknown",
            "profiles:\n"
            "  - name: partner\n"
            "    pool: { max_idl: 1 }\n",
            "3:13: profiles[0].pool.max_idl: unknown key; did you mean 'max_idle'?"},
        ProblemCase{
            "NotMapsAndNotLists",
            "profiles:\n"
            "  - name: partner\n"
            "    timeouts: 5s\n"
            "    pool: []\n"
            "    tls: { verify_names: a.example, pins: sha256/A, server_name: [a] }\n"
            "  - name: other\n"
            "    tls: '1.3'\n",
            "3:15: profiles[0].timeouts: found '5s'; expected a map with keys such as connect\n"
            "4:11: profiles[0].pool: found a list; expected a map with keys such as "
            "max_connections\n"
            "5:26: profiles[0].tls.verify_names: found 'a.example'; expected a list of the names "
            "that are accepted: write [a.example]\n"
            "5:43: profiles[0].tls.pins: found 'sha256/A'; expected a list such as "
            "[sha256/BASE64]\n"
            "5:66: profiles[0].tls.server_name: found a list; expected a host name\n"
            "7:10: profiles[1].tls: found '1.3'; expected a map with keys such as min_version"},
        ProblemCase{
            "VerifyNameUrl",
            "profiles: [{ name: a, tls: { verify_names: [\"https://a.example\", a b] } }]\n",
            "1:45: profiles[0].tls.verify_names[0]: 'https://a.example' is a URL; a server's name "
            "stands without scheme and path\n"
            "1:66: profiles[0].tls.verify_names[1]: found 'a b'; expected a host name, an IP "
            "address or a URI such as spiffe://partner.example/api"},
        ProblemCase{
            "Revocation",
            "profiles:\n"
            "  - name: partner\n"
            "    tls:\n"
            "      crl: [none.crl]\n"
            "      revocation: strict\n"
            "  - { name: b, tls: { crl: /dev/null } }\n",
            "4:13: profiles[0].tls.crl[0]: there is no file 'none.crl', looked for as "
            "'/here/none.crl'; put it there, or correct the path\n"
            "5:19: profiles[0].tls.revocation: found 'strict'; expected off, soft or hard\n"
            "6:28: profiles[1].tls.crl: found '/dev/null'; expected a list of files with "
            "revocation lists: write [/dev/null]"},
        ProblemCase{
            "RevocationThatNobodyAsks",
            "profiles:\n"
            "  - { name: a, tls: { crl: [/dev/null], revocation: off } }\n"
            "  - { name: b, tls: { crl: [/dev/null], danger_accept_any_server: true } }\n"
            "  - { name: c, tls: { revocation: hard, danger_accept_any_server: true } }\n",
            "2:53: profiles[0].tls.revocation: the files of crl are not looked at then; remove one "
            "of the two\n"
            "3:28: profiles[1].tls.crl: danger_accept_any_server verifies nothing; remove one of "
            "the two\n"
            "4:35: profiles[2].tls.revocation: danger_accept_any_server verifies nothing; remove "
            "one of the two"},
        ProblemCase{
            "DangersThatExcludeOthers",
            "profiles:\n"
            "  - name: partner\n"
            "    tls:\n"
            "      min_version: 1.2\n"
            "      danger_legacy_server: true\n"
            "      verify_names: [a.example]\n"
            "      danger_accept_any_server: true\n",
            "4:20: profiles[0].tls.min_version: danger_tls10 offers TLS 1.0 and up, and "
            "min_version does not; remove one of them\n"
            "6:21: profiles[0].tls.verify_names: danger_accept_any_server accepts a server that "
            "has none of them; remove one of the two"},
        ProblemCase{
            "KeyLog",
            "profiles:\n"
            "  - name: partner\n"
            "    tls: { danger_key_log: true }\n",
            "3:28: profiles[0].tls.danger_key_log: found 'true'; expected the path of the file "
            "that the keys are written to, such as ./tls.keys"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
