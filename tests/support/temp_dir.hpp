#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace countersign::tests {

/// A directory of its own for one test, private to the user, removed with all that is in it by the
/// destructor.
class TempDir {
public:
    TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir();

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

    /// Writes (or replaces) a file in it and returns its path; sub-directories in `name` are made.
    std::filesystem::path write(std::string_view name, std::string_view bytes) const;

private:
    std::filesystem::path path_;
};

/// The bytes of a file; throws where there is none.
std::string read_bytes(const std::filesystem::path& path);

}  // namespace countersign::tests
