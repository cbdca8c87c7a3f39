#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Listeners, ProblemTable,
    testing::Values(
        ProblemCase{
            "None", "listeners: []\n",
            "1:12: listeners: an empty list; leave the key out to listen on 127.0.0.1:3128"},
        ProblemCase{
            "NotAMap", "listeners: [127.0.0.1:3128]\n",
            "1:13: listeners[0]: found '127.0.0.1:3128'; expected a listener: a map with name and "
            "address"},
        ProblemCase{
            "NameMissing",
            "listeners:\n"
            "  - address: 127.0.0.1:3128\n",
            "2:5: listeners[0]: 'name' is missing; expected the name of this listener"},
        ProblemCase{
            "AddressMissing",
            "listeners:\n"
            "  - name: apps\n",
            "2:5: listeners[0]: 'address' is missing; expected an address such as 127.0.0.1:3128, "
            "\"[::1]:3128\" or unix:PATH"},
        ProblemCase{
            "UnknownKey",
            "listeners:\n"
            "  - name: apps\n"
            "    adress: 127.0.0.1:3128\n"
            "    address: 127.0.0.1:3128\n",
            "3:5: listeners[0].adress: unknown key; did you mean 'address'?"},
        ProblemCase{
            "PortOnly",
            "listeners:\n"
            "  - { name: apps, address: 3128 }\n",
            "2:28: listeners[0].address: found '3128'; expected an address in front of the port: "
            "write 127.0.0.1:3128"},
        ProblemCase{
            "HostName",
            "listeners:\n"
            "  - { name: apps, address: \"localhost:3128\" }\n",
            "2:28: listeners[0].address: found 'localhost:3128'; expected an IP address, not a "
            "name: write 127.0.0.1:3128"},
        ProblemCase{
            "NoPort",
            "listeners:\n"
            "  - { name: apps, address: 127.0.0.1 }\n",
            "2:28: listeners[0].address: found '127.0.0.1'; expected an address and a port: write "
            "127.0.0.1:3128"},
        ProblemCase{
            "PortTooLarge",
            "listeners:\n"
            "  - { name: apps, address: \"127.0.0.1:65536\" }\n",
            "2:28: listeners[0].address: found '127.0.0.1:65536'; expected a port from 1 to 65535 "
            "behind the address"},
        ProblemCase{
            "IPv6WithoutBrackets",
            "listeners:\n"
            "  - { name: apps, address: \"::1:3128\" }\n",
            "2:28: listeners[0].address: found '::1:3128'; expected an address and a port: write "
            "\"[::1]:3128\""},
        ProblemCase{
            "EmptySocketPath",
            "listeners:\n"
            "  - { name: apps, address: \"unix:\" }\n",
            "2:28: listeners[0].address: found 'unix:'; expected an address such as "
            "127.0.0.1:3128, \"[::1]:3128\" or unix:PATH"},
        ProblemCase{
            "SocketPathTooLong",
            "listeners:\n"
            "  - { name: apps, address: "
            "unix:/"
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxxxxxxxxxxxx }\n",
            "2:28: listeners[0].address: "
            "'/"
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxxxxxxxxxxxx' is too long for a socket's path; at most 107 bytes"},
        ProblemCase{
            "AllAddressesWithoutAllow",
            "listeners:\n"
            "  - { name: apps, address: \"0.0.0.0:3128\" }\n",
            "2:28: listeners[0].address: 0.0.0.0:3128 can be reached from other machines; say "
            "which of them may connect, such as allow: [10.0.0.0/8]"},
        ProblemCase{
            "AllIPv6AddressesWithoutAllow",
            "listeners:\n"
            "  - { name: apps, address: \"[::]:3128\" }\n",
            "2:28: listeners[0].address: [::]:3128 can be reached from other machines; say which "
            "of them may connect, such as allow: [10.0.0.0/8]"},
        ProblemCase{
            "PublicAddressWithoutAllow",
            "listeners:\n"
            "  - { name: apps, address: \"192.0.2.1:3128\" }\n",
            "2:28: listeners[0].address: 192.0.2.1:3128 can be reached from other machines; say "
            "which of them may connect, such as allow: [10.0.0.0/8]"},
        ProblemCase{
            "EmptyAllow",
            "listeners:\n"
            "  - { name: apps, address: \"192.0.2.1:3128\", allow: [] }\n",
            "2:53: listeners[0].allow: an empty list lets nobody connect; name the networks that "
            "may, such as [10.0.0.0/8]"},
        ProblemCase{
            "EmptyAllowOnLoopback",
            "listeners:\n"
            "  - { name: apps, address: \"127.0.0.1:3128\", allow: [] }\n",
            "2:53: listeners[0].allow: an empty list lets nobody connect; name the networks that "
            "may, such as [10.0.0.0/8]"},
        ProblemCase{
            "AllowNothing",
            "listeners:\n"
            "  - { name: apps, address: \"192.0.2.1:3128\", allow: }\n",
            "2:46: listeners[0].allow: found nothing; expected a list of networks such as "
            "[10.0.0.0/8]"},
        ProblemCase{
            "AllowText",
            "listeners:\n"
            "  - { name: apps, address: \"192.0.2.1:3128\", allow: 10.0.0.0/8 }\n",
            "2:53: listeners[0].allow: found '10.0.0.0/8'; expected a list of networks such as "
            "[10.0.0.0/8]"},
        ProblemCase{
            "AllowHostBits",
            "listeners:\n"
            "  - { name: apps, address: \"192.0.2.1:3128\", allow: [10.0.0.1/8] }\n",
            "2:54: listeners[0].allow[0]: found '10.0.0.1/8', which is an address inside a "
            "network; write 10.0.0.0/8 for the whole network, or 10.0.0.1 for this address alone"},
        ProblemCase{
            "AllowOnSocket",
            "listeners:\n"
            "  - { name: apps, address: unix:/run/a.sock, allow: [10.0.0.0/8] }\n",
            "2:53: listeners[0].allow: is for IP addresses, and this listener is a unix socket; "
            "remove it, and say who may connect with its mode and group, such as mode: \"0660\""},
        ProblemCase{
            "SameName",
            "listeners:\n"
            "  - { name: apps, address: 127.0.0.1:1 }\n"
            "  - { name: apps, address: 127.0.0.1:2 }\n",
            "3:13: listeners[1].name: another listener is named 'apps', at c.yaml:2:13; give one "
            "of them another name"},
        ProblemCase{
            "SameAddress",
            "listeners:\n"
            "  - { name: a, address: \"127.0.0.1:1\" }\n"
            "  - { name: b, address: \"[::ffff:127.0.0.1]:1\" }\n",
            "3:25: listeners[1].address: listener 'a' has the address 127.0.0.1:1 already; give "
            "this one another, or remove one of the two"},
        ProblemCase{
            "SameSocket",
            "listeners:\n"
            "  - { name: a, address: unix:/run/a.sock }\n"
            "  - { name: b, address: unix:/run/a.sock }\n",
            "3:25: listeners[1].address: listener 'a' has the address unix:/run/a.sock already; "
            "give this one another, or remove one of the two"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
