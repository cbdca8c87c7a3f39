#include "proxy/records/record_text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <variant>
#include <vector>

#include "certs/sha256.hpp"
#include "certs/source.hpp"
#include "certs/text/ascii.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/records/version.hpp"

namespace countersign::proxy::records {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

/// With a digest of what follows: a hand that changes something does not change that, too.
constexpr std::string_view kHead =
    "# Written by the console. Who changes it by hand keeps it: the console leaves it alone then.\n"
    "# ";
constexpr std::string_view kBegin = "certificates:\n";
constexpr std::size_t kDigits = 8;
constexpr std::size_t kLongestStem = 40;

/// A text of JSON is one of YAML in double quotes.
std::string yaml_text(std::string_view text) {
    return json::serialize(json::value(json::string_view{text.data(), text.size()}));
}

std::string file_of(const fs::path& path) { return yaml_text(path.filename().native()); }

void add(std::string& text, std::string_view key, const std::string& value) {
    text += text.ends_with("certificates:\n") ? "  - " : "    ";
    text += std::string{key} + ": " + value + '\n';
}

void add_password(
    std::string& text, std::string_view key, const std::optional<certs::PasswordSource>& source
) {
    if (!source) return;
    // Nothing else may stand in the console's folder, but for a password itself: by hand only.
    if (const auto* const file = std::get_if<certs::PasswordFile>(&*source)) {
        add(text, key, "{ file: " + file_of(file->path) + " }");
    }
}

void add_key_store(std::string& text, const certs::KeyStoreSource& source) {
    add(text, "file", file_of(source.file));
    if (source.key_file) add(text, "key", file_of(*source.key_file));
    if (!source.chain_files.empty()) {
        std::vector<std::string> files;
        for (const fs::path& one : source.chain_files) files.push_back(file_of(one));
        add(text, "chain", "[" + certs::joined(files) + "]");
    }
    add_password(text, "password", source.password);
    add_password(text, "key_password", source.key_password);
    if (source.alias) add(text, "alias", yaml_text(*source.alias));
    if (source.send_root) add(text, "send_root", "true");
}

void add_trust(std::string& text, const certs::TrustSource& source) {
    if (const auto* const file = std::get_if<certs::TrustFile>(&source)) {
        add(text, "file", file_of(file->path));
        add_password(text, "password", file->password);
    } else if (const auto* const inlined = std::get_if<certs::TrustInlinePem>(&source)) {
        add(text, "pem", yaml_text(inlined->text));
    }
}

}  // namespace

std::string record_text(const profiles::CertificateRecord& record) {
    std::string text{kBegin};
    add(text, "name", yaml_text(record.name));
    const auto* const store = std::get_if<certs::KeyStoreSource>(&record.source);
    add(text, "type",
        std::string{
            store == nullptr ? profiles::kTrustRecord
                             : certs::word_for(certs::kKeyStoreFormats, store->declared)});
    add(text, "active", record.active ? "true" : "false");
    if (!record.description.empty()) add(text, "description", yaml_text(record.description));
    if (record.warn_before_expiry != profiles::CertificateRecord{}.warn_before_expiry) {
        add(text, "warn_before_expiry", std::to_string(record.warn_before_expiry.count()) + "h");
    }
    if (store != nullptr) {
        add_key_store(text, *store);
    } else {
        add_trust(text, std::get<certs::TrustSource>(record.source));
    }
    return console_head(text) + text;
}

std::string console_head(std::string_view text) {
    return std::string{kHead} + certs::sha256_hex(certs::as_bytes(text)) + '\n';
}

std::string file_stem(std::string_view name) {
    std::string stem;
    for (const char letter : certs::in_lower_case(name)) {
        const bool plain = certs::is_lower_case(letter) || certs::is_digit(letter);
        if (plain) {
            stem += letter;
        } else if (!stem.empty() && !stem.ends_with('-')) {
            stem += '-';
        }
        if (stem.size() == kLongestStem) break;
    }
    if (!stem.empty() && !stem.ends_with('-')) stem += '-';
    return stem + certs::sha256_hex(certs::as_bytes(name)).substr(0, kDigits);
}

std::string record_file_name(std::string_view name) { return file_stem(name) + ".yaml"; }

std::string version_of(const profiles::CertificateRecord& record) {
    return version_of_text(record_text(record));
}

}  // namespace countersign::proxy::records
