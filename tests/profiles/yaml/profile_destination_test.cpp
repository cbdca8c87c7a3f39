#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    ProfileDestination, ProblemTable,
    testing::Values(
        ProblemCase{
            "ConnectTo",
            "profiles:\n"
            "  - { name: a, connect_to: api.example }\n"
            "  - { name: b, connect_to: 'api.example:0' }\n"
            "  - { name: c, connect_to: '::1:443' }\n"
            "  - { name: d, connect_to: 'a b:443' }\n"
            "  - { name: e, connect_to: null }\n",
            "2:28: profiles[0].connect_to: found 'api.example'; expected a host and a port: write "
            "api.example:443\n"
            "3:28: profiles[1].connect_to: found 'api.example:0'; expected a host and a port, such "
            "as api.partner.example:443\n"
            "4:28: profiles[2].connect_to: found '::1:443'; expected a host and a port: write "
            "\"[::1]:443\"\n"
            "5:28: profiles[3].connect_to: found 'a b:443'; expected a host and a port, such as "
            "api.partner.example:443"},
        ProblemCase{
            "ProbeHosts",
            "profiles:\n"
            "  - { name: a, hosts: ['*.a.example'], probe_hosts: ['b.example:443'] }\n"
            "  - { name: b, hosts: [b.example], ports: [443], probe_hosts: ['b.example:8443'] }\n"
            "  - { name: c, probe_hosts: ['any.example:443'] }\n"
            "  - { name: d, probe_hosts: d.example }\n",
            "2:54: profiles[0].probe_hosts[0]: 'b.example:443' is none of this profile's "
            "destinations: its 'hosts' do not have it\n"
            "3:64: profiles[1].probe_hosts[0]: 'b.example:8443' is none of this profile's "
            "destinations: its 'ports' do not have it\n"
            "5:29: profiles[3].probe_hosts: found 'd.example'; expected a list such as "
            "[api.partner.example:443]"},
        ProblemCase{
            "VerifyWith",
            "certificates: [{ name: k, type: pem_key_store, file: /dev/null }]\n"
            "profiles:\n"
            "  - { name: a, hosts: [a.example], key_store: k, rotation: { verify_with: "
            "https://b.example } }\n"
            "  - { name: b, rotation: { verify_with: 'https://b.example/x?y' } }\n"
            "  - { name: c, rotation: { verify_with: 'http://c.example' } }\n"
            "  - { name: d, rotation: { verify_with: 'https://d.example:0/' } }\n"
            "  - { name: e, rotation: { verify_with: 'https://e.example/a b' } }\n"
            "  - { name: f, rotation: { verify_with: null } }\n"
            "  - { name: g, hosts: [g.example], paths: [/orders], key_store: k, rotation: { "
            "verify_with: 'https://g.example/ordersX' } }\n"
            "  - { name: h, hosts: [h.example], paths: [/orders], key_store: k, rotation: { "
            "verify_with: 'https://h.example/orders/..%2fx' } }\n"
            "  - { name: i, hosts: [i.example], paths: [/a, /orders], key_store: k, rotation: { "
            "verify_with: 'https://i.example/orders/1?q' } }\n",
            "3:60: profiles[0].rotation: verify_with, 'https://b.example:443/', is none of this "
            "profile's destinations: its 'hosts' do not have it\n"
            "4:26: profiles[1].rotation: verify_with tries a renewed identity, and the profile has "
            "none: add key_store, or remove it\n"
            "5:41: profiles[2].rotation.verify_with: found 'http://c.example'; expected a URL such "
            "as https://api.partner.example/health\n"
            "6:41: profiles[3].rotation.verify_with: found 'https://d.example:0/'; expected a URL "
            "such as https://api.partner.example/health\n"
            "7:41: profiles[4].rotation.verify_with: found 'https://e.example/a b'; expected a URL "
            "such as https://api.partner.example/health\n"
            "9:78: profiles[6].rotation: verify_with, 'https://g.example:443/ordersX', is for no "
            "request of this profile: its 'paths' do not have it; name one of them, such as "
            "'/orders'\n"
            "10:78: profiles[7].rotation: verify_with, 'https://h.example:443/orders/..%2fx', is "
            "for no request of this profile: servers may read its path in several ways"},
        ProblemCase{
            "PreserveHost", "profiles: [{ name: a, preserve_host: false }]\n",
            "1:38: profiles[0].preserve_host: false makes Host name what 'connect_to' says, which "
            "this profile does not have"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
