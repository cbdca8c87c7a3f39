#include "certs/system_trust.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::certs {
namespace {

std::string environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr ? value : "";
}

// "5ed36f99.0": the name under which OpenSSL finds a certificate by its subject.
bool is_hashed_name(std::string_view name) {
    constexpr std::size_t kHashDigits = 8;
    const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
    return name.size() > kHashDigits + 1 && name[kHashDigits] == '.' &&
           std::ranges::all_of(name.substr(0, kHashDigits), is_hex) &&
           std::ranges::all_of(name.substr(kHashDigits + 1), is_digit);
}

bool holds_certificates(const std::filesystem::path& directory) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry{directory, error}, end; !error && entry != end;
         entry.increment(error)) {
        // A link to a certificate that was removed gives none.
        std::error_code dangling;
        if (is_hashed_name(entry->path().filename().native()) && entry->exists(dangling))
            return true;
    }
    return false;
}

// Like PATH, it may name several.
bool any_holds_certificates(std::string_view directories) {
    while (!directories.empty()) {
        const std::size_t end = std::min(directories.find(':'), directories.size());
        if (holds_certificates(directories.substr(0, end))) return true;
        directories.remove_prefix(std::min(end + 1, directories.size()));
    }
    return false;
}

bool add_file(X509_STORE* store, const std::string& file) {
    const bool added = X509_STORE_load_file(store, file.c_str()) == 1;
    drain_openssl_errors();
    return added;
}

}  // namespace

std::optional<LoadError> add_system_trust(X509_STORE* store) {
    const std::string named_directories = environment(X509_get_default_cert_dir_env());
    const std::string named_file = environment(X509_get_default_cert_file_env());
    const std::string directories =
        named_directories.empty() ? X509_get_default_cert_dir() : named_directories;
    bool found = any_holds_certificates(directories);
    if (found) X509_STORE_load_path(store, directories.c_str());
    drain_openssl_errors();

    if (!named_file.empty()) {
        if (add_file(store, named_file)) return std::nullopt;
        return LoadError{
            LoadErrorCode::unreadable, printable(named_file),
            "SSL_CERT_FILE names it, and it gives no certificate"};
    }
    // A directory that somebody named is not answered with other authorities.
    if (!found && named_directories.empty()) found = add_file(store, X509_get_default_cert_file());
    if (found) return std::nullopt;
    return LoadError{
        LoadErrorCode::no_certificate, "the system's trust store (" + printable(directories) + ")",
        "no authority is installed; install the package ca-certificates, or name certificates in "
        "`trust`"};
}

}  // namespace countersign::certs
