#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

/// "h0, h1, h2"
std::string numbered(const std::string& text, int count) {
    std::string list;
    for (int i = 0; i < count; ++i) list += (i > 0 ? ", " : "") + text + std::to_string(i);
    return list;
}

INSTANTIATE_TEST_SUITE_P(
    Profile, ProblemTable,
    testing::Values(
        ProblemCase{
            "NotMapsAndNotLists",
            "profiles:\n"
            "  - { name: a, methods: GET, paths: /a, clients: uid:1, listeners: apps, ports: 443 "
            "}\n"
            "  - { name: b, request_headers: [X] }\n"
            "  - { name: c, request_headers: { set: [X], remove: Cookie } }\n",
            "2:25: profiles[0].methods: found 'GET'; expected a list of methods: write [GET]\n"
            "2:37: profiles[0].paths: found '/a'; expected a list of paths: write [/a]\n"
            "2:50: profiles[0].clients: found 'uid:1'; expected a list of clients: write "
            "[\"uid:1\"]\n"
            "2:68: profiles[0].listeners: found 'apps'; expected a list of listeners: write "
            "[apps]\n"
            "2:81: profiles[0].ports: found '443'; expected a list of ports: write [443]\n"
            "3:33: profiles[1].request_headers: found a list; expected a map with set and remove\n"
            "4:40: profiles[2].request_headers.set: found a list; expected a map of field names "
            "and their values\n"
            "4:53: profiles[2].request_headers.remove: found text; expected a list of header "
            "fields' names"},
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
            "1:20: profiles[0].name: 'https' is a URL scheme already, and a profile's name is one "
            "too (partner://HOST/PATH); choose another name\n"
            "1:37: profiles[1].name: 'ws' is a URL scheme already, and a profile's name is one too "
            "(partner://HOST/PATH); choose another name"},
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
            "3:12: profiles[0].hosts: found 'a.example'; expected a list of hosts: write "
            "[a.example]"},
        ProblemCase{
            "HostWithPort",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [\"a.example:443\"]\n",
            "3:13: profiles[0].hosts[0]: found 'a.example:443'; expected a host alone: write "
            "a.example here, and ports: [443] as a key of the profile, for all its hosts"},
        ProblemCase{
            "HostWithPath",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [a.example/orders/]\n",
            "3:13: profiles[0].hosts[0]: found 'a.example/orders/'; expected a host alone: write "
            "a.example here, and paths: [/orders] as a key of the profile, for all its hosts"},
        ProblemCase{
            "HostInAWholeUrl",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [\"https://me:secret@[2001:db8::1]:8443/orders?key=secret\"]\n",
            "3:13: profiles[0].hosts[0]: found 'https://me:…@[2001:db8::1]:8443/orders?…'; "
            "expected a host alone, without the URL's scheme: write \"2001:db8::1\" here, and "
            "ports: [8443] and paths: [/orders] as keys of the profile, for all its hosts"},
        ProblemCase{
            "HostWithWildcardAndPort",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [\"*.example:8443\"]\n",
            "3:13: profiles[0].hosts[0]: found '*.example:8443'; expected a host alone: write "
            "\"*.example\" here, and ports: [8443] as a key of the profile, for all its hosts"},
        ProblemCase{
            "HostUrlOfNoHost",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [\"https://a b/\"]\n",
            "3:13: profiles[0].hosts[0]: found 'https://a b/'; expected a host, \"*.\" and a "
            "domain, or \"*\"; a host stands without scheme and path"},
        ProblemCase{
            "HostUrl",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [\"https://a.example/\"]\n",
            "3:13: profiles[0].hosts[0]: found 'https://a.example/'; expected a host alone, "
            "without the URL's scheme: write a.example"},
        ProblemCase{
            "HostStarInside",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [\"api.*.example\"]\n",
            "3:13: profiles[0].hosts[0]: found 'api.*.example'; expected a host, \"*.\" and a "
            "domain, or \"*\"; a '*' stands first and for whole labels: write \"*.DOMAIN\" for all "
            "names below a domain, or list the hosts one by one"},
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
            "3:13: profiles[0].hosts[0]: found '\xe2\x98\x83.example'; expected a host, \"*.\" and "
            "a "
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
            "3:12: profiles[0].ports: found '443'; expected a list of ports: write [443]"},
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
            "3:12: profiles[0].trust: an empty list trusts no server; write [system] for the "
            "system's authorities, or the name of a trust_store_cert record"},
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
            "RotationUnknown",
            "profiles:\n"
            "  - { name: a, rotation: { overlap: long, verify_with: /health } }\n"
            "  - { name: b, rotation: 90s }\n",
            "2:37: profiles[0].rotation.overlap: found 'long'; expected a duration like 500ms, "
            "5s, 2m, 1h or 30d, at most 3650d\n"
            "2:56: profiles[0].rotation.verify_with: found '/health'; expected a URL such as "
            "https://api.partner.example/health\n"
            "3:26: profiles[1].rotation: found '90s'; expected a map with overlap and verify_with"},
        ProblemCase{
            "Paths",
            "profiles:\n"
            "  - name: partner\n"
            "    paths: [orders, /, /orders/, /a/../b, /a, /%61]\n",
            "3:13: profiles[0].paths[0]: found 'orders'; expected a path, which begins with '/': "
            "write /orders\n"
            "3:21: profiles[0].paths[1]: '/' is every path; leave 'paths' out\n"
            "3:24: profiles[0].paths[2]: found '/orders/'; expected '/orders', which is this path "
            "and all below it\n"
            "3:34: profiles[0].paths[3]: found '/a/../b'; expected a path such as /orders, without "
            "empty and dot segments, query, ';', '\\', and escapes of '/', '\\' and '%'\n"
            "3:47: profiles[0].paths[5]: '/%61' stands twice in this list"},
        ProblemCase{
            "PathsText",
            "profiles:\n"
            "  - name: partner\n"
            "    paths: /orders\n",
            "3:12: profiles[0].paths: found '/orders'; expected a list of paths: write [/orders]"},
        ProblemCase{
            "Methods",
            "profiles:\n"
            "  - name: partner\n"
            "    methods: [get, CONNECT, GET, GET, '']\n",
            "3:15: profiles[0].methods[0]: found 'get'; expected a method in capital letters, such "
            "as GET\n"
            "3:20: profiles[0].methods[1]: what CONNECT gets is said by 'connect_method'; remove "
            "it\n"
            "3:34: profiles[0].methods[3]: 'GET' stands twice in this list\n"
            "3:39: profiles[0].methods[4]: found ''; expected a method in capital letters, such as "
            "GET"},
        ProblemCase{
            "Clients",
            "clients: [{ name: billing, password: { env: BILLING } }]\n"
            "profiles:\n"
            "  - name: partner\n"
            "    clients: [billng, 10.1.2.3/8, uid:x, gid:4294967295, '*', billing, billing]\n",
            "4:15: profiles[0].clients[0]: no client is named 'billng'; did you mean 'billing'?\n"
            "4:23: profiles[0].clients[1]: found '10.1.2.3/8', which is an address inside a "
            "network; write 10.0.0.0/8 for the whole network, or 10.1.2.3 for this address alone\n"
            "4:35: profiles[0].clients[2]: found 'uid:x'; expected a network such as 10.0.0.0/8, "
            "uid:1000, gid:100, or the name of a client under 'clients'\n"
            "4:42: profiles[0].clients[3]: found 'gid:4294967295'; expected a network such as "
            "10.0.0.0/8, uid:1000, gid:100, or the name of a client under 'clients'\n"
            "4:58: profiles[0].clients[4]: found '*'; expected a network such as 10.0.0.0/8, "
            "uid:1000, gid:100, or the name of a client under 'clients'\n"
            "4:72: profiles[0].clients[6]: 'billing' stands twice in this list"},
        ProblemCase{
            "Listeners",
            "listeners: [{ name: apps, address: 127.0.0.1:0 }]\n"
            "profiles:\n"
            "  - name: partner\n"
            "    listeners: [app]\n",
            "4:17: profiles[0].listeners[0]: no listener is named 'app'; did you mean 'apps'?"},
        ProblemCase{
            "TooManyCombinations",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [" +
                numbered("h", 400) +
                "]\n"
                "    paths: [" +
                numbered("/p", 400) + "]\n",
            "2:5: profiles[0]: its hosts, ports, paths, methods, clients and listeners make 160000 "
            "combinations; at most 100000, so make two profiles"},
        ProblemCase{
            "RequestHeaders",
            "profiles:\n"
            "  - name: partner\n"
            "    request_headers:\n"
            "      set: { Host: a, X Y: b, X-Key: c, x-key: d, X-No: , X-List: [e] }\n"
            "      remove: [Content-Length, Cookie, Cookie, '']\n"
            "      add: {}\n",
            "4:14: profiles[0].request_headers.set.Host: Host cannot be changed here; remove it. "
            "The server gets the host that the application calls. To send the host that is dialled "
            "instead, set connect_to: HOST:443 and preserve_host: false in this profile\n"
            "4:23: profiles[0].request_headers.set.'X…': expected the name of a header field, such "
            "as X-Api-Key\n"
            "4:48: profiles[0].request_headers.set.x-key: the field stands here already, in other "
            "letters\n"
            "4:51: profiles[0].request_headers.set.X-No: found nothing; expected a text, { file: "
            "PATH } or { env: NAME }\n"
            "4:67: profiles[0].request_headers.set.X-List: found a list; expected { file: PATH }, "
            "{ env: NAME } or { credential: NAME }\n"
            "5:16: profiles[0].request_headers.remove[0]: 'Content-Length': belongs to the "
            "connection or the message's framing, which the proxy decides; remove it\n"
            "5:40: profiles[0].request_headers.remove[2]: 'Cookie' stands twice in this list\n"
            "5:48: profiles[0].request_headers.remove[3]: found an empty text; expected the name "
            "of a header field, such as X-Api-Key\n"
            "6:7: profiles[0].request_headers.add: unknown key; expected set or remove"},
        ProblemCase{
            "RequestHeaderOfSeveralLines",
            "profiles:\n"
            "  - name: partner\n"
            "    request_headers:\n"
            "      set: { X-Key: \"a\\nhunter2\" }\n",
            "4:21: profiles[0].request_headers.set.X-Key: holds a line end, which a field's "
            "value cannot have; write it in one line (a text after '|' or '>' ends with a line "
            "end)"},
        ProblemCase{
            "LaterKeys",
            "profiles:\n"
            "  - name: partner\n"
            "    parent_proxy: null\n",
            "3:5: profiles[0].parent_proxy: 'parent_proxy' is not supported yet by this version; "
            "remove it"},
        ProblemCase{
            "UpgradeUnknown", "profiles: [{ name: a, upgrade: websocket }]\n",
            "1:32: profiles[0].upgrade: found 'websocket'; expected allow or refuse"},
        ProblemCase{
            "LeniencyUnknown",
            "profiles: [{ name: a, response_leniency: [bare_lf, folded_fields] }]\n",
            "1:52: profiles[0].response_leniency[1]: found 'folded_fields'; expected bare_lf, "
            "chunk_blanks, chunk_extensions, connection_options, control_characters, "
            "http10_chunked or status_line_blanks"},
        ProblemCase{
            "LeniencyTwice", "profiles: [{ name: a, response_leniency: [bare_lf, bare_lf] }]\n",
            "1:52: profiles[0].response_leniency[1]: 'bare_lf' stands twice in this list"},
        ProblemCase{
            "LeniencyAlone", "profiles: [{ name: a, response_leniency: bare_lf }]\n",
            "1:42: profiles[0].response_leniency: found 'bare_lf'; expected a list of deviations: "
            "write [bare_lf]"},
        ProblemCase{
            "ConnectMethodUnknown", "profiles: [{ name: a, connect_method: allow }]\n",
            "1:39: profiles[0].connect_method: found 'allow'; expected reject or tunnel"},
        ProblemCase{
            "ConnectMethodTunnelWithPathsOrMethods",
            "profiles:\n"
            "  - { name: a, paths: [/a], connect_method: tunnel }\n"
            "  - { name: b, methods: [GET], connect_method: tunnel }\n"
            "  - { name: c, paths: [], methods: [], connect_method: tunnel }\n"
            "  - { name: d, paths: [/a], methods: [GET], connect_method: reject }\n",
            "2:45: profiles[0].connect_method: inside a tunnel nobody sees paths and methods, so a "
            "profile that is for some of them cannot say tunnel; remove its 'paths' and "
            "'methods', or this\n"
            "3:48: profiles[1].connect_method: inside a tunnel nobody sees paths and methods, so a "
            "profile that is for some of them cannot say tunnel; remove its 'paths' and "
            "'methods', or this"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
