#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace countersign::certs {

/// What tells the content of these files from that of another time: a SHA-256 over the content of
/// each, as hexadecimal. A directory stands for the files in it that are not hidden, and for the
/// names of its directories. What is not there, cannot be read, is larger than a key store may be,
/// or is no regular file, counts as that. Nothing but regular files is opened: to read a pipe would
/// take away what is in it.
std::string content_state_of(const std::vector<std::filesystem::path>& paths);

/// What tells that none of them was written or replaced between two times: which file it is, and
/// when that changed. Of a directory: its own, and that of the files in it.
std::string file_stamps_of(const std::vector<std::filesystem::path>& paths);

/// The same for several questions about some of the same paths: what is read for one of them,
/// counts for all. So none of them is about content that came later than the first.
class ContentStates {
public:
    std::string of(const std::vector<std::filesystem::path>& paths);
    /// Whether `of` them is told by content alone: none is a pipe or a device, unreadable, or not
    /// there.
    bool are_digests(const std::vector<std::filesystem::path>& paths);

private:
    struct Said {
        std::string text;
        bool is_digest = true;
    };
    const Said& say(const std::filesystem::path& path);

    std::unordered_map<std::string, Said> known_;  ///< by path
};

}  // namespace countersign::certs
