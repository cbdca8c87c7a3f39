#include "proxy/commands/probe/words_without_profile.hpp"

#include <string_view>
#include <utility>

namespace countersign::proxy::commands {

namespace {

/// A part of what is said to an operator who has a configuration, and what stands there here.
struct Phrase {
    std::string_view said;
    std::string_view here;
};

// The longer ones first, where one is a part of another. A test has each failure of a trial say its
// words, so that none of these is left behind by a change of theirs.
constexpr Phrase kPhrases[] = {
    // The trust.
    {", add it under certificates: as a trust_store_cert, and name that record in the trust of the "
     "profile.",
     ", and name its file by --trust FILE."},
    {"The trust of the profile has", "What is trusted here (--trust) has"},
    {"or the trust of the profile has", "or what is trusted here (--trust) has"},
    {"in the trust of the profile", "of those that are trusted here (--trust)"},
    {"the record that has it", "the file that has it"},
    // The identity.
    {"Add the host to the hosts of a profile whose key_store has the certificate that the server "
     "expects.",
     "Give the certificate that the server expects by --key-store FILE."},
    {"Set key_store in the profile to the record of a certificate that the server accepts.",
     "Give a certificate that the server accepts by --key-store FILE."},
    {"the host has no profile", "none was given (--key-store)"},
    {"of profile 'command-line', ", ""},
    {"It has to be renewed by its authority: `countersign check`, where the proxy runs, names the "
     "file and gives the commands. The new one is used as soon as it is there.",
     "It has to be renewed by its authority; then give the new one by --key-store FILE. How to ask "
     "for one: countersign keystore request --help"},
    {"the clock of the proxy's machine", "this machine's clock"},
    // What only a configuration says.
    {"set tls: { alpn: [] } in the profile", "a profile with tls: { alpn: [] } reaches it"},
    {"tls: { danger_accept_truncation: true } in the profile takes",
     "a profile with tls: { danger_accept_truncation: true } takes"},
    {"Add the host to the hosts of a profile, with tls: { renegotiation: once }.",
     "A profile with tls: { renegotiation: once } answers it."},
    {"change addresses.deny", "a configuration with another addresses.deny permits it"},
    {"set addresses.deny to a list", "use a configuration whose addresses.deny is a list"},
    {"limits.header_bytes raises the limit",
     "limits.header_bytes of a configuration raises the limit"},
    {"raise timeouts.handshake of the profile",
     "a profile with a longer timeouts.handshake waits for it"},
    {"raise timeouts.connect of the profile",
     "a profile with a longer timeouts.connect waits for it"},
    {"raise timeouts.request_idle of the profile",
     "a profile with a longer timeouts.request_idle waits for it"},
    {"raise timeouts.response_header of the profile",
     "a profile with a longer timeouts.response_header waits for it"},
    {"raise timeouts.response_idle of the profile",
     "a profile with a longer timeouts.response_idle waits for it"},
    {"; timeouts.resolve is the limit", ""},
    {"within timeouts.resolve", "in time"},
    {" (timeouts.handshake)", ""},
    {" (timeouts.connect)", ""},
    {" (timeouts.request_idle)", ""},
    {" (timeouts.response_header)", ""},
    {" (timeouts.response_idle)", ""},
};

}  // namespace

std::string without_profile(std::string text) {
    for (const Phrase& phrase : kPhrases) {
        for (std::size_t at = text.find(phrase.said); at != std::string::npos;
             at = text.find(phrase.said, at + phrase.here.size())) {
            text.replace(at, phrase.said.size(), phrase.here);
        }
    }
    return text;
}

Failure without_profile(Failure failure) {
    std::string reason = without_profile(failure.reason());
    std::string remedy = without_profile(failure.remedy());
    return std::move(failure).in_words(std::move(reason), std::move(remedy));
}

}  // namespace countersign::proxy::commands
