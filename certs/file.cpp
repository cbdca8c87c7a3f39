#include "certs/file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

struct FileCloser {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

/// Empty where nothing is known to help: a disk that fails, say.
std::string remedy_of(int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            return "Check its name.";
        case EACCES:
            return "Let the user that this process runs as (uid " + std::to_string(::geteuid()) +
                   ") read it, and pass the directories above it.";
        case EISDIR:
            return "Name a file in it.";
        default:
            return "Check the name. If it is right, the disk or the mount below it fails.";
    }
}

LoadError unreadable(const std::filesystem::path& path, int error) {
    return {
        LoadErrorCode::unreadable, where_of(path), std::generic_category().message(error),
        remedy_of(error)};
}

}  // namespace

LoadResult<SecretBytes> read_file(const std::filesystem::path& path, std::size_t limit) {
    const std::unique_ptr<std::FILE, FileCloser> file{std::fopen(path.c_str(), "rbe")};
    if (!file) return unreadable(path, errno);
    // No buffer of the library's own: it would keep a copy of the key.
    std::setvbuf(file.get(), nullptr, _IONBF, 0);

    struct stat found {};
    const bool has_size = ::fstat(::fileno(file.get()), &found) == 0 && S_ISREG(found.st_mode);
    const auto expected = static_cast<std::uintmax_t>(has_size ? found.st_size : 4096);
    SecretBytes bytes(std::min<std::uintmax_t>(expected, limit) + 1);
    std::size_t length = 0;
    while (true) {
        length += std::fread(bytes.data() + length, 1, bytes.size() - length, file.get());
        if (std::ferror(file.get()) != 0) return unreadable(path, errno);
        if (length > limit) {
            return LoadError{
                LoadErrorCode::too_much, where_of(path),
                "more than " + std::to_string(limit) + " bytes"};
        }
        if (length < bytes.size()) break;
        bytes.resize(bytes.size() * 2);
    }
    bytes.resize(length);
    return bytes;
}

}  // namespace countersign::certs
