#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"

namespace countersign::certs {

/// An open file descriptor with its owner.
class OpenFile {
public:
    explicit OpenFile(int descriptor) : descriptor_{descriptor} {}
    OpenFile(OpenFile&& other) noexcept;
    OpenFile& operator=(OpenFile&& other) noexcept;
    ~OpenFile();

    int get() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }

private:
    int descriptor_;
};

/// The exclusive right to change one file, from before it is read until it is replaced: two
/// commands at once change it one after the other, and neither loses what the other wrote. What
/// holds the right is a lock on the directory, which leaves nothing behind and outlives no process.
class FileReplacement {
public:
    /// Who may read a file that was not there before: its owner, or all whom the umask lets.
    enum class Privacy { secret, open };

    /// Waits a while where another command has the right. Symbolic links are followed: what they
    /// lead to is replaced, not they.
    static EditResult<FileReplacement> begin(const std::filesystem::path& file);

    const std::filesystem::path& path() const { return path_; }
    bool exists() const { return exists_; }

    /// Puts the bytes in the file's place, whole or not at all: a new file beside it, synced,
    /// renamed, and the directory synced. Owner and group are kept where this process may; a mode
    /// that is stricter is kept, and what others may read becomes what they may not.
    std::optional<EditError> replace(ByteView bytes, Privacy privacy = Privacy::secret);

private:
    FileReplacement(std::filesystem::path path, OpenFile directory)
        : path_{std::move(path)}, directory_{std::move(directory)} {}

    std::optional<EditError> look_at_target();
    std::optional<EditError> write_beside(const std::filesystem::path& beside, ByteView bytes);
    void keep_owner_and_mode(int descriptor);

    std::filesystem::path path_;
    OpenFile directory_;
    bool exists_ = false;
    mode_t mode_ = 0600;
    uid_t owner_ = 0;
    gid_t group_ = 0;
};

}  // namespace countersign::certs
