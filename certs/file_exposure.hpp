#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::certs {

/// What decides who may read a file.
struct FileRights {
    mode_t mode = 0;
    uid_t owner = 0;
    gid_t group = 0;
    bool reached_by_others = true;  ///< every directory above lets everybody through
    bool reached_by_group = true;   ///< the same for members of `group`
    bool read_only = false;         ///< the file system is: nobody here decides about modes
};

/// Who asks: this process.
struct FileReader {
    uid_t user = 0;
    std::vector<gid_t> groups;  ///< all of them
};

enum class Exposure { none, group, others };

/// Whether somebody may read a file with a secret in it who has no business there. A group counts
/// only where it is neither root's nor the reader's: that is how a key is given to a service. For
/// root no group counts: the service's user, and with it its groups, are not known then.
Exposure exposure_of(const FileRights& rights, const FileReader& reader);

/// A sentence with the command that mends it, where others may read the file; else empty, also
/// where it cannot be looked at: that is for who reads it. `what`: "a private key".
std::string exposure_warning(const std::filesystem::path& file, std::string_view what);

/// The same for what is known of the file already.
std::string exposure_warning(
    const std::filesystem::path& file, std::string_view what, const FileRights& rights,
    const FileReader& reader
);

/// A sentence where others may write in a folder and so put files there: as `exposure_warning` is
/// for those who may read a file. `consequence`: what comes of that, "and so add profiles".
std::string open_folder_warning(const std::filesystem::path& folder, std::string_view consequence);
std::string open_folder_warning(
    const std::filesystem::path& folder, std::string_view consequence, const FileRights& rights,
    const FileReader& reader
);

}  // namespace countersign::certs
