#include "certs/lint/remedies.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

TEST(Remedies, NameAFileAsAShellReadsIt) {
    const certs::Remedies remedies{"my keys.pem", std::nullopt, "", true};

    EXPECT_EQ(
        remedies.request(certs::UsageWanted::as_before),
        "Send the authority a request, `countersign keystore request 'my keys.pem' --out "
        "NEW.csr`, and take its reply in: `countersign keystore import 'my keys.pem' REPLY`."
    );
}

/// `lint <(vault read …)`: the next command finds nothing at /dev/fd/63.
TEST(Remedies, NameNoPipeThatIsGoneByThen) {
    const TempDir directory;
    const std::filesystem::path pipe = directory.path() / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const certs::Remedies remedies{pipe, std::nullopt, "", true};

    EXPECT_EQ(
        remedies.request(certs::UsageWanted::as_before),
        "Send the authority a request, `countersign keystore request STORE --out NEW.csr`, and "
        "take its reply in: `countersign keystore import STORE REPLY`."
    );
}

}  // namespace
}  // namespace countersign::tests
