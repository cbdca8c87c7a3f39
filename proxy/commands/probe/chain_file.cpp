#include "proxy/commands/probe/chain_file.hpp"

#include <optional>
#include <string_view>
#include <system_error>

#include "certs/certificate.hpp"
#include "certs/edit/file_replacement.hpp"
#include "certs/printable.hpp"
#include "certs/write/pem_block.hpp"

namespace countersign::proxy::commands {

namespace {

constexpr std::string_view kExists = "the file exists already; name a new one";

std::string described(const X509* certificate) {
    std::string text = "# subject: " + certs::subject_of(certificate) + "\n";
    text += "# issuer:  " + certs::issuer_of(certificate) + "\n";
    text += "# valid:   " + certs::date_text(certs::not_before_of(certificate)) + " to " +
            certs::date_text(certs::not_after_of(certificate)) + "\n";
    return text += "# SHA-256: " + certs::fingerprint_of(certificate) + "\n";
}

}  // namespace

std::string cannot_save_to(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return {};
    return "--save-chain " + certs::printable(file.string()) + ": " + std::string{kExists};
}

std::string save_chain(
    const probe::Trial& trial, const probe::MissingIssuers& missing,
    const std::filesystem::path& file
) {
    const std::string about = "--save-chain " + certs::printable(file.string()) + ": ";
    if (!trial.report.tls || trial.report.tls->shown.empty()) {
        return about + "the server has shown no certificate";
    }
    std::string text =
        "# What the server showed. Compare the SHA-256 with what its operator says, by another "
        "way,\n# before anything trusts one of these.\n";
    for (const certs::X509Handle& one : trial.report.tls->shown) {
        const auto block = certs::pem_block_of(one.get());
        if (!block) return about + block.error().sentence;
        text += "\n" + described(one.get());
        text += certs::as_text(*block);
    }
    for (const auto& [certificate, url] : missing.fetched) {
        const auto block = certs::pem_block_of(certificate.get());
        if (!block) return about + block.error().sentence;
        text += "\n# The server does not send it. Fetched from " + certs::printable(url) +
                ",\n# where the certificate below it says that it is.\n";
        text += described(certificate.get());
        text += certs::as_text(*block);
    }
    auto replacement = certs::FileReplacement::begin(file);
    if (!replacement) return about + replacement.error().sentence;
    if (replacement->exists()) return about + std::string{kExists};
    const auto failed =
        replacement->replace(certs::as_bytes(text), certs::FileReplacement::Privacy::open);
    return failed ? about + failed->sentence : std::string{};
}

}  // namespace countersign::proxy::commands
