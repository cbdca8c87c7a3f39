#include "proxy/sandbox/writable_places.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::sandbox {
namespace {

namespace fs = std::filesystem;

/// What has to be open for a log there.
std::string granted_for(const fs::path& path) {
    profiles::Configuration configuration;
    configuration.log.access = path.string();
    const std::vector<WritablePlace> places = writable_places(configuration);
    return places.size() == 1 ? places[0].granted.string() : "no one place";
}

TEST(WritablePlaces, AreNoneWhereAllGoesToStandardOutput) {
    profiles::Configuration configuration;
    for (const char* const word : {"stdout", "stderr", "off"}) {
        configuration.log.access = word;
        EXPECT_TRUE(writable_places(configuration).empty()) << word;
    }
}

TEST(WritablePlaces, OfFilesAreTheirFolders) {
    const tests::TempDir files;
    const fs::path folder = fs::absolute(files.path());
    files.write("there", "text");
    files.write("elsewhere/log", "text");
    fs::create_symlink(files / "elsewhere/log", files / "link");
    fs::create_symlink("elsewhere/not-there-yet", files / "dangling");

    EXPECT_EQ(granted_for(files / "there"), folder);
    EXPECT_EQ(granted_for(files / "not-there-yet"), folder);
    EXPECT_EQ(granted_for(files / "link"), folder / "elsewhere");
    EXPECT_EQ(granted_for(files / "dangling"), folder / "elsewhere");
    EXPECT_EQ(granted_for("access.log"), fs::current_path());
}

TEST(WritablePlaces, OfDevicesAndPipesAreThese) {
    const tests::TempDir files;
    ASSERT_EQ(::mkfifo((files / "pipe").c_str(), 0600), 0);

    EXPECT_EQ(granted_for("/dev/null"), "/dev/null");
    EXPECT_EQ(granted_for(files / "pipe"), files / "pipe");
}

TEST(WritablePlaces, AreAllThatTheConfigurationNames) {
    using profiles::UnixAddress;
    profiles::Configuration configuration;
    configuration.log.access = "/var/log/countersign/access.log";
    configuration.listeners = {
        {"tcp", profiles::TcpAddress{}, {}}, {"apps", UnixAddress{"/run/apps/apps.sock"}, {}}};
    configuration.admin.listener = profiles::Listener{"admin", UnixAddress{"/run/admin.sock"}, {}};
    profiles::Profile logged;
    logged.name = "partner";
    logged.tls.key_log = "/srv/keys.log";
    configuration.profiles = {logged, profiles::Profile{}};

    std::string told;
    for (const WritablePlace& place : writable_places(configuration)) {
        told += place.subject + ' ' + place.path.string() + ' ' + place.granted.string();
        told += place.kind == WritablePlace::Kind::file ? " file\n" : " socket\n";
    }

    EXPECT_EQ(
        told,
        "log.access /var/log/countersign/access.log /var/log/countersign file\n"
        "listener 'apps' /run/apps/apps.sock /run/apps socket\n"
        "listener 'admin' /run/admin.sock /run socket\n"
        "profile 'partner': tls.danger_key_log /srv/keys.log /srv file\n"
    );
}

}  // namespace
}  // namespace countersign::proxy::sandbox
