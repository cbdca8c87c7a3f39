#include "proxy/records/file_change.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "certs/printable.hpp"

namespace countersign::proxy::records {

namespace {

namespace fs = std::filesystem;
using certs::EditError;

/// Hidden, so that nobody reads it as a part of the configuration.
constexpr const char* kRight = ".countersign.lock";

EditError failure(const std::string& what, const fs::path& path, int error) {
    return {what + ' ' + certs::printable(path.string()) + ": " + std::strerror(error) + '.'};
}

}  // namespace

certs::EditResult<FileChange> FileChange::begin(const fs::path& folder) {
    const fs::path path = folder / kRight;
    certs::OpenFile right{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!right) {
        EditError error = failure("Nothing can be written:", path, errno);
        error.sentence += " console.directory has to belong to the user that runs countersign.";
        return error;
    }
    if (::flock(right.get(), LOCK_EX | LOCK_NB) != 0) {
        return EditError{
            "Another process is changing " + certs::printable(folder.string()) +
            " just now. Try again in a moment."};
    }
    return FileChange{folder, std::move(right)};
}

std::optional<EditError> FileChange::remember(const std::string& name) {
    for (const Former& one : former_) {
        if (one.name == name) return std::nullopt;  // what stood there first counts
    }
    const fs::path path = folder_ / name;
    const fs::path kept = folder_ / kept_name(name);
    ::unlink(kept.c_str());  // of a process that was killed
    const bool existed = ::link(path.c_str(), kept.c_str()) == 0;
    if (!existed && errno != ENOENT) {
        EditError error = failure("This file cannot be changed:", path, errno);
        error.sentence +=
            " Until a change is in force, a second name (a hard link) keeps what was "
            "there before; console.directory needs a file system that has them.";
        return error;
    }
    former_.push_back({name, existed});
    return std::nullopt;
}

std::optional<EditError> FileChange::write(const std::string& name, certs::ByteView bytes) {
    if (auto error = remember(name)) return error;
    auto file = certs::FileReplacement::begin(folder_ / name);
    if (!file) return file.error();
    return file->replace(bytes);
}

std::optional<EditError> FileChange::remove(const std::string& name) {
    if (auto error = remember(name)) return error;
    const fs::path path = folder_ / name;
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) return std::nullopt;
    return failure("This file cannot be removed:", path, errno);
}

void FileChange::keep() {
    for (const Former& one : std::exchange(former_, {})) {
        if (one.existed) ::unlink((folder_ / kept_name(one.name)).c_str());
    }
    for (const std::string& name : std::exchange(obsolete_, {})) {
        ::unlink((folder_ / name).c_str());  // it is named by nothing, and harms nobody
    }
}

std::vector<std::string> FileChange::undo() {
    std::vector<std::string> problems;
    const std::vector<Former> former = std::exchange(former_, {});
    for (auto one = former.rbegin(); one != former.rend(); ++one) {
        const fs::path path = folder_ / one->name;
        const fs::path kept = folder_ / kept_name(one->name);
        const bool put_back = one->existed && ::rename(kept.c_str(), path.c_str()) == 0;
        if (put_back) {
            ::unlink(kept.c_str());  // of two names of one file the rename leaves both
        } else if (one->existed) {
            problems.push_back(
                failure("What was there before cannot be put back; it stands in", kept, errno)
                    .sentence
            );
        } else if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
            problems.push_back(failure("This file cannot be removed:", path, errno).sentence);
        }
    }
    return problems;
}

}  // namespace countersign::proxy::records
