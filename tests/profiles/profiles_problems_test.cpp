#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Profiles, ProblemTable,
    testing::Values(
        ProblemCase{
            "NotAMap",
            "profiles: [partner]\n",
            "1:12: profiles[0]: found 'partner'; expected a profile: a map with name and hosts"},
        ProblemCase{
            "NameMissing",
            "profiles:\n"
        "  - hosts: [a.example]\n",
            "2:5: profiles[0]: 'name' is missing; expected the name of this profile"},
        ProblemCase{
            "NameUpperCase",
            "profiles: [{ name: Partner }]\n",
            "1:20: profiles[0].name: found 'Partner'; expected lower-case letters, digits and '-', a letter first"},
        ProblemCase{
            "NameDigitFirst",
            "profiles: [{ name: 3scale }]\n",
            "1:20: profiles[0].name: found '3scale'; expected lower-case letters, digits and '-', a letter first"},
        ProblemCase{
            "NameUnderscore",
            "profiles: [{ name: my_partner }]\n",
            "1:20: profiles[0].name: found 'my_partner'; expected lower-case letters, digits and '-', a letter first"},
        ProblemCase{
            "NameOfAScheme",
            "profiles: [{ name: https }, { name: ws }]\n",
            "1:20: profiles[0].name: 'https' is a URL scheme already; choose another name\n"
            "1:37: profiles[1].name: 'ws' is a URL scheme already; choose another name"},
        ProblemCase{
            "SameName",
            "profiles:\n"
        "  - name: a\n"
        "  - name: a\n",
            "3:11: profiles[1].name: another profile is named 'a', at c.yaml:2:11"},
        ProblemCase{
            "UnknownKey",
            "profiles:\n"
        "  - name: partner\n"
        "    hots: [a.example]\n",
            "3:5: profiles[0].hots: unknown key; did you mean 'hosts'?"},
        ProblemCase{
            "HostsText",
            "profiles:\n"
        "  - name: partner\n"
        "    hosts: a.example\n",
            "3:12: profiles[0].hosts: found 'a.example'; expected a list of hosts"},
        ProblemCase{
            "HostWithPort",
            "profiles:\n"
        "  - name: partner\n"
        "    hosts: [\"a.example:443\"]\n",
            "3:13: profiles[0].hosts[0]: found 'a.example:443' in quotes; expected a host, \"*.\" and a domain, or \"*\"; a port belongs under 'ports'"},
        ProblemCase{
            "HostUrl",
            "profiles:\n"
        "  - name: partner\n"
        "    hosts: [\"https://a.example/\"]\n",
            "3:13: profiles[0].hosts[0]: found 'https://a.example/' in quotes; expected a host, \"*.\" and a domain, or \"*\"; a host stands without scheme and path"},
        ProblemCase{
            "HostStarInside",
            "profiles:\n"
        "  - name: partner\n"
        "    hosts: [\"api.*.example\"]\n",
            "3:13: profiles[0].hosts[0]: found 'api.*.example' in quotes; expected a host, \"*.\" and a domain, or \"*\""},
        ProblemCase{
            "HostShortAddress",
            "profiles:\n"
        "  - name: partner\n"
        "    hosts: [127.1]\n",
            "3:13: profiles[0].hosts[0]: found '127.1'; expected a host, \"*.\" and a domain, or \"*\""},
        ProblemCase{
            "HostInternational",
            "profiles:\n"
        "  - name: partner\n"
        "    hosts: [m\xc3\xbcller.example]\n",
            "3:13: profiles[0].hosts[0]: found 'm\xc3\xbcller.example'; expected a host, \"*.\" and a domain, or \"*\"; write an international name in its xn-- form"},
        ProblemCase{
            "HostMap",
            "profiles:\n"
        "  - name: partner\n"
        "    hosts: [{ name: a }]\n",
            "3:13: profiles[0].hosts[0]: found a map; expected a host, \"*.\" and a domain, or \"*\""},
        ProblemCase{
            "HostTwice",
            "profiles:\n"
        "  - name: partner\n"
        "    hosts: [a.example, A.example.]\n",
            "3:24: profiles[0].hosts[1]: 'A.example.' stands twice in this list"},
        ProblemCase{
            "PortZero",
            "profiles:\n"
        "  - name: partner\n"
        "    ports: [0]\n",
            "3:13: profiles[0].ports[0]: found '0'; expected a number from 1 to 65535"},
        ProblemCase{
            "PortTooLarge",
            "profiles:\n"
        "  - name: partner\n"
        "    ports: [65536]\n",
            "3:13: profiles[0].ports[0]: found '65536'; expected a number from 1 to 65535"},
        ProblemCase{
            "PortOctal",
            "profiles:\n"
        "  - name: partner\n"
        "    ports: [0443]\n",
            "3:13: profiles[0].ports[0]: found '0443'; expected a number from 1 to 65535, without leading zeros"},
        ProblemCase{
            "PortInQuotes",
            "profiles:\n"
        "  - name: partner\n"
        "    ports: [\"443\"]\n",
            "3:13: profiles[0].ports[0]: found '443' in quotes; expected a number from 1 to 65535, without quotes"},
        ProblemCase{
            "PortTwice",
            "profiles:\n"
        "  - name: partner\n"
        "    ports: [443, 443]\n",
            "3:18: profiles[0].ports[1]: '443' stands twice in this list"},
        ProblemCase{
            "PortsNumber",
            "profiles:\n"
        "  - name: partner\n"
        "    ports: 443\n",
            "3:12: profiles[0].ports: found '443'; expected a list of ports"},
        ProblemCase{
            "DefaultPortRange",
            "profiles:\n"
        "  - name: partner\n"
        "    default_port: 443-444\n",
            "3:19: profiles[0].default_port: found '443-444'; expected a number from 1 to 65535"},
        ProblemCase{
            "KeyStoreNothing",
            "profiles:\n"
        "  - name: partner\n"
        "    key_store:\n",
            "3:5: profiles[0].key_store: found nothing; expected text"},
        ProblemCase{
            "KeyStoreUnknown",
            "profiles:\n"
        "  - name: partner\n"
        "    key_store: acme\n",
            "3:16: profiles[0].key_store: no certificate record is named 'acme'"},
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
            "8:16: profiles[0].key_store: no certificate record is named 'acme-clent'; did you mean 'acme-client'?"},
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
            "8:16: profiles[0].key_store: certificate record 'partner-ca' is trust_store_cert; expected a key store (java_key_store, pkcs12_key_store or pem_key_store)"},
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
            "8:16: profiles[0].key_store: certificate record 'old-client' is inactive (active: false); activate it or name another here"},
        ProblemCase{
            "TrustText",
            "certificates:\n"
        "  - { name: acme-client, type: pem_key_store, file: /dev/null }\n"
        "  - { name: partner-ca, type: trust_store_cert, file: /dev/null }\n"
        "  - { name: old-client, type: java_key_store, file: gone.jks, active: false }\n"
        "  - { name: old-ca, type: trust_store_cert, file: gone.pem, active: false }\n"
        "profiles:\n"
        "  - name: partner\n"
        "    trust: partner-ca\n",
            "8:12: profiles[0].trust: found 'partner-ca'; expected a list such as [partner-ca, system]"},
        ProblemCase{
            "TrustEmpty",
            "profiles:\n"
        "  - name: partner\n"
        "    trust: []\n",
            "3:12: profiles[0].trust: an empty list trusts no server; name a trust_store_cert or \"system\""},
        ProblemCase{
            "TrustNothing",
            "profiles:\n"
        "  - name: partner\n"
        "    trust:\n",
            "3:5: profiles[0].trust: found nothing; expected a list such as [partner-ca, system]"},
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
            "8:13: profiles[0].trust[0]: no certificate record is named 'partner_ca'; did you mean 'partner-ca'?"},
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
            "8:21: profiles[0].trust[1]: certificate record 'acme-client' is pem_key_store; expected trust_store_cert"},
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
            "8:13: profiles[0].trust[0]: certificate record 'old-ca' is inactive (active: false); activate it or name another here"},
        ProblemCase{
            "TrustTwice",
            "certificates:\n"
        "  - { name: acme-client, type: pem_key_store, file: /dev/null }\n"
        "  - { name: partner-ca, type: trust_store_cert, file: /dev/null }\n"
        "  - { name: old-client, type: java_key_store, file: gone.jks, active: false }\n"
        "  - { name: old-ca, type: trust_store_cert, file: gone.pem, active: false }\n"
        "profiles:\n"
        "  - name: partner\n"
        "    trust: [partner-ca, system, partner-ca]\n",
            "8:33: profiles[0].trust[2]: 'partner-ca' stands twice in this list"},
        ProblemCase{
            "TlsNotAMap",
            "profiles:\n"
        "  - name: partner\n"
        "    tls: \"1.3\"\n",
            "3:10: profiles[0].tls: found '1.3' in quotes; expected a map with keys such as min_version"},
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
            "3:25: profiles[0].tls.min_version: found '1.1'; expected 1.2 or 1.3; did you mean '1.2'?"},
        ProblemCase{
            "TlsVersionsCrossed",
            "profiles:\n"
        "  - name: partner\n"
        "    tls: { min_version: \"1.3\", max_version: \"1.2\" }\n",
            "3:25: profiles[0].tls.min_version: min_version 1.3 is above max_version 1.2"},
        ProblemCase{
            "ServerNameNoHost",
            "profiles:\n"
        "  - name: partner\n"
        "    tls: { server_name: \"*.example\" }\n",
            "3:25: profiles[0].tls.server_name: found '*.example' in quotes; expected a host name"},
        ProblemCase{
            "SessionResumptionOn",
            "profiles:\n"
        "  - name: partner\n"
        "    tls: { session_resumption: on }\n",
            "3:32: profiles[0].tls.session_resumption: found 'on'; expected true or false, without quotes"},
        ProblemCase{
            "TimeoutWithoutUnit",
            "profiles:\n"
        "  - name: partner\n"
        "    timeouts: { connect: 5 }\n",
            "3:26: profiles[0].timeouts.connect: found '5'; expected a duration with its unit: 5s for seconds, or ms, m, h, d"},
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
            "3:28: profiles[0].timeouts.handshake: found '5 sec'; expected a duration like 500ms, 5s, 2m, 1h or 30d, at most 3650d"},
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
            "3:30: profiles[0].pool.max_connections: found '0'; expected a number from 1 to 1000000"},
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
            "RetryUnknown",
            "profiles:\n"
        "  - name: partner\n"
        "    retry: always\n",
            "3:12: profiles[0].retry: found 'always'; expected never, if_unsent or idempotent"},
        ProblemCase{
            "LaterKeys",
            "profiles:\n"
        "  - name: partner\n"
        "    paths: []\n"
        "    clients: []\n"
        "    listeners: []\n"
        "    connect_to: null\n"
        "    parent_proxy: null\n"
        "    request_headers: {}\n"
        "    preserve_host: true\n"
        "    connect_method: reject\n",
            "3:5: profiles[0].paths: 'paths' is not supported yet by this version; remove it\n"
            "4:5: profiles[0].clients: 'clients' is not supported yet by this version; remove it\n"
            "5:5: profiles[0].listeners: 'listeners' is not supported yet by this version; remove it\n"
            "6:5: profiles[0].connect_to: 'connect_to' is not supported yet by this version; remove it\n"
            "7:5: profiles[0].parent_proxy: 'parent_proxy' is not supported yet by this version; remove it\n"
            "8:5: profiles[0].request_headers: 'request_headers' is not supported yet by this version; remove it\n"
            "9:5: profiles[0].preserve_host: 'preserve_host' is not supported yet by this version; remove it\n"
            "10:5: profiles[0].connect_method: 'connect_method' is not supported yet by this version; remove it"},
        ProblemCase{
            "LaterTlsKeys",
            "profiles:\n"
        "  - name: partner\n"
        "    tls:\n"
        "      verify_names: []\n"
        "      pins: []\n"
        "      crl: []\n"
        "      revocation: off\n"
        "      cipher_suites: null\n"
        "      ciphers: null\n"
        "      groups: null\n"
        "      signature_algorithms: null\n"
        "      alpn: [http/1.1]\n"
        "      renegotiation: refuse\n"
        "      post_handshake_auth: true\n"
        "      danger_legacy_server: false\n"
        "      danger_accept_any_server: false\n",
            "4:7: profiles[0].tls.verify_names: 'verify_names' is not supported yet by this version; remove it\n"
            "5:7: profiles[0].tls.pins: 'pins' is not supported yet by this version; remove it\n"
            "6:7: profiles[0].tls.crl: 'crl' is not supported yet by this version; remove it\n"
            "7:7: profiles[0].tls.revocation: 'revocation' is not supported yet by this version; remove it\n"
            "8:7: profiles[0].tls.cipher_suites: 'cipher_suites' is not supported yet by this version; remove it\n"
            "9:7: profiles[0].tls.ciphers: 'ciphers' is not supported yet by this version; remove it\n"
            "10:7: profiles[0].tls.groups: 'groups' is not supported yet by this version; remove it\n"
            "11:7: profiles[0].tls.signature_algorithms: 'signature_algorithms' is not supported yet by this version; remove it\n"
            "12:7: profiles[0].tls.alpn: 'alpn' is not supported yet by this version; remove it\n"
            "13:7: profiles[0].tls.renegotiation: 'renegotiation' is not supported yet by this version; remove it\n"
            "14:7: profiles[0].tls.post_handshake_auth: 'post_handshake_auth' is not supported yet by this version; remove it\n"
            "15:7: profiles[0].tls.danger_legacy_server: 'danger_legacy_server' is not supported yet by this version; remove it\n"
            "16:7: profiles[0].tls.danger_accept_any_server: 'danger_accept_any_server' is not supported yet by this version; remove it"},
        ProblemCase{
            "Tie",
            "profiles:\n"
        "  - { name: a, hosts: [api.partner.example] }\n"
        "  - { name: b, hosts: [api.partner.example] }\n",
            "3:5: profiles[1]: profiles 'a' and 'b' both apply to api.partner.example:443, by 'api.partner.example'; give one of them other hosts or other ports"},
        ProblemCase{
            "TieOfOnePort",
            "profiles:\n"
        "  - { name: a, hosts: [\"*.partner.example\"], ports: [443, 8443] }\n"
        "  - { name: b, hosts: [\"*.partner.example\"], ports: [9443, 8443] }\n",
            "3:5: profiles[1]: profiles 'a' and 'b' both apply to host.partner.example:8443, by '*.partner.example'; give one of them other hosts or other ports"},
        ProblemCase{
            "TieWithoutPort",
            "profiles:\n"
        "  - { name: a, hosts: [x.example], ports: [443] }\n"
        "  - { name: b, hosts: [x.example], ports: [8443], default_port: 8443 }\n",
            "3:5: profiles[1]: profiles 'a' and 'b' both apply to x.example without a port, by 'x.example'; give one of them other hosts or other ports"},
        ProblemCase{
            "NoTieWithAProfileThatHasAProblem",
            "profiles:\n"
        "  - { name: a, hosts: [x.example] }\n"
        "  - { name: b, hosts: [x.example], ports: [none] }\n",
            "3:44: profiles[1].ports[0]: found 'none'; expected a number from 1 to 65535"},
        ProblemCase{
            "AllAtOnce",
            "profiles:\n"
        "  - name: partner\n"
        "    hosts: [a b]\n"
        "    key_store: none\n"
        "    timeouts: { connect: 5 }\n"
        "    retry: always\n",
            "3:13: profiles[0].hosts[0]: found 'a b'; expected a host, \"*.\" and a domain, or \"*\"\n"
            "4:16: profiles[0].key_store: no certificate record is named 'none'\n"
            "5:26: profiles[0].timeouts.connect: found '5'; expected a duration with its unit: 5s for seconds, or ms, m, h, d\n"
            "6:12: profiles[0].retry: found 'always'; expected never, if_unsent or idempotent"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
