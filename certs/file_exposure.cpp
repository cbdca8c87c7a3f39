#include "certs/file_exposure.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>

#include "certs/printable.hpp"
#include "certs/text/shell_word.hpp"

namespace countersign::certs {
namespace {

namespace fs = std::filesystem;

std::string octal(mode_t mode) {
    std::string text = "0";
    for (int shift = 6; shift >= 0; shift -= 3) {
        text += static_cast<char>('0' + ((mode >> shift) & 7));
    }
    return text;
}

/// What a secret volume's link leads to counts, not the link.
std::optional<FileRights> rights_of(const fs::path& file) {
    std::error_code error;
    const fs::path real = fs::canonical(file, error);
    struct stat found {};
    struct statvfs mounted {};
    if (error || ::stat(real.c_str(), &found) != 0) return std::nullopt;
    if (::statvfs(real.c_str(), &mounted) != 0) return std::nullopt;
    FileRights rights{found.st_mode, found.st_uid, found.st_gid};
    rights.read_only = (mounted.f_flag & ST_RDONLY) != 0;
    for (fs::path above = real.parent_path();; above = above.parent_path()) {
        struct stat directory {};
        if (::stat(above.c_str(), &directory) != 0) return std::nullopt;
        const bool others = (directory.st_mode & S_IXOTH) != 0;
        const bool group =
            directory.st_gid == rights.group ? (directory.st_mode & S_IXGRP) != 0 : others;
        rights.reached_by_others = rights.reached_by_others && others;
        rights.reached_by_group = rights.reached_by_group && group;
        if (above == above.parent_path()) return rights;
    }
}

FileReader this_process() {
    FileReader reader{::geteuid(), {::getegid()}};
    std::array<gid_t, 256> groups{};
    const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
    if (count > 0)
        reader.groups.insert(reader.groups.end(), groups.begin(), groups.begin() + count);
    return reader;
}

bool is_in(const FileReader& reader, gid_t group) {
    return std::ranges::find(reader.groups, group) != reader.groups.end();
}

/// A command after which the reader can still read it. Root reads everything: who the proxy runs as
/// may be another, for whom the right that is too much is the only one.
std::string remedy(const std::string& file, const FileRights& rights, const FileReader& reader) {
    const bool through_group = (rights.mode & S_IRGRP) != 0 && is_in(reader, rights.group);
    if (reader.user == 0 && rights.owner == 0 && rights.group == 0) {
        return "chown USER " + file + " && chmod 600 " + file +
               ", with the USER that the proxy runs as";
    }
    if (reader.user == 0 || through_group) return "chmod o= " + file;
    if (rights.owner == reader.user) return "chmod 600 " + file;
    return "chown " + std::to_string(reader.user) + " " + file + " && chmod 600 " + file;
}

/// As it is for a file. Who has the folder through its group keeps it.
std::string folder_remedy(
    const std::string& folder, const FileRights& rights, const FileReader& reader, Exposure exposure
) {
    const bool through_group = (rights.mode & S_IWGRP) != 0 && is_in(reader, rights.group);
    const bool is_owner = rights.owner == reader.user;
    if (!is_owner && !through_group && reader.user != 0) {
        return "chown " + std::to_string(reader.user) + " " + folder + " && chmod go-w " + folder;
    }
    return (exposure == Exposure::others ? "chmod o-w " : "chmod g-w ") + folder;
}

}  // namespace

Exposure exposure_of(const FileRights& rights, const FileReader& reader) {
    if (rights.read_only) return Exposure::none;
    if ((rights.mode & S_IROTH) != 0 && rights.reached_by_others) return Exposure::others;
    const bool known_group = reader.user == 0 || rights.group == 0 || is_in(reader, rights.group);
    const bool readable = (rights.mode & S_IRGRP) != 0 && rights.reached_by_group;
    return readable && !known_group ? Exposure::group : Exposure::none;
}

std::string open_folder_warning(const fs::path& folder, std::string_view consequence) {
    const std::optional<FileRights> rights = rights_of(folder);
    return rights ? open_folder_warning(folder, consequence, *rights, this_process())
                  : std::string{};
}

std::string open_folder_warning(
    const fs::path& folder, std::string_view consequence, const FileRights& rights,
    const FileReader& reader
) {
    // To make a file there takes the right to pass, too.
    constexpr mode_t kGroup = S_IWGRP | S_IXGRP;
    constexpr mode_t kOthers = S_IWOTH | S_IXOTH;
    FileRights made = rights;
    made.mode = ((rights.mode & kGroup) == kGroup ? S_IRGRP : 0) |
                ((rights.mode & kOthers) == kOthers ? S_IROTH : 0);
    const Exposure exposure = exposure_of(made, reader);
    if (exposure == Exposure::none) return {};
    std::string text = exposure == Exposure::others ? "every user of this machine"
                                                    : "the group " + std::to_string(rights.group);
    text += " can write in " + where_of(folder) + ' ';
    text.append(consequence).append(" (mode ") += octal(rights.mode) + "): ";
    return text + folder_remedy(printable(shell_word(folder.native())), rights, reader, exposure);
}

std::string exposure_warning(const fs::path& file, std::string_view what) {
    // Most files are well kept, and the directories above them need not be looked at.
    struct stat found {};
    if (::stat(file.c_str(), &found) == 0 && (found.st_mode & (S_IRGRP | S_IROTH)) == 0) return {};
    const std::optional<FileRights> rights = rights_of(file);
    return rights ? exposure_warning(file, what, *rights, this_process()) : std::string{};
}

std::string exposure_warning(
    const fs::path& file, std::string_view what, const FileRights& rights, const FileReader& reader
) {
    const Exposure exposure = exposure_of(rights, reader);
    if (exposure == Exposure::none) return {};
    std::string text = where_of(file) + " holds ";
    text.append(what).append(", and ");
    text += exposure == Exposure::others ? "every user of this machine"
                                         : "the group " + std::to_string(rights.group);
    text += " can read it (mode " + octal(rights.mode) + "): ";
    return text + remedy(printable(shell_word(file.native())), rights, reader);
}

}  // namespace countersign::certs
