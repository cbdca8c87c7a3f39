#include "certs/edit/file_replacement.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

/// A minute: a password's key may take a second to derive, and several commands may wait at once.
constexpr int kLockAttempts = 6000;
constexpr std::chrono::milliseconds kBetweenAttempts{10};

std::string reason(int error) { return std::generic_category().message(error); }

EditError not_written(const std::filesystem::path& path, int error) {
    std::string sentence = where_of(path) + " is not written: " + reason(error) + ".";
    if (error == EACCES || error == EPERM || error == EROFS) {
        sentence += " Its directory must be writable for this user.";
    }
    return {sentence + " What was there before is unchanged."};
}

// A relative path without a directory means the current one.
std::filesystem::path directory_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
}

bool write_all(int descriptor, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

std::optional<EditError> lock(int directory, const std::filesystem::path& path) {
    for (int attempt = 0; attempt < kLockAttempts; ++attempt) {
        if (::flock(directory, LOCK_EX | LOCK_NB) == 0) return std::nullopt;
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return EditError{
                where_of(path) + " cannot be locked against other writers: " + reason(errno) + "."};
        }
        std::this_thread::sleep_for(kBetweenAttempts);
    }
    return EditError{
        "another command is changing files in the directory of " + where_of(path) +
        " and has not come to its end for a minute. Look for it, then try again."};
}

}  // namespace

OpenFile::OpenFile(OpenFile&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

OpenFile::~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

EditResult<FileReplacement> FileReplacement::begin(const std::filesystem::path& file) {
    std::error_code error;
    std::filesystem::path path = file;
    if (std::filesystem::is_symlink(file, error)) {
        path = std::filesystem::weakly_canonical(file, error);
        if (error) return not_written(file, error.value());
    }
    OpenFile directory{::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!directory) return not_written(path, errno);
    if (auto failed = lock(directory.get(), path)) return *failed;
    FileReplacement replacement{std::move(path), std::move(directory)};
    if (auto failed = replacement.look_at_target()) return *failed;
    return replacement;
}

std::optional<EditError> FileReplacement::look_at_target() {
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0) {
        if (errno == ENOENT) return std::nullopt;
        return not_written(path_, errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return EditError{
            where_of(path_) + " is not a regular file. Name one that is, or a new one."};
    }
    exists_ = true;
    mode_ = status.st_mode & 07777;
    owner_ = status.st_uid;
    group_ = status.st_gid;
    return std::nullopt;
}

std::optional<EditError> FileReplacement::replace(ByteView bytes, Privacy privacy) {
    if (!exists_) mode_ = privacy == Privacy::secret ? 0600 : 0644;
    if (exists_ && privacy == Privacy::secret) mode_ &= 0660;
    // One name is enough: who holds the lock is alone, and what a killed command left is taken
    // away.
    const std::filesystem::path beside =
        directory_of(path_) / ("." + path_.filename().native() + ".new");
    ::unlink(beside.c_str());
    if (auto error = write_beside(beside, bytes)) {
        ::unlink(beside.c_str());
        return error;
    }
    if (::rename(beside.c_str(), path_.c_str()) != 0) {
        const int error = errno;
        ::unlink(beside.c_str());
        return not_written(path_, error);
    }
    // From here on the new file is there; a directory that cannot be synced does not undo it.
    ::fsync(directory_.get());
    exists_ = true;
    return std::nullopt;
}

std::optional<EditError> FileReplacement::write_beside(
    const std::filesystem::path& beside, ByteView bytes
) {
    // For a new file the umask has its say, too.
    const mode_t first = exists_ ? 0600 : mode_;
    const OpenFile file{
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, first)};
    if (!file) return not_written(path_, errno);
    if (exists_) keep_owner_and_mode(file.get());
    if (!write_all(file.get(), bytes)) return not_written(path_, errno);
    if (::fsync(file.get()) != 0) return not_written(path_, errno);
    return std::nullopt;
}

// A group that may read the store stays that group, or loses the right: it would otherwise go to
// the group of whoever writes.
void FileReplacement::keep_owner_and_mode(int descriptor) {
    mode_t mode = mode_;
    const bool group_kept = ::fchown(descriptor, static_cast<uid_t>(-1), group_) == 0;
    if (!group_kept) mode &= 0707;
    // Only root may give a file away; anybody else has just become its owner.
    if (::fchown(descriptor, owner_, static_cast<gid_t>(-1)) != 0) mode |= 0400;
    ::fchmod(descriptor, mode);
}

}  // namespace countersign::certs
