#include "certs/file_exposure.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::Exposure;
using certs::exposure_of;
using certs::exposure_warning;
using certs::FileReader;
using certs::FileRights;

using certs::open_folder_warning;

const FileReader kService{1000, {1000, 44}};
const FileReader kRoot{0, {0}};

TEST(FileExposure, IsOthersRightToReadOrAForeignGroups) {
    const struct {
        const char* name;
        FileRights rights;
        FileReader reader;
        Exposure exposure;
    } kCases[] = {
        {"its owner's alone", {0600, 1000, 1000}, kService, Exposure::none},
        {"everybody's", {0644, 1000, 1000}, kService, Exposure::others},
        {"everybody's but the group's", {0604, 0, 0}, kRoot, Exposure::others},
        {"root's, given to the service's group", {0640, 0, 44}, kService, Exposure::none},
        {"of root's group", {0640, 1000, 0}, kService, Exposure::none},
        {"of a foreign group", {0640, 1000, 50}, kService, Exposure::group},
        {"checked by root, of the service's group", {0640, 0, 44}, kRoot, Exposure::none},
        {"in a directory that is closed", {0644, 0, 0, false, true}, kRoot, Exposure::none},
        {"of a foreign group that cannot get there",
         {0640, 1000, 50, true, false},
         kService,
         Exposure::none},
        {"mounted read-only, as a secret volume is",
         {0644, 0, 0, true, true, true},
         kService,
         Exposure::none},
    };
    for (const auto& [name, rights, reader, exposure] : kCases) {
        EXPECT_EQ(exposure_of(rights, reader), exposure) << name;
    }
}

TEST(FileExposure, OfAFolderIsToWriteInIt) {
    const struct {
        FileRights rights;
        FileReader reader;
        const char* says;
    } kCases[] = {
        {{040755, 1000, 1000}, kService, ""},
        {{040776, 1000, 1000}, kService, ""},
        {{040777, 1000, 1000, false, false}, kService, ""},
        {{040770, 1000, 44}, kService, ""},
        {{040777, 1000, 1000},
         kService,
         "every user of this machine can write in own and so add (mode 0777): chmod o-w own"},
        {{040770, 1000, 50},
         kService,
         "the group 50 can write in own and so add (mode 0770): chmod g-w own"},
        {{040777, 0, 0},
         kService,
         "every user of this machine can write in own and so add (mode 0777): chown 1000 own && "
         "chmod go-w own"},
    };
    for (const auto& [rights, reader, says] : kCases) {
        EXPECT_EQ(open_folder_warning("own", "and so add", rights, reader), says);
    }
}

TEST(FileExposure, IsMendedByACommandThatLeavesTheReaderItsRight) {
    const struct {
        FileRights rights;
        FileReader reader;
        const char* says;
    } kCases[] = {
        {{0644, 1000, 1000},
         kService,
         "a.key holds a private key, and every user of this machine can read it (mode 0644): "
         "chmod o= a.key"},
        {{0644, 1000, 50},
         kService,
         "a.key holds a private key, and every user of this machine can read it (mode 0644): "
         "chmod 600 a.key"},
        {{0444, 0, 44},
         kService,
         "a.key holds a private key, and every user of this machine can read it (mode 0444): "
         "chmod o= a.key"},
        {{0644, 0, 0},
         kService,
         "a.key holds a private key, and every user of this machine can read it (mode 0644): "
         "chown 1000 a.key && chmod 600 a.key"},
        {{0644, 7, 7},
         kRoot,
         "a.key holds a private key, and every user of this machine can read it (mode 0644): "
         "chmod o= a.key"},
        {{0644, 0, 0},
         kRoot,
         "a.key holds a private key, and every user of this machine can read it (mode 0644): "
         "chown USER a.key && chmod 600 a.key, with the USER that the proxy runs as"},
        {{0640, 1000, 50},
         kService,
         "a.key holds a private key, and the group 50 can read it (mode 0640): chmod 600 a.key"},
    };
    for (const auto& [rights, reader, says] : kCases) {
        EXPECT_EQ(exposure_warning("a.key", "a private key", rights, reader), says);
    }
}

TEST(FileExposure, IsSeenInTheFileAndInTheDirectoriesAboveIt) {
    const TempDir directory;
    const std::filesystem::path file = directory.write("my key", "x");
    ::chmod(file.c_str(), 0604);

    ::chmod(directory.path().c_str(), 0700);
    const std::string closed = exposure_warning(file, "a password");
    ::chmod(directory.path().c_str(), 0755);
    const std::string open = exposure_warning(file, "a password");

    EXPECT_EQ(closed, "");
    EXPECT_NE(open.find("my key holds a password, and every user"), std::string::npos) << open;
    EXPECT_NE(open.find("'" + file.string() + "'"), std::string::npos) << open;
    EXPECT_EQ(exposure_warning(directory / "absent", "a password"), "");
}

}  // namespace
}  // namespace countersign::tests
