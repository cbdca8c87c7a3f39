#include "profiles/yaml/console_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "profiles/yaml_reader.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kMain =
    "admin: { address: 127.0.0.1:9901, token: { file: token } }\n"
    "console: { directory: own }\n";

class ConsoleDirectory : public testing::Test {
protected:
    ConsoleDirectory() {
        directory_.write("token", "");
        directory_.write("outside.crt", "");
        directory_.write("own/inside.crt", "");
    }
    /// Every problem in a line, paths without the directory; "" where there is none.
    std::string problems_of(std::string_view main, std::string_view own) const {
        directory_.write("own/a.yaml", own);
        const auto result = read_configuration(directory_.write("main.yaml", main));
        std::string text;
        if (result) return text;
        for (const auto& problem : result.error()) text += problem.to_text() + "\n";
        const auto prefix = directory_.path().string() + "/";
        for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix))
            text.erase(at, prefix.size());
        return text;
    }

    const tests::TempDir directory_;
};

TEST_F(ConsoleDirectory, GivesFurtherCertificatesAndProfiles) {
    directory_.write(
        "own/b.yaml",
        "certificates: [{ name: two, type: trust_store_cert, file: inside.crt }]\n"
        "profiles: [{ name: p, hosts: [a.example], trust: [one, two] }]\n"
    );
    directory_.write("own/.hidden.yaml", "no: configuration\n");
    const auto read = read_configuration(directory_.write(
        "main.yaml",
        std::string{kMain} +
            "certificates: [{ name: one, type: trust_store_cert, file: outside.crt }]\n"
    ));
    ASSERT_TRUE(read.has_value());
    ASSERT_EQ(read->certificates.size(), 2U);
    EXPECT_EQ(read->certificates[0].written_in, directory_ / "main.yaml");
    EXPECT_EQ(read->certificates[1].written_in, directory_ / "own/b.yaml");
    EXPECT_EQ(read->profiles.at(0).trust.records.size(), 2U);
    EXPECT_EQ(read->console.directory, directory_ / "own");
    EXPECT_FALSE(read->console.enabled) << "it is read whether there are pages or not";
}

TEST_F(ConsoleDirectory, MayBeEmpty) {
    std::filesystem::remove(directory_ / "own/inside.crt");
    EXPECT_TRUE(read_configuration(directory_.write("main.yaml", kMain)).has_value());
}

TEST_F(ConsoleDirectory, HasToBeOne) {
    EXPECT_EQ(
        problems_of("console: { directory: none }\n", ""),
        "main.yaml:1:23: console.directory: there is no file 'none'; put it there, or correct the "
        "path\n"
    );
    EXPECT_EQ(
        problems_of("console: { directory: token }\n", ""),
        "main.yaml:1:23: console.directory: 'token' is no directory; name one\n"
    );
}

TEST_F(ConsoleDirectory, IsNotThatOfTheConfiguration) {
    EXPECT_EQ(
        problems_of("console: { directory: . }\n", ""),
        "main.yaml:1:23: console.directory: is the configuration's own directory, whose files the "
        "console may not change; make one for the console\n"
    );
}

TEST_F(ConsoleDirectory, MayNotHaveTwoRecordsOfOneName) {
    EXPECT_EQ(
        problems_of(
            std::string{kMain} +
                "certificates: [{ name: one, type: trust_store_cert, file: outside.crt }]\n",
            "certificates: [{ name: one, type: trust_store_cert, file: inside.crt }]\n"
        ),
        "own/a.yaml:1:24: certificates[1].name: another certificate record is named 'one', at "
        "main.yaml:3:24; give one of them another name\n"
    );
}

struct Case {
    std::string name;
    std::string own;
    std::string problem;
};

class ConsoleDirectoryRefuses : public ConsoleDirectory,
                                public testing::WithParamInterface<Case> {};

TEST_P(ConsoleDirectoryRefuses, What) {
    ::setenv("COUNTERSIGN_TEST_SECRET", "of-this-machine", 1);
    std::filesystem::create_symlink(directory_ / "outside.crt", directory_ / "own/link.crt");
    const std::string found = problems_of(kMain, GetParam().own);
    EXPECT_NE(found.find(GetParam().problem), found.npos) << found;
    EXPECT_EQ(found.find("of-this-machine"), found.npos) << found;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, ConsoleDirectoryRefuses,
    testing::Values(
        Case{
            "OtherKeys", "workers: 1\n",
            "own/a.yaml:1:1: workers: stands in console.directory, where only certificates and "
            "profiles may; write it into the configuration itself"},
        Case{
            "AFileAbove",
            "certificates: [{ name: x, type: trust_store_cert, file: ../outside.crt }]",
            "'own/../outside.crt' is outside of console.directory, where this stands: what stands "
            "there may name files of that directory only"},
        Case{
            "AnAbsolutePath",
            "certificates: [{ name: x, type: trust_store_cert, file: /etc/hostname }]",
            "'/etc/hostname' is outside of console.directory"},
        Case{
            "ALinkThatLeadsOut",
            "certificates: [{ name: x, type: trust_store_cert, file: link.crt }]",
            "'own/link.crt' is outside of console.directory"},
        Case{
            "TheDirectoryItself", "certificates: [{ name: x, type: trust_store_cert, file: . }]",
            "is outside of console.directory"},
        Case{
            "AVariableInAPath",
            "certificates: [{ name: x, type: trust_store_cert, file: "
            "\"${COUNTERSIGN_TEST_SECRET}\" "
            "}]",
            "there is no file 'own/${COUNTERSIGN_TEST_SECRET}'"},
        Case{
            "APasswordFromTheEnvironment",
            "certificates: [{ name: x, type: pkcs12_key_store, file: inside.crt, password: { env: "
            "COUNTERSIGN_TEST_SECRET } }]",
            "certificates[0].password: stands in console.directory, where nothing is taken from "
            "the "
            "environment or from systemd; save it as a file there that nobody else may read, and "
            "write { file: PATH }"},
        Case{
            "ACredential",
            "certificates: [{ name: x, type: pkcs12_key_store, file: inside.crt, password: { "
            "credential: x } }]",
            "certificates[0].password: stands in console.directory, where nothing is taken"},
        Case{
            "AHeaderFromTheEnvironment",
            "profiles: [{ name: p, hosts: [a.example], trust: [system], request_headers: { set: { "
            "X: "
            "{ env: COUNTERSIGN_TEST_SECRET } } } }]",
            "request_headers.set.X: stands in console.directory, where nothing is taken from the "
            "environment or from systemd, and a field's value is a text. Write it so, or write the "
            "profile into the configuration itself"},
        Case{
            "AHeaderFromACredential",
            "profiles: [{ name: p, hosts: [a.example], trust: [system], request_headers: { set: { "
            "X: "
            "{ credential: x } } } }]",
            "request_headers.set.X: stands in console.directory, where nothing is taken from the "
            "environment or from systemd, and a field's value is a text."},
        Case{
            "AHeaderFromAFileOutside",
            "profiles: [{ name: p, hosts: [a.example], trust: [system], request_headers: { set: { "
            "X: "
            "{ file: ../token } } } }]",
            "'own/../token' is outside of console.directory"},
        Case{
            "AHeaderFromAFileInside",
            "profiles: [{ name: p, hosts: [a.example], trust: [system], request_headers: { set: { "
            "X: { file: inside.crt } } } }]",
            "request_headers.set.X: names a file, whose content would be sent to a host; in "
            "console.directory a field's value is a text. Write it so, or write the profile into "
            "the configuration itself"},
        Case{
            "RevocationListsOutside",
            "profiles: [{ name: p, hosts: [a.example], trust: [system], tls: { crl: [../token] } "
            "}]",
            "'own/../token' is outside of console.directory"},
        Case{
            "Danger",
            "profiles: [{ name: p, hosts: [a.example], trust: [system], tls: { danger_tls10: true "
            "} "
            "}]",
            "profiles[0].tls.danger_tls10: turns a check off, which nothing in console.directory "
            "may; write it into the configuration itself"},
        Case{"WhatIsNoMap", "[]\n", "own/a.yaml:1:1: found a list; expected keys such as listeners"}
    ),
    [](const auto& given) { return given.param.name; }
);

}  // namespace
}  // namespace countersign::profiles
