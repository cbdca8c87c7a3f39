#include "certs/lint/remedies.hpp"

#include "certs/printable.hpp"
#include "certs/text/shell_word.hpp"

namespace countersign::certs {
namespace {

std::string word_for(const std::filesystem::path& file) {
    return printable(shell_word(file.native()));
}

}  // namespace

Remedies::Remedies(
    const std::filesystem::path& file, const std::optional<std::filesystem::path>& key_file,
    const std::string& alias, bool is_pem
)
    : file_{word_for(file)},
      key_file_{key_file ? word_for(*key_file) : ""},
      alias_{alias.empty() ? "" : " --alias " + printable(shell_word(alias))},
      is_pem_{is_pem} {}

std::string Remedies::command(const std::string& verb, const std::string& rest) const {
    return "`countersign keystore " + verb + " " + file_ + rest + "`";
}

std::string Remedies::import_issuer() const { return command("import", " ISSUER.crt --trusted"); }

std::string Remedies::issuer_missing() const {
    std::string text = "Get that certificate from the authority, and put it in: " + import_issuer();
    if (is_pem_) text += ", or name its file under `chain`";
    return text + ". Only a root that the server knows may be left out.";
}

std::string Remedies::issuer_renewed() const {
    return "Get the authority's present certificate, and put it in: " + import_issuer() + ".";
}

std::string Remedies::request() const {
    if (!key_file_.empty()) {
        return "Send the authority a request, `countersign keystore request " + key_file_ +
               " --subject CN=NAME --out NEW.csr`, and put its reply in the place of " + file_ +
               ".";
    }
    return "Send the authority a request, " + command("request", alias_ + " --out NEW.csr") +
           ", and take its reply in: " + command("import", " REPLY" + alias_) + ".";
}

std::string Remedies::renewal() const { return "It is renewed by its authority. " + request(); }

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
