#include "proxy/commands/keystore/help.hpp"

namespace countersign::proxy::commands {
namespace {

constexpr std::string_view kPasswords =
    "Passwords come from a file (--password-file PATH; one line end is not part of it), from a\n"
    "variable (--password-env NAME), or are asked for at the terminal. Never from the command "
    "line.\n";

constexpr std::string_view kStorePassword =
    "  --password-file PATH | --password-env NAME          the store's password; asked for where "
    "one\n"
    "                                                      is needed and neither is named\n";

constexpr std::string_view kKeyPassword =
    "  --key-password-file PATH | --key-password-env NAME  the key's own, where it has one (JKS,\n"
    "                                                      JCEKS)\n";

std::string_view text_of(KeystoreVerb verb) {
    switch (verb) {
        case KeystoreVerb::generate:
            return "countersign keystore generate STORE --alias NAME --subject NAME [options]\n"
                   "\n"
                   "Makes a private key, with a certificate that signs itself until the "
                   "authority's\n"
                   "reply comes, in a new store or in one that exists.\n"
                   "\n"
                   "  --alias NAME      under which it is kept (PEM has none)\n"
                   "  --subject NAME    \"CN=acme-client, O=Acme, C=DE\"\n"
                   "  --san NAME        DNS:…, IP:…, URI:… or email:…; as often as needed\n"
                   "  --key KIND        rsa-2048 (default) to rsa-4096, ec-p256, ec-p384, "
                   "ec-p521,\n"
                   "                    ed25519\n"
                   "  --usage USE       client (default), server, or client,server\n"
                   "  --days N          how long the first certificate lasts; default 90\n"
                   "  --format KIND     of a new store: jks, jceks, pkcs12, pem; default by its "
                   "name\n"
                   "  --no-password     a new PKCS#12 or PEM store without encryption\n";
        case KeystoreVerb::request:
            return "countersign keystore request STORE [--alias NAME] [--out FILE] [options]\n"
                   "\n"
                   "Writes a certificate signing request (PKCS#10) for a key of the store: what "
                   "an\n"
                   "authority wants. Subject, names and usage are those of the key's certificate,\n"
                   "where the options do not say otherwise.\n"
                   "\n"
                   "  --alias NAME      needed only where the store has several keys\n"
                   "  --out FILE        default: standard output\n"
                   "  --replace         overwrites FILE if it exists, unless a private key could "
                   "be lost\n"
                   "  --der             DER instead of PEM\n"
                   "  --subject NAME    \"CN=acme-client, O=Acme, C=DE\"\n"
                   "  --san NAME        DNS:…, IP:…, URI:… or email:…; as often as needed\n"
                   "  --usage USE       client, server, or client,server\n";
        case KeystoreVerb::import:
            return "countersign keystore import STORE FILE… [--alias NAME] [--trusted] [options]\n"
                   "\n"
                   "Puts an authority's reply behind the key that it was requested for: one file "
                   "or\n"
                   "many, in any order, PEM, DER or PKCS#7, with or without the root. Proves that "
                   "the\n"
                   "certificate belongs to the key, and builds the chain, also from what is in "
                   "the\n"
                   "store. With --trusted: keeps the certificates as trusted ones.\n"
                   "\n"
                   "  --alias NAME      of the key, where the store has several; with --trusted "
                   "the\n"
                   "                    name of the new entry (default: from the certificate's "
                   "CN)\n"
                   "  --trusted         into a new store, too; its --format as in generate\n"
                   "  --incomplete      take a reply though its issuer is missing\n";
        case KeystoreVerb::list:
            return "countersign keystore list STORE [--alias NAME] [--json] [options]\n"
                   "\n"
                   "Says what is in a store of any kind: aliases, keys, certificates, how long "
                   "they\n"
                   "last.\n"
                   "\n"
                   "  --alias NAME      that entry alone\n"
                   "  --json            for programs\n";
        case KeystoreVerb::export_:
            return "countersign keystore export STORE [--alias NAME] [--out FILE] [options]\n"
                   "\n"
                   "Writes an entry's certificate and those above it as PEM.\n"
                   "\n"
                   "  --alias NAME      needed only where the store has several entries\n"
                   "  --out FILE        default: standard output\n"
                   "  --replace         overwrites FILE if it exists, unless a private key could "
                   "be lost\n"
                   "  --leaf-only       the first certificate alone\n"
                   "  --der             the first certificate alone, in DER\n"
                   "  --private-key     the private key instead, into --out\n"
                   "  --to-password-file PATH | --to-password-env NAME\n"
                   "                    encrypts the key; default: the store's password\n"
                   "  --no-password     writes the key in the clear\n";
        case KeystoreVerb::convert:
            return "countersign keystore convert STORE NEW [--to KIND] [options]\n"
                   "\n"
                   "Writes the store's entries into a new one of another kind; the old one stays.\n"
                   "\n"
                   "  --to KIND         jks, jceks, pkcs12, pem; default: by the new file's name\n"
                   "  --alias NAME      that entry alone; from PEM, which has none: its new alias\n"
                   "  --replace         also where the new file exists, STORE itself too; refused "
                   "where\n"
                   "                    a private key would be lost that NEW does not have\n"
                   "  --lossy           also where the new kind has no place for something, which "
                   "is then told\n"
                   "  --to-password-file PATH | --to-password-env NAME\n"
                   "                    of the new store; default: the old one's\n"
                   "  --no-password     a new PKCS#12 or PEM store without encryption\n";
        case KeystoreVerb::remove:
            return "countersign keystore delete STORE --alias NAME [options]\n"
                   "\n"
                   "Takes one entry out of a store. A private key is then gone for good.\n"
                   "\n"
                   "  --alias NAME      the entry\n";
        case KeystoreVerb::lint:
            return "countersign keystore lint STORE [--json] [options]\n"
                   "\n"
                   "Finds what a partner would find: chains that are incomplete or out of order, "
                   "keys\n"
                   "and certificates that do not match, what has expired or soon will, wrong "
                   "usages,\n"
                   "weak keys and signatures. Each with what to do. Exit status 1 where an error "
                   "is\n"
                   "among it, 0 where there are only warnings.\n"
                   "\n"
                   "  --json            for programs\n";
    }
    return {};
}

std::string_view example_of(KeystoreVerb verb) {
    switch (verb) {
        case KeystoreVerb::generate:
            return "  countersign keystore generate my.keystore --alias mydomain \\\n"
                   "      --subject \"CN=acme-client, O=Acme\" --password-file my.password\n";
        case KeystoreVerb::request:
            return "  countersign keystore request my.keystore --alias mydomain \\\n"
                   "      --out mydomain.csr --password-file my.password\n";
        case KeystoreVerb::import:
            return "  countersign keystore import my.keystore mydomain.crt issuing.crt root.crt "
                   "\\\n"
                   "      --alias mydomain --password-file my.password\n";
        case KeystoreVerb::list:
            return "  countersign keystore list my.keystore --password-file my.password\n";
        case KeystoreVerb::export_:
            return "  countersign keystore export my.keystore --alias mydomain --out "
                   "mydomain.pem\n";
        case KeystoreVerb::convert:
            return "  countersign keystore convert my.keystore my.p12 --password-file "
                   "my.password\n";
        case KeystoreVerb::remove:
            return "  countersign keystore delete my.keystore --alias old-root\n";
        case KeystoreVerb::lint:
            return "  countersign keystore lint my.keystore --password-file my.password\n";
    }
    return {};
}

}  // namespace

std::string_view keystore_help() {
    return "Makes key stores and keeps them, in JKS, JCEKS, PKCS#12 and PEM, without Java:\n"
           "\n"
           "  countersign keystore generate  STORE --alias NAME --subject NAME   a new key\n"
           "  countersign keystore request   STORE --out FILE                    a request for an\n"
           "                                                                     authority\n"
           "  countersign keystore import    STORE FILE…                         its reply, put "
           "to\n"
           "                                                                     the key\n"
           "  countersign keystore import    STORE FILE… --trusted               trusted "
           "certificates\n"
           "  countersign keystore list      STORE                               what is in it\n"
           "  countersign keystore lint      STORE                               what is wrong "
           "with it\n"
           "  countersign keystore export    STORE --out FILE                    certificates, or "
           "a\n"
           "                                                                     key\n"
           "  countersign keystore convert   STORE NEW                           any kind to any\n"
           "  countersign keystore delete    STORE --alias NAME                  takes an entry "
           "out\n"
           "\n"
           "`countersign keystore COMMAND --help` says more, with an example.\n"
           "Passwords come from a file (--password-file PATH; one line end is not part of it), "
           "from a\n"
           "variable (--password-env NAME), or are asked for at the terminal. Never from the "
           "command "
           "line.\n"
           "Exit status: 0 done, 1 a problem was found and printed, 2 wrong usage.\n";
}

std::string keystore_help(KeystoreVerb verb) {
    std::string text{text_of(verb)};
    text += kStorePassword;
    const bool opens_keys = verb != KeystoreVerb::list && verb != KeystoreVerb::remove;
    if (opens_keys) text += kKeyPassword;
    text += "\n";
    text += kPasswords;
    text += "\nExample:\n";
    return text += example_of(verb);
}

}  // namespace countersign::proxy::commands
