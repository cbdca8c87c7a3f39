#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/edit/file_replacement.hpp"

namespace countersign::proxy::records {

/// Several files of one folder that are changed together: kept, or put back as they were. One
/// writer at a time, of all processes. Where it is neither kept nor undone, it undoes itself. What
/// was there before stands beside it under a hidden name, `.NAME.before`, so that to put it back
/// needs no room on the disk; and `.countersign.change` says which files those are, so that what a
/// process had begun that was killed can be put back.
class FileChange {
public:
    /// Takes the right to write there; an error where another has it. What was begun there and
    /// neither kept nor undone is put back first.
    static certs::EditResult<FileChange> begin(const std::filesystem::path& folder);
    /// Whether there may be such a change: one that another process is making looks the same.
    static bool is_interrupted(const std::filesystem::path& folder);
    /// The files that were to be put back first, and what could not be, a sentence each.
    struct Recovery {
        std::vector<std::string> files;
        std::vector<std::string> problems;
    };
    const Recovery& recovery() const { return recovery_; }

    FileChange(FileChange&&) = default;
    FileChange& operator=(FileChange&&) = delete;
    ~FileChange() { undo(); }

    /// Whole or not at all; a file that was not there is its owner's alone.
    std::optional<certs::EditError> write(const std::string& name, certs::ByteView bytes);
    std::optional<certs::EditError> remove(const std::string& name);
    /// When it is kept: nothing names it any more then.
    void remove_later(const std::string& name) { obsolete_.push_back(name); }

    void keep();
    /// Gives what could not be put back, a sentence each. A second time it does nothing.
    std::vector<std::string> undo();

private:
    FileChange(std::filesystem::path folder, certs::OpenFile right)
        : folder_{std::move(folder)}, right_{std::move(right)} {}

    struct Former {
        std::string name;
        bool existed;  ///< and stands under `kept_name` then
    };
    static std::string kept_name(const std::string& name) { return "." + name + ".before"; }
    std::optional<certs::EditError> remember(const std::string& name);
    std::optional<certs::EditError> note(const Former& one);
    /// Takes what another has noted for its own.
    void take_over();

    std::filesystem::path folder_;
    certs::OpenFile right_;
    std::vector<Former> former_;
    std::vector<std::string> obsolete_;
    Recovery recovery_;
};

}  // namespace countersign::proxy::records
