#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace countersign::certs {

/// What tells the content of these files from that of another time: a SHA-256 over the content of
/// each, as hexadecimal. A directory stands for the files in it that are not hidden. What is not
/// there, cannot be read, is larger than a key store may be, or is no regular file, counts as that.
/// Nothing but regular files is opened: to read a pipe would take away what is in it.
std::string content_state_of(const std::vector<std::filesystem::path>& paths);

/// The same for several questions about some of the same paths: what is read for one of them,
/// counts for all. So none of them is about content that came later than the first.
class ContentStates {
public:
    std::string of(const std::vector<std::filesystem::path>& paths);

private:
    std::unordered_map<std::string, std::string> known_;  ///< by path: what is said of it
};

}  // namespace countersign::certs
