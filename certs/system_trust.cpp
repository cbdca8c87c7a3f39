#include "certs/system_trust.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

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
std::vector<std::string> split(std::string_view directories) {
    std::vector<std::string> each;
    while (!directories.empty()) {
        const std::size_t end = std::min(directories.find(':'), directories.size());
        each.emplace_back(directories.substr(0, end));
        directories.remove_prefix(std::min(end + 1, directories.size()));
    }
    return each;
}

/// Where OpenSSL looks: what the environment names, else the default.
struct Places {
    std::string named_file = environment(X509_get_default_cert_file_env());
    std::string named_directories = environment(X509_get_default_cert_dir_env());
    std::string directories =
        named_directories.empty() ? X509_get_default_cert_dir() : named_directories;
    std::string file = named_file.empty() ? X509_get_default_cert_file() : named_file;
};

bool add_file(X509_STORE* store, const std::string& file) {
    const bool added = X509_STORE_load_file(store, file.c_str()) == 1;
    drain_openssl_errors();
    return added;
}

}  // namespace

std::optional<LoadError> add_system_trust(X509_STORE* store) {
    const Places places;
    bool found = std::ranges::any_of(split(places.directories), holds_certificates);
    if (found) X509_STORE_load_path(store, places.directories.c_str());
    drain_openssl_errors();

    if (!places.named_file.empty()) {
        if (add_file(store, places.named_file)) return std::nullopt;
        return LoadError{
            LoadErrorCode::unreadable, printable(places.named_file),
            "SSL_CERT_FILE names it, and it gives no certificate"};
    }
    // A directory that somebody named is not answered with other authorities.
    if (!found && places.named_directories.empty()) found = add_file(store, places.file);
    if (found) return std::nullopt;
    return LoadError{
        LoadErrorCode::no_certificate,
        "the system's trust store (" + printable(places.directories) + ")",
        "no authority is installed; install the package ca-certificates, or name certificates in "
        "`trust`"};
}

std::string system_trust_state() {
    const Places places;
    std::vector<std::string> looked_at = split(places.directories);
    looked_at.push_back(places.file);
    std::string state;
    for (const std::string& place : looked_at) {
        std::error_code error;
        const auto changed = std::filesystem::last_write_time(place, error);
        state += place + '@';
        state += error ? "none" : std::to_string(changed.time_since_epoch().count());
        state += '\n';
    }
    return state;
}

}  // namespace countersign::certs
