// What to write instead, where that can be told.

#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Advice, ProblemTable,
    testing::Values(
        ProblemCase{
            "ListenersAddresses",
            "listeners:\n"
            "  - { name: a, address: \"http://127.0.0.1:3128/\" }\n"
            "  - { name: b, address: \"http://proxy:3128\" }\n"
            "  - { name: c, address: \":3128\" }\n"
            "  - { name: d, address: \"proxy.example:3128\" }\n"
            "  - { name: e, address: \"::1\" }\n",
            "2:25: listeners[0].address: found 'http://127.0.0.1:3128/'; expected an address "
            "without the URL's scheme: write 127.0.0.1:3128\n"
            "3:25: listeners[1].address: found 'http://proxy:3128'; expected an address such as "
            "127.0.0.1:3128, \"[::1]:3128\" or unix:PATH, which is no URL\n"
            "4:25: listeners[2].address: found ':3128'; expected an IP address in front of the "
            "port: 0.0.0.0:3128 for all IPv4 addresses of this machine, 127.0.0.1:3128 for "
            "programs on this machine alone\n"
            "5:25: listeners[3].address: found 'proxy.example:3128'; expected an IP address of "
            "this machine (`ip address` lists them), not a name: such as 192.0.2.1:3128\n"
            "6:25: listeners[4].address: found '::1'; expected an address and a port: write "
            "\"[::1]:3128\""},
        ProblemCase{
            "ConnectTo",
            "profiles:\n"
            "  - { name: a, connect_to: \"https://a.example/orders\" }\n"
            "  - { name: b, connect_to: \"https://a.example:8443\" }\n"
            "  - { name: c, connect_to: \"me:1234@a.example\" }\n"
            "  - { name: d, connect_to: \"https://me:12/34@a.example\" }\n",
            "2:28: profiles[0].connect_to: found 'https://a.example/orders'; expected a host and a "
            "port, without the rest of a URL: write a.example:443\n"
            "3:28: profiles[1].connect_to: found 'https://a.example:8443'; expected a host and a "
            "port, without the rest of a URL: write a.example:8443\n"
            "4:28: profiles[2].connect_to: found 'me:…@a.example'; expected a host and a port, "
            "such as api.partner.example:443\n"
            "5:28: profiles[3].connect_to: found 'https://me:…@a.example'; expected a host and a "
            "port, such as api.partner.example:443"},
        ProblemCase{
            "UnknownNames",
            "profiles:\n"
            "  - { name: a, hosts: [a.example], clients: [billing], listeners: [lan] }\n",
            "2:46: profiles[0].clients[0]: no client is named 'billing'; add it under clients: at "
            "the top level, with a name and a password; a client without a name is a network such "
            "as 10.0.0.0/8, or uid:1000\n"
            "2:68: profiles[0].listeners[0]: no listener is named 'lan'; the only one is "
            "'default', at 127.0.0.1:3128, which is there while nothing stands under listeners: at "
            "the top level; list this one there, with a name and an address, and 127.0.0.1:3128, "
            "too, where it is to stay"},
        ProblemCase{
            "UnknownListener",
            "listeners: [{ name: apps, address: 127.0.0.1:0 }]\n"
            "profiles:\n"
            "  - { name: a, hosts: [a.example], listeners: [lan] }\n",
            "3:48: profiles[0].listeners[0]: no listener is named 'lan'; add it under listeners: "
            "at the top level, with a name and an address, or name one that is there"},
        ProblemCase{
            "HostsThatAreNone",
            "profiles:\n"
            "  - name: a\n"
            "    hosts: [10.0.0.0/8, \"*.1.2.3.4\", \"a.example,b.example\"]\n",
            "3:13: profiles[0].hosts[0]: found '10.0.0.0/8'; expected a host, \"*.\" and a domain, "
            "or \"*\"; a network is no host: list its addresses one by one\n"
            "3:25: profiles[0].hosts[1]: found '*.1.2.3.4'; expected a host, \"*.\" and a domain, "
            "or \"*\"\n"
            "3:38: profiles[0].hosts[2]: found 'a.example,b.example'; expected a host, \"*.\" and "
            "a domain, or \"*\"; a host has no spaces and commas: write two hosts as two items, "
            "[a.example, b.example]"},
        ProblemCase{
            "ListsOfOne",
            "profiles:\n"
            "  - name: a\n"
            "    hosts: a.example, b.example\n"
            "    clients: \"2001:db8::/32\"\n"
            "    methods: ''\n"
            "    paths: \"/a|b\"\n",
            "3:12: profiles[0].hosts: found 'a.example, b.example'; expected a list of hosts: "
            "write [a.example, b.example]\n"
            "4:14: profiles[0].clients: found '2001:db8::/32'; expected a list of clients: write "
            "[\"2001:db8::/32\"]\n"
            "5:14: profiles[0].methods: found ''; expected a list of methods\n"
            "6:12: profiles[0].paths: found '/a|b'; expected a list of paths"},
        ProblemCase{
            "PinOfAFingerprint",
            "profiles:\n"
            "  - { name: a, hosts: [a.example], tls: { pins: [\"AB:CD\"] } }\n",
            "2:50: profiles[0].tls.pins[0]: found 'AB:CD'; expected a pin, which is of a public "
            "key, and no fingerprint of a certificate: sha256/ and 44 characters, the base64 of "
            "the SHA-256 of a public key; from the server's certificate it is made by: echo "
            "sha256/$(openssl x509 -in server.pem -pubkey -noout | openssl pkey -pubin -outform "
            "DER | openssl dgst -sha256 -binary | base64)"},
        ProblemCase{
            "TypesOfOtherPrograms",
            "certificates:\n"
            "  - { name: a, type: pfx, file: /dev/null }\n"
            "  - { name: b, type: JKS, file: /dev/null }\n"
            "  - { name: c, type: pem, file: /dev/null }\n",
            "2:22: certificates[0].type: found 'pfx'; expected java_key_store, pkcs12_key_store, "
            "pem_key_store or trust_store_cert; for this, pkcs12_key_store\n"
            "3:22: certificates[1].type: found 'JKS'; expected java_key_store, pkcs12_key_store, "
            "pem_key_store or trust_store_cert; for this, java_key_store\n"
            "4:22: certificates[2].type: found 'pem'; expected java_key_store, pkcs12_key_store, "
            "pem_key_store or trust_store_cert; for this, pem_key_store"},
        ProblemCase{
            "PortAtTheTop", "http_port: 3128\n",
            "1:1: http_port: unknown key; where to listen is written listeners: [{ name: apps, "
            "address: 127.0.0.1:3128 }]"},
        ProblemCase{
            "JksFile", "\xfe\xed\xfe\xed",
            " is a Java key store (JKS), and no configuration; give a YAML file with -c, and name "
            "this one in it, as the file of a record under certificates"},
        ProblemCase{
            "JceksFile", "\xce\xce\xce\xce",
            " is a Java key store (JCEKS), and no configuration; give a YAML file with -c, and "
            "name this one in it, as the file of a record under certificates"},
        ProblemCase{
            "DerFile", "\x30\x82\x01\x01",
            " is a key store (PKCS#12), a key or a certificate (DER), and no configuration; give a "
            "YAML file with -c, and name this one in it, as the file of a record under "
            "certificates"},
        ProblemCase{
            "PemFile", "-----BEGIN CERTIFICATE-----\n",
            " is a key or a certificate (PEM), and no configuration; give a YAML file with -c, and "
            "name this one in it, as the file of a record under certificates"},
        ProblemCase{
            "PemFileOfOpenssl", "Bag Attributes\n    localKeyID: 01\n",
            " is a key or a certificate (PEM), and no configuration; give a YAML file with -c, and "
            "name this one in it, as the file of a record under certificates"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
