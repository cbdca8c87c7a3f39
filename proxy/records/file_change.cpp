#include "proxy/records/file_change.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <string_view>
#include <utility>

#include "certs/file.hpp"
#include "certs/printable.hpp"

namespace countersign::proxy::records {

namespace {

namespace fs = std::filesystem;
using certs::EditError;

/// Hidden, so that nobody reads it as a part of the configuration.
constexpr const char* kRight = ".countersign.lock";
/// A line for each file that is changed: whether it was there, and its name.
constexpr const char* kJournal = ".countersign.change";
constexpr std::string_view kWas = "was ";
constexpr std::string_view kNew = "new ";
constexpr std::size_t kMostJournal = 64UL * 1024;

EditError failure(const std::string& what, const fs::path& path, int error) {
    return {what + ' ' + certs::printable(path.string()) + ": " + std::strerror(error) + '.'};
}

/// Whether owner and mode are not what refuses it: access(2) asks no sandbox.
bool rights_allow(const fs::path& folder, const fs::path& file) {
    const bool is_there = ::access(file.c_str(), F_OK) == 0;
    return ::access(folder.c_str(), W_OK | X_OK) == 0 &&
           (!is_there || ::access(file.c_str(), R_OK | W_OK) == 0);
}

}  // namespace

certs::EditResult<FileChange> FileChange::begin(const fs::path& folder) {
    const fs::path path = folder / kRight;
    certs::OpenFile right{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!right) {
        const int why = errno;
        EditError error = failure("Nothing can be written:", path, why);
        error.sentence +=
            why == EACCES && rights_allow(folder, path)
                ? " The rights of console.directory allow it, and the sandbox does not: the folder "
                  "was made anew since countersign started. Restart countersign."
                : " console.directory has to belong to the user that runs countersign.";
        return error;
    }
    if (::flock(right.get(), LOCK_EX | LOCK_NB) != 0) {
        return EditError{
            "Another process is changing " + certs::printable(folder.string()) +
            " just now. Try again in a moment."};
    }
    FileChange change{folder, std::move(right)};
    if (!is_interrupted(folder)) return change;
    change.take_over();
    if (change.recovery_.problems.empty()) return change;
    EditError error{"An earlier change was interrupted, and is not put back as a whole:"};
    for (const std::string& problem : change.recovery_.problems) error.sentence += ' ' + problem;
    error.sentence +=
        " Put it right by hand, and remove " + certs::printable((folder / kJournal).string()) + '.';
    return error;
}

bool FileChange::is_interrupted(const fs::path& folder) {
    return ::access((folder / kJournal).c_str(), F_OK) == 0;
}

void FileChange::take_over() {
    const auto bytes = certs::read_file(folder_ / kJournal, kMostJournal);
    if (bytes) {
        std::istringstream lines{std::string{certs::as_text(*bytes)}};
        for (std::string line; std::getline(lines, line);) {
            // The last one may be cut: nothing was done to its file yet.
            if (lines.eof() || !(line.starts_with(kWas) || line.starts_with(kNew))) continue;
            Former one{line.substr(kWas.size()), line.starts_with(kWas)};
            // It says so of files of this folder alone.
            if (one.name.empty() || one.name.starts_with('.') ||
                one.name.find('/') != std::string::npos)
                continue;
            // What was being written beside it, for its owner alone, is nobody's.
            ::unlink((folder_ / ('.' + one.name + ".new")).c_str());
            recovery_.files.push_back(one.name);
            former_.push_back(std::move(one));
        }
    }
    recovery_.problems = undo();
    if (recovery_.problems.empty()) ::unlink((folder_ / kJournal).c_str());
}

std::optional<EditError> FileChange::note(const Former& one) {
    const fs::path path = folder_ / kJournal;
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    const certs::OpenFile journal{::open(path.c_str(), flags, 0600)};
    const std::string line = std::string{one.existed ? kWas : kNew} + one.name + '\n';
    if (journal &&
        ::write(journal.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
        ::fdatasync(journal.get()) == 0) {
        return std::nullopt;
    }
    return failure("This file cannot be written:", path, errno);
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
    if (auto error = note({name, existed})) {
        ::unlink(kept.c_str());
        if (former_.empty()) ::unlink((folder_ / kJournal).c_str());  // a part of a line
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
    // From now on it is not put back, whenever the process ends.
    if (!former_.empty()) ::unlink((folder_ / kJournal).c_str());
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
    // Else it stays: nothing is changed there before a hand has put it right.
    if (!former.empty() && problems.empty()) ::unlink((folder_ / kJournal).c_str());
    return problems;
}

}  // namespace countersign::proxy::records
