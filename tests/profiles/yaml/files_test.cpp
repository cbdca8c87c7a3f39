#include "profiles/yaml/files.hpp"

#include <gtest/gtest.h>

#include "profiles/yaml_reader.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::profiles {
namespace {

/// Every problem in a line, paths without the directory.
std::string problems_of(const tests::TempDir& directory, const std::filesystem::path& path) {
    const auto result = read_configuration(path);
    if (result.has_value()) return "no problem";
    std::string text;
    for (const auto& problem : result.error()) text += problem.to_text() + "\n";
    const auto prefix = directory.path().string() + "/";
    for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix)) {
        text.erase(at, prefix.size());
    }
    return text;
}

TEST(YamlFiles, JoinsTheListsOfADirectoryInTheOrderOfItsFilesNames) {
    const tests::TempDir directory;
    directory.write("conf/20-b.yaml", "profiles: [{ name: b }]\n");
    directory.write("conf/10-a.yaml", "profiles: [{ name: a }]\nworkers: 2\n");
    directory.write("conf/30-c.yaml", "log: { level: error }\nprofiles: [{ name: c }]\n");

    const auto configuration = read_configuration(directory / "conf");

    ASSERT_TRUE(configuration.has_value());
    ASSERT_EQ(configuration->profiles.size(), 3U);
    EXPECT_EQ(configuration->profiles[0].name, "a");
    EXPECT_EQ(configuration->profiles[1].name, "b");
    EXPECT_EQ(configuration->profiles[2].name, "c");
    EXPECT_EQ(configuration->workers, 2U);
    EXPECT_EQ(configuration->log.level, LogLevel::error);
}

TEST(YamlFiles, ResolvesRelativePathsFromTheFileThatNamesThem) {
    const tests::TempDir directory;
    directory.write("conf/acme.p12", "");
    directory.write(
        "conf/a.yaml", "certificates: [{ name: a, type: pkcs12_key_store, file: acme.p12 }]\n"
    );
    directory.write(
        "b.yaml", "certificates: [{ name: a, type: pkcs12_key_store, file: acme.p12 }]\n"
    );

    const auto found = read_configuration(directory / "conf");
    const auto missing = problems_of(directory, directory / "b.yaml");

    ASSERT_TRUE(found.has_value());
    const auto& source = std::get<certs::KeyStoreSource>(found->certificates.at(0).source);
    EXPECT_EQ(source.file, directory / "conf/acme.p12");
    EXPECT_EQ(
        missing,
        "b.yaml:1:57: certificates[0].file: there is no file 'acme.p12'; put it there, or correct "
        "the path\n"
    );
}

TEST(YamlFiles, SaysWhereAFileWasLookedForAndWhatIsLikeIt) {
    const tests::TempDir directory;
    directory.write("acme-client.p12", "");
    directory.write("conf/acme.p12", "");
    std::filesystem::create_symlink("gone.p12", directory / "conf/link.p12");
    const auto said = [&](const std::string& file, const std::filesystem::path& working) {
        directory.write(
            "conf/c.yaml", "certificates: [{ name: a, type: pkcs12_key_store, file: " + file + " }]"
        );
        const auto before = std::filesystem::current_path();
        std::filesystem::current_path(directory.path());
        const auto text = problems_of(directory, working);
        std::filesystem::current_path(before);
        return text.substr(text.find("there is"));
    };

    EXPECT_EQ(
        said("amce.p12", "conf/c.yaml"),
        "there is no file 'conf/amce.p12', looked for as 'conf/amce.p12'; did you mean "
        "'acme.p12'?\n"
    );
    EXPECT_EQ(
        said("acme-client.p12", "conf/c.yaml"),
        "there is no file 'conf/acme-client.p12', looked for as 'conf/acme-client.p12'; "
        "'acme-client.p12' is there, but a path is relative to the file that names it\n"
    );
    EXPECT_EQ(
        said("keys/acme.p12", directory / "conf/c.yaml"),
        "there is no file 'conf/keys/acme.p12'; there is no directory 'conf/keys'\n"
    );
    EXPECT_EQ(
        said("link.p12", directory / "conf/c.yaml"),
        "there is no file 'conf/link.p12'; it is a link to 'gone.p12', which is not there\n"
    );
    EXPECT_EQ(
        said("acme.p12", "conf/d.yaml"),
        "there is no such file or directory, looked for as 'conf/d.yaml'; did you mean 'c.yaml'?\n"
    );
}

TEST(YamlFiles, LetsAProfileReferToARecordOfAnotherFile) {
    const tests::TempDir directory;
    directory.write("conf/a.yaml", "profiles: [{ name: a, trust: [ca] }]\n");
    directory.write(
        "conf/b.yaml", "certificates: [{ name: ca, type: trust_store_cert, file: b.yaml }]\n"
    );

    EXPECT_EQ(problems_of(directory, directory / "conf"), "no problem");
}

TEST(YamlFiles, ReportsTheProblemsOfEveryFileWithTheirPlaces) {
    const tests::TempDir directory;
    directory.write("conf/a.yaml", "profiles: [{ name: a, hosts: [x.example] }]\nworkers: 2\n");
    directory.write("conf/b.yaml", "\nprofiles: [{ name: b, hosts: [x.example] }]\n");
    directory.write("conf/c.yaml", "profiles: [{ name: a }]\nworkers: 2\n");
    directory.write("conf/d.yaml", "- profiles\n");
    directory.write("conf/e.yaml", "profiles: {}\n");
    directory.write("conf/f.yaml", "workers: [\n");
    directory.write("conf/g.yaml", "# all of it is a comment\n");

    const auto problems = problems_of(directory, directory / "conf");

    EXPECT_EQ(
        problems,
        "conf/b.yaml:2:12: profiles[1]: profiles 'a', at conf/a.yaml:1:12, and 'b' both apply to "
        "x.example:443, by the host 'x.example', and neither is more specific; remove one, or give "
        "one of them other hosts, ports, clients, listeners, paths or methods\n"
        "conf/c.yaml:1:20: profiles[2].name: another profile is named 'a', at conf/a.yaml:1:20; "
        "give one of them another name\n"
        "conf/c.yaml:2:1: workers: stands in another file too, at conf/a.yaml:2:1; only a list may "
        "be spread over files\n"
        "conf/d.yaml:1:1: found a list; expected keys such as listeners, certificates and "
        "profiles\n"
        "conf/e.yaml:1:1: profiles: stands in another file too, at conf/a.yaml:1:1; only a list "
        "may be spread over files\n"
        "conf/f.yaml:2:1: not valid YAML: the '[' in line 1 is not closed by ']'\n"
        "conf/g.yaml: nothing stands in it but blank lines and comments; begin with a profile, "
        "such as profiles: [{ name: partner, hosts: [api.partner.example] }]\n"
    );
}

TEST(YamlFiles, ReportsAKeyThatStandsTwiceInOneFileOnce) {
    const tests::TempDir directory;
    directory.write("conf/a.yaml", "workers: 2\n");
    directory.write("conf/b.yaml", "log: { level: info }\nlog: { level: info }\n");

    EXPECT_EQ(
        problems_of(directory, directory / "conf"),
        "conf/b.yaml:2:1: log: stands here again, first at 1:1; keep one\n"
    );
}

TEST(YamlFiles, LeavesHiddenFilesAndOtherNamesOutAndWarnsOfYml) {
    const tests::TempDir directory;
    directory.write("conf/a.yaml", "workers: 2\n");
    directory.write("conf/.a.yaml", "broken: [\n");
    directory.write("conf/notes.txt", "broken: [\n");
    directory.write("conf/b.yml", "broken: [\n");

    const auto configuration = read_configuration(directory / "conf");

    ASSERT_TRUE(configuration.has_value());
    ASSERT_EQ(configuration->warnings.size(), 1U);
    EXPECT_EQ(configuration->warnings[0].where, directory / "conf/b.yml");
    EXPECT_EQ(configuration->warnings[0].text, "is not read: its name ends in .yml, not .yaml");
}

TEST(YamlFiles, FollowsTheLinksOfAMountedVolume) {
    const tests::TempDir directory;
    directory.write("conf/..2024/a.yaml", "workers: 2\n");
    std::filesystem::create_directory_symlink("..2024", directory / "conf/..data");
    std::filesystem::create_symlink("..data/a.yaml", directory / "conf/a.yaml");

    const auto configuration = read_configuration(directory / "conf");

    ASSERT_TRUE(configuration.has_value());
    EXPECT_EQ(configuration->workers, 2U);
}

TEST(YamlFiles, ReportsWhatCannotBeRead) {
    const tests::TempDir directory;
    std::filesystem::create_directories(directory / "empty");
    std::filesystem::create_directories(directory / "odd/a.yaml");
    std::filesystem::create_symlink("absent", directory / "odd/b.yaml");

    EXPECT_EQ(
        problems_of(directory, directory / "absent.yaml"),
        "absent.yaml: there is no such file or directory; put it there, or correct the path\n"
    );
    EXPECT_EQ(
        problems_of(directory, directory / "empty"),
        "empty: holds no file whose name ends in .yaml; put the configuration there, or name its "
        "file\n"
    );
    directory.write("empty/a.yml", "");
    EXPECT_EQ(
        problems_of(directory, directory / "empty"),
        "empty: holds no file whose name ends in .yaml; rename 'a.yml'\n"
    );
    EXPECT_EQ(
        problems_of(directory, directory / "odd"),
        "odd/a.yaml: is not a file\nodd/b.yaml: is not a file\n"
    );
}

TEST(YamlFiles, RefusesAFileAbove16MiB) {
    const tests::TempDir directory;
    const auto largest =
        directory.write("a.yaml", "workers: 2\n#" + std::string((16 << 20) - 12, 'x'));
    const auto larger =
        directory.write("b.yaml", "workers: 2\n#" + std::string((16 << 20) - 11, 'x'));

    EXPECT_EQ(problems_of(directory, largest), "no problem");
    EXPECT_EQ(
        problems_of(directory, larger), "b.yaml: larger than 16 MiB, which no configuration is\n"
    );
}

}  // namespace
}  // namespace countersign::profiles
