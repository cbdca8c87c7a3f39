#pragma once

#include <string>
#include <vector>

namespace countersign::proxy::commands {

/// Why a command did nothing: what is wrong with what it was asked, or with what it was to read.
struct Complaint {
    std::vector<std::string> wrong;  ///< a sentence for each thing, with its place where it has one
    std::string remedy;              ///< for programs; who reads the sentences finds it in them
    int status = 1;                  ///< with which the command ends
    bool counted = false;            ///< they are the problems of something that was read …
    std::string configuration = {};  ///< … of this configuration, unless it is empty
};

/// Prints it: as one document on standard output for `json`, else as lines on standard error. The
/// exit status.
int complain(const Complaint& complaint, bool json);

}  // namespace countersign::proxy::commands
