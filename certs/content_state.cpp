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

void add_file(std::string& states, const fs::path& path, const fs::file_status& status) {
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

fs::file_status status_of(const fs::path& path) {
    std::error_code error;
    return fs::status(path, error);
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
    for (const fs::path& file : files) add_file(states, file, status_of(file));
}

}  // namespace

std::string content_state_of(const std::vector<fs::path>& paths) {
    return ContentStates{}.of(paths);
}

std::string ContentStates::of(const std::vector<fs::path>& paths) {
    std::string states;
    for (const fs::path& path : paths) {
        const auto [known, is_new] = known_.try_emplace(path.native());
        if (is_new) {
            const fs::file_status status = status_of(path);
            if (fs::is_directory(status)) {
                add_directory(known->second, path);
            } else {
                add_file(known->second, path, status);
            }
        }
        states += known->second;
    }
    return hex_of(sha256(as_bytes(states)));
}

}  // namespace countersign::certs
