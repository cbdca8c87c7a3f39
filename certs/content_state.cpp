#include "certs/content_state.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <system_error>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/file.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::certs {
namespace {

namespace fs = std::filesystem;

using Digest = std::array<unsigned char, 32>;

/// Zeros where OpenSSL has no SHA-256: then nothing is ever different.
Digest sha256(ByteView bytes) {
    Digest digest{};
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        drain_openssl_errors();
    return digest;
}

std::string hex_of(const Digest& digest) {
    std::string text;
    for (const unsigned char byte : digest) append_hex(text, byte);
    return text;
}

void add_file(std::string& states, const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    states += path.native() + '=';
    if (!fs::exists(status)) {
        states += "none";
    } else if (!fs::is_regular_file(status)) {
        states += "no file";
    } else if (const LoadResult<SecretBytes> bytes = read_file(path, kMaxStoreBytes); bytes) {
        states += hex_of(sha256(*bytes));
    } else {
        states += std::to_string(static_cast<int>(bytes.error().code));
    }
    states += '\n';
}

void add_directory(std::string& states, const fs::path& directory) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry{directory, error}, end; !error && entry != end;
         entry.increment(error)) {
        const fs::path& path = entry->path();
        std::error_code gone;
        if (path.filename().native().starts_with('.') || entry->is_directory(gone)) continue;
        files.push_back(path);
    }
    std::ranges::sort(files);
    for (const fs::path& file : files) add_file(states, file);
}

}  // namespace

std::string content_state_of(const std::vector<fs::path>& paths) {
    std::string states;
    for (const fs::path& path : paths) {
        std::error_code error;
        if (fs::is_directory(path, error)) {
            add_directory(states, path);
        } else {
            add_file(states, path);
        }
    }
    return hex_of(sha256(as_bytes(states)));
}

}  // namespace countersign::certs
