#include "certs/content_state.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <system_error>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/file.hpp"
#include "certs/sha256.hpp"

namespace countersign::certs {
namespace {

namespace fs = std::filesystem;

/// Whether it is told by its content.
bool add_file(std::string& states, const fs::path& path, const fs::file_status& status) {
    states += path.native() + '=';
    bool is_digest = false;
    if (!fs::exists(status)) {
        states += "none";
    } else if (!fs::is_regular_file(status)) {
        states += "no file";
    } else if (const LoadResult<SecretBytes> bytes = read_file(path, kMaxStoreBytes); bytes) {
        states += sha256_hex(*bytes);
        is_digest = true;
    } else {
        states += std::to_string(static_cast<int>(bytes.error().code));
    }
    states += '\n';
    return is_digest;
}

fs::file_status status_of(const fs::path& path) {
    std::error_code error;
    return fs::status(path, error);
}

struct Entry {
    fs::path path;
    bool is_directory = false;
};

/// Those that are not hidden, in order.
std::vector<Entry> entries_in(const fs::path& directory, std::error_code& error) {
    std::vector<Entry> entries;
    for (fs::directory_iterator entry{directory, error}, end; !error && entry != end;
         entry.increment(error)) {
        const fs::path& path = entry->path();
        std::error_code gone;
        if (path.filename().native().starts_with('.')) continue;
        entries.push_back({path, entry->is_directory(gone)});
    }
    std::ranges::sort(entries, {}, &Entry::path);
    return entries;
}

/// One where a file is expected is a mistake: it has to count, though nothing is in it.
void add_name(std::string& states, const fs::path& directory) {
    states += directory.native() + "=directory\n";
}

bool add_directory(std::string& states, const fs::path& directory) {
    std::error_code error;
    const std::vector<Entry> entries = entries_in(directory, error);
    bool are_digests = !error;
    add_name(states, directory);
    for (const Entry& one : entries) {
        if (one.is_directory) {
            add_name(states, one.path);
        } else {
            are_digests = add_file(states, one.path, status_of(one.path)) && are_digests;
        }
    }
    return are_digests;
}

bool add_stamp(std::string& stamps, const fs::path& path) {
    struct stat found {};
    const bool there = ::stat(path.c_str(), &found) == 0;
    stamps += path.native() + '=';
    if (there) {
        stamps += std::to_string(found.st_dev) + ':' + std::to_string(found.st_ino) + ':' +
                  std::to_string(found.st_ctim.tv_sec) + '.' +
                  std::to_string(found.st_ctim.tv_nsec);
    }
    stamps += '\n';
    return there && S_ISDIR(found.st_mode);
}

}  // namespace

std::string file_stamps_of(const std::vector<fs::path>& paths) {
    std::string stamps;
    for (const fs::path& path : paths) {
        if (!add_stamp(stamps, path)) continue;
        std::error_code error;
        for (const Entry& one : entries_in(path, error)) {
            if (!one.is_directory) add_stamp(stamps, one.path);
        }
    }
    return stamps;
}

std::string content_state_of(const std::vector<fs::path>& paths) {
    return ContentStates{}.of(paths);
}

std::string ContentStates::of(const std::vector<fs::path>& paths) {
    std::string states;
    for (const fs::path& path : paths) states += say(path).text;
    return sha256_hex(as_bytes(states));
}

bool ContentStates::are_digests(const std::vector<fs::path>& paths) {
    return std::ranges::all_of(paths, [this](const fs::path& path) { return say(path).is_digest; });
}

const ContentStates::Said& ContentStates::say(const fs::path& path) {
    const auto [known, is_new] = known_.try_emplace(path.native());
    Said& said = known->second;
    if (!is_new) return said;
    const fs::file_status status = status_of(path);
    said.is_digest = fs::is_directory(status) ? add_directory(said.text, path)
                                              : add_file(said.text, path, status);
    return said;
}

}  // namespace countersign::certs
