#include "proxy/commands/keystore/help.hpp"

#include "proxy/commands/keystore/syntax.hpp"

namespace countersign::proxy::commands {
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
           "  countersign keystore rename    STORE --alias NAME --to NAME        another alias\n"
           "  countersign keystore password  STORE                               another password\n"
           "  countersign keystore verify    STORE --trust FILE                  would a server "
           "take\n"
           "                                                                     it?\n"
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
    KeystoreOptions options;
    return help_text(syntax_of(verb, options));
}

}  // namespace countersign::proxy::commands
