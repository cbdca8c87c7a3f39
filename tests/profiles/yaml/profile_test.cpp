#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Profile, ProblemTable,
    testing::Values(
        ProblemCase{
            "NameMissing",
            "profiles:\n"
            "  - hosts: [a.example]\n",
            "2:5: profiles[0]: 'name' is missing; expected the name of this profile"},
        ProblemCase{
            "NameUpperCase", "profiles: [{ name: Partner }]\n",
            "1:20: profiles[0].name: found 'Partner'; expected lower-case letters, digits and '-', "
            "a letter first"},
        ProblemCase{
            "NameDigitFirst", "profiles: [{ name: 3scale }]\n",
            "1:20: profiles[0].name: found '3scale'; expected lower-case letters, digits and '-', "
            "a letter first"},
        ProblemCase{
            "NameUnderscore", "profiles: [{ name: my_partner }]\n",
            "1:20: profiles[0].name: found 'my_partner'; expected lower-case letters, digits and "
            "'-', a letter first"},
        ProblemCase{
            "NameOfAScheme", "profiles: [{ name: https }, { name: ws }]\n",
            "1:20: profiles[0].name: 'https' is a URL scheme already; choose another name\n"
            "1:37: profiles[1].name: 'ws' is a URL scheme already; choose another name"},
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
            "3:13: profiles[0].hosts[0]: found 'a.example:443' in quotes; expected a host, \"*.\" "
            "and a domain, or \"*\"; a port belongs under 'ports'"},
        ProblemCase{
            "HostUrl",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [\"https://a.example/\"]\n",
            "3:13: profiles[0].hosts[0]: found 'https://a.example/' in quotes; expected a host, "
            "\"*.\" and a domain, or \"*\"; a host stands without scheme and path"},
        ProblemCase{
            "HostStarInside",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [\"api.*.example\"]\n",
            "3:13: profiles[0].hosts[0]: found 'api.*.example' in quotes; expected a host, \"*.\" "
            "and a domain, or \"*\""},
        ProblemCase{
            "HostShortAddress",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [127.1]\n",
            "3:13: profiles[0].hosts[0]: found '127.1'; expected a host, \"*.\" and a domain, or "
            "\"*\""},
        ProblemCase{
            "HostOfNoInternationalName",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [\xe2\x98\x83.example, xn--a.example]\n",
            "3:13: profiles[0].hosts[0]: found '\xe2\x98\x83.example'; expected a host, \"*.\" and a "
            "domain, or \"*\"; no name with these letters can be registered (IDNA 2008)\n"
            "3:26: profiles[0].hosts[1]: found 'xn--a.example'; expected a host, \"*.\" and a "
            "domain, or \"*\"; a label that begins with xn-- stands for no name (IDNA 2008)"},
        ProblemCase{
            "HostMap",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [{ name: a }]\n",
            "3:13: profiles[0].hosts[0]: found a map; expected a host, \"*.\" and a domain, or "
            "\"*\""},
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
            "3:13: profiles[0].ports[0]: found '0443'; expected a number from 1 to 65535, without "
            "leading zeros"},
        ProblemCase{
            "PortInQuotes",
            "profiles:\n"
            "  - name: partner\n"
            "    ports: [\"443\"]\n",
            "3:13: profiles[0].ports[0]: found '443' in quotes; expected a number from 1 to 65535, "
            "without quotes"},
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
            "TrustText",
            "certificates:\n"
            "  - { name: acme-client, type: pem_key_store, file: /dev/null }\n"
            "  - { name: partner-ca, type: trust_store_cert, file: /dev/null }\n"
            "  - { name: old-client, type: java_key_store, file: gone.jks, active: false }\n"
            "  - { name: old-ca, type: trust_store_cert, file: gone.pem, active: false }\n"
            "profiles:\n"
            "  - name: partner\n"
            "    trust: partner-ca\n",
            "8:12: profiles[0].trust: found 'partner-ca'; expected a list such as [partner-ca, "
            "system]"},
        ProblemCase{
            "TrustEmpty",
            "profiles:\n"
            "  - name: partner\n"
            "    trust: []\n",
            "3:12: profiles[0].trust: an empty list trusts no server; name a trust_store_cert or "
            "\"system\""},
        ProblemCase{
            "TrustNothing",
            "profiles:\n"
            "  - name: partner\n"
            "    trust:\n",
            "3:5: profiles[0].trust: found nothing; expected a list such as [partner-ca, system]"},
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
            "5:5: profiles[0].listeners: 'listeners' is not supported yet by this version; remove "
            "it\n"
            "6:5: profiles[0].connect_to: 'connect_to' is not supported yet by this version; "
            "remove it\n"
            "7:5: profiles[0].parent_proxy: 'parent_proxy' is not supported yet by this version; "
            "remove it\n"
            "8:5: profiles[0].request_headers: 'request_headers' is not supported yet by this "
            "version; remove it\n"
            "9:5: profiles[0].preserve_host: 'preserve_host' is not supported yet by this version; "
            "remove it\n"
            "10:5: profiles[0].connect_method: 'connect_method' is not supported yet by this "
            "version; remove it"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
