#include "certs/source.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <type_traits>
#include <utility>

#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using namespace std::string_view_literals;
using certs::LoadErrorCode;
using certs::LoadResult;
using certs::PasswordCredential;
using certs::PasswordEnvironment;
using certs::PasswordFile;
using certs::read_password;
using certs::Secret;

static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST(Secret, PrintsAsRedacted) {
    std::ostringstream out;

    out << Secret{"hunter2"};

    EXPECT_EQ(out.str(), "<redacted>");
}

TEST(Secret, LeavesNothingWhereItMovedFrom) {
    Secret from{"short"};
    const char* const place = from.reveal().data();

    const Secret to = std::move(from);

    EXPECT_EQ(to.reveal(), "short");
    EXPECT_EQ(static_cast<const void*>(to.reveal().data()), place);
    EXPECT_TRUE(from.empty());
}

TEST(Secret, ComparesAndAssigns) {
    Secret a{"one"};
    const Secret b{"two"};
    EXPECT_NE(a, b);

    a = b;

    EXPECT_EQ(a, b);
    EXPECT_TRUE(Secret{}.empty());
}

TEST(ReadPassword, TakesExactlyOneLineEndOffAFile) {
    const TempDir directory;
    const struct {
        std::string_view bytes;
        std::string_view password;
    } kFiles[] = {
        {"changeit", "changeit"},
        {"changeit\n", "changeit"},
        {"changeit\r\n", "changeit"},
        {"changeit\n\n", "changeit\n"},
        {" changeit ", " changeit "},
        {"changeit\r", "changeit\r"},
        {"", ""},
        {"\n", ""},
        {"two\nlines\n", "two\nlines"},
    };
    for (const auto& [bytes, password] : kFiles) {
        const LoadResult<Secret> read =
            read_password(PasswordFile{directory.write("password", bytes)});

        ASSERT_TRUE(read) << read.error().message();
        EXPECT_EQ(read->reveal(), password);
    }
}

TEST(ReadPassword, RefusesUtf16AndEndlessFiles) {
    const TempDir directory;

    const auto utf16 = read_password(PasswordFile{directory.write(
        "utf16",
        "\xff\xfe"
        "c\0h\0"sv
    )});
    const auto endless = read_password(PasswordFile{"/dev/zero"});

    ASSERT_FALSE(utf16);
    EXPECT_EQ(utf16.error().code, LoadErrorCode::malformed);
    ASSERT_FALSE(endless);
    EXPECT_EQ(endless.error().code, LoadErrorCode::too_much);
}

TEST(ReadPassword, ReadsTheEnvironment) {
    const ScopedEnvironment set{"COUNTERSIGN_TEST_PASSWORD", "from the environment"};

    EXPECT_EQ(
        read_password(PasswordEnvironment{"COUNTERSIGN_TEST_PASSWORD"})->reveal(),
        "from the environment"
    );
}

TEST(ReadPassword, ReadsACredentialOfSystemd) {
    const TempDir directory;
    directory.write("acme", "from systemd\n");
    const ScopedEnvironment set{"CREDENTIALS_DIRECTORY", directory.path().c_str()};

    EXPECT_EQ(read_password(PasswordCredential{"acme"})->reveal(), "from systemd");
}

TEST(ReadPassword, SaysWhereItLookedInVain) {
    const TempDir directory;
    const ScopedEnvironment none{"COUNTERSIGN_TEST_PASSWORD", nullptr};
    const struct {
        const char* name;
        certs::PasswordSource source;
        const char* credentials;
        std::string says;
    } kSources[] = {
        {"file", PasswordFile{"absent"}, nullptr, "absent cannot be read: No such file"},
        {"variable", PasswordEnvironment{"COUNTERSIGN_TEST_PASSWORD"}, nullptr,
         "the environment variable COUNTERSIGN_TEST_PASSWORD is not set for this process. Check"},
        {"outside systemd", PasswordCredential{"acme"}, nullptr,
         "CREDENTIALS_DIRECTORY is not set"},
        {"no credential", PasswordCredential{"acme"}, directory.path().c_str(),
         "Compare its name with LoadCredential="},
        {"a path", PasswordCredential{"../acme"}, directory.path().c_str(), "plain file name"},
        {"parent", PasswordCredential{".."}, directory.path().c_str(), "plain file name"},
        {"nameless", PasswordCredential{""}, directory.path().c_str(), "plain file name"},
    };
    for (const auto& [name, source, credentials, says] : kSources) {
        const ScopedEnvironment set{"CREDENTIALS_DIRECTORY", credentials};

        const LoadResult<Secret> read = read_password(source);

        ASSERT_FALSE(read) << name;
        EXPECT_EQ(read.error().code, LoadErrorCode::unreadable) << name;
        EXPECT_NE(read.error().message().find(says), std::string::npos) << read.error().message();
    }
}

TEST(ReadOptionalPassword, GivesNoneWhereThereIsNoSource) {
    const auto none = certs::read_optional_password(std::nullopt);
    ASSERT_TRUE(none);
    EXPECT_FALSE(*none);

    const auto literal = certs::read_optional_password(certs::PasswordSource{Secret{"changeit"}});
    ASSERT_TRUE(literal && *literal);
    EXPECT_EQ((*literal)->reveal(), "changeit");

    EXPECT_FALSE(certs::read_optional_password(certs::PasswordSource{PasswordFile{"/nowhere"}}));
}

}  // namespace
}  // namespace countersign::tests
