#include "certs/lint/remedies.hpp"

#include <openssl/x509v3.h>

#include <cstdint>
#include <filesystem>
#include <system_error>

#include "certs/error.hpp"
#include "certs/printable.hpp"
#include "certs/text/shell_word.hpp"

namespace countersign::certs {
namespace {

// What came through a pipe is not there for a second command.
std::string word_for(const std::filesystem::path& file) {
    std::error_code ignored;
    if (std::filesystem::is_fifo(file, ignored)) return "STORE";
    return printable(shell_word(file.native()));
}

}  // namespace

UsageWanted usage_wanted(X509* certificate) {
    const std::uint32_t extended = X509_get_extended_key_usage(certificate);
    drain_openssl_errors();
    const bool for_clients =
        extended == UINT32_MAX || (extended & (XKU_SSL_CLIENT | XKU_ANYEKU)) != 0;
    return for_clients ? UsageWanted::as_before : UsageWanted::client;
}

Remedies::Remedies(
    const std::filesystem::path& file, const std::optional<std::filesystem::path>& key_file,
    const std::string& alias, bool is_pem
)
    : file_{word_for(file)},
      key_file_{key_file ? word_for(*key_file) : ""},
      alias_{alias.empty() ? "" : " --alias " + printable(shell_word(alias))},
      is_pem_{is_pem} {}

Remedies Remedies::of(
    const KeyStoreSource& source, const KeyStoreEntries& entries, const KeyEntry& entry
) {
    const bool is_pem = entries.found == KeyStoreFormat::pem;
    return {
        source.file, is_pem ? source.key_file : std::nullopt,
        entries.keys.size() > 1 ? entry.alias : "", is_pem};
}

std::string Remedies::command(const std::string& verb, const std::string& rest) const {
    return "`countersign keystore " + verb + " " + file_ + rest + "`";
}

std::string Remedies::import_issuer() const { return command("import", " ISSUER.crt --trusted"); }

std::string Remedies::issuer_missing() const {
    std::string text = "Get that certificate from the authority, and put it in: " + import_issuer();
    if (is_pem_) text += ", or name its file under `chain` of the certificate record";
    return text + ".";
}

std::string Remedies::issuer_renewed() const {
    return "Get the authority's present certificate, and put it in: " + import_issuer() + ".";
}

// A key in a file of its own has no certificate that would say what to request.
std::string Remedies::request_command(UsageWanted usage) const {
    const std::string usages = usage == UsageWanted::client ? " --usage client" : "";
    if (key_file_.empty()) return command("request", alias_ + usages + " --out NEW.csr");
    return "`countersign keystore request " + key_file_ + " --subject CN=NAME" + usages +
           " --out NEW.csr`";
}

std::string Remedies::taking_in() const {
    if (!key_file_.empty()) return "put its reply in the place of " + file_ + ".";
    return "take its reply in: " + command("import", " REPLY" + alias_) + ".";
}

std::string Remedies::request(UsageWanted usage) const {
    return "Send the authority a request, " + request_command(usage) + ", and " + taking_in();
}

std::string Remedies::renewal(UsageWanted usage) const {
    return "It is renewed by its authority. " + request(usage);
}

std::string Remedies::request_for_clients() const {
    return "Request one for clients: " + request_command(UsageWanted::client) +
           ". Send that to an authority that the partner names (public web authorities no longer "
           "issue such certificates), and " +
           taking_in() +
           " That takes the place of this certificate: where a server uses it, work on a copy.";
}

std::string Remedies::key_of_another() const {
    if (is_pem_) {
        return "Use the certificate that was issued for this key, or the key with which this one "
               "was requested.";
    }
    return "Take in the certificate that was issued for this key, " +
           command("import", " REPLY" + alias_) +
           ", or use the store in which this one was requested.";
}

std::string Remedies::order() const {
    return command("convert", is_pem_ ? " NEW.pem" : " NEW.jks") +
           " writes them in order into a new file.";
}

}  // namespace countersign::certs
