#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace countersign::tests {

/// A program at a terminal of its own, which the test reads and types at.
class Terminal {
public:
    Terminal(const std::vector<std::string>& argv, const std::filesystem::path& directory);
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal();

    /// Waits until the program has printed this after all that was waited for before.
    void expect(const std::string& text);
    void type(const std::string& text) const;
    /// Whether what is typed now would be shown.
    bool echoes() const;
    /// Waits for the end; 128 + the signal where one ended it.
    int wait_for_exit();

    const std::string& shown() const { return shown_; }

private:
    bool read_more();

    FileDescriptor master_;
    pid_t pid_ = -1;
    std::string shown_;
    std::size_t seen_ = 0;
};

}  // namespace countersign::tests
