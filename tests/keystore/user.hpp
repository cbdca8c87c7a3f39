#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// How a command ended.
struct Ended {
    int status = -1;
    std::string output;
    std::string errors;
};

/// Somebody at a shell, in a directory of their own, with a password in `pw`.
class User {
public:
    static constexpr std::string_view kPassword = "sesame-42";

    User();

    const TempDir& files() const { return files_; }
    std::filesystem::path operator/(std::string_view name) const { return files_ / name; }

    /// `countersign keystore …`; words that begin a line of the shell, without a shell.
    Ended keystore(std::vector<std::string> arguments) const;
    /// The same with --password-file pw; throws, with what was printed, where it fails.
    std::string must(std::vector<std::string> arguments) const;
    /// Any program, in the user's directory, in a locale of UTF-8.
    Ended run(std::vector<std::string> argv) const;
    /// A line for bash.
    Ended shell(const std::string& line) const { return run({"bash", "-c", line}); }

    /// What an authority does with the request in that file: a certificate for its key, under the
    /// name that the authority gives.
    Issued sign(
        const Ca& authority, std::string_view request,
        const std::string& common_name = "signed client"
    ) const;

private:
    TempDir files_;
};

}  // namespace countersign::tests
