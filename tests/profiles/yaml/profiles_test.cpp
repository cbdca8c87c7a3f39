#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Profiles, ProblemTable,
    testing::Values(
        ProblemCase{
            "NotAMap", "profiles: [partner]\n",
            "1:12: profiles[0]: found 'partner'; expected a profile: a map with name and hosts"},
        ProblemCase{
            "SameName",
            "profiles:\n"
            "  - name: a\n"
            "  - name: a\n",
            "3:11: profiles[1].name: another profile is named 'a', at c.yaml:2:11; give one of "
            "them another name"},
        ProblemCase{
            "Tie",
            "profiles:\n"
            "  - { name: a, hosts: [api.partner.example] }\n"
            "  - { name: b, hosts: [api.partner.example] }\n",
            "3:5: profiles[1]: profiles 'a', at c.yaml:2:5, and 'b' both apply to "
            "api.partner.example:443, by the host 'api.partner.example', and neither is more "
            "specific; remove one, or give one of them other hosts, ports, clients, listeners, "
            "paths or methods"},
        ProblemCase{
            "TieOfOnePort",
            "profiles:\n"
            "  - { name: a, hosts: [\"*.partner.example\"], ports: [443, 8443] }\n"
            "  - { name: b, hosts: [\"*.partner.example\"], ports: [9443, 8443] }\n",
            "3:5: profiles[1]: profiles 'a', at c.yaml:2:5, and 'b' both apply to "
            "host.partner.example:8443, by the host '*.partner.example', and neither is more "
            "specific; remove one, or give one of them other hosts, ports, clients, listeners, "
            "paths or methods"},
        ProblemCase{
            "TieWithoutPort",
            "profiles:\n"
            "  - { name: a, hosts: [x.example], ports: [443] }\n"
            "  - { name: b, hosts: [x.example], ports: [8443], default_port: 8443 }\n",
            "3:5: profiles[1]: profiles 'a', at c.yaml:2:5, and 'b' both apply to x.example "
            "without a port, by the host 'x.example', and neither is more specific; remove one, or "
            "give one of them other hosts, ports, clients, listeners, paths or methods"},
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
            "3:13: profiles[0].hosts[0]: found 'a b'; expected a host, \"*.\" and a domain, or "
            "\"*\"; a host has no spaces and commas: write two hosts as two items, [a.example, "
            "b.example]\n"
            "4:16: profiles[0].key_store: no certificate record is named 'none', and there are "
            "none; add it under certificates:, with that name, type (java_key_store, "
            "pkcs12_key_store or pem_key_store) and file\n"
            "5:26: profiles[0].timeouts.connect: found '5'; expected a duration with its unit: 5s "
            "for seconds, or ms, m, h, d\n"
            "6:12: profiles[0].retry: found 'always'; expected never, if_unsent or idempotent"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
