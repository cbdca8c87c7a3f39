#include <gtest/gtest.h>

#include <string>

#include "certs/crl_set.hpp"
#include "certs/file.hpp"
#include "tests/certs/bounds/der_text.hpp"
#include "tests/certs/bounds/memory_count.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

const std::string kTime = der(0x17, "260101000000Z");
constexpr std::size_t kFull = certs::kMaxStoreBytes - 200;

/// The least that OpenSSL takes for a revocation list, with these entries and extensions.
std::string list_of(const std::string& entries, const std::string& extensions = {}) {
    std::string content = kAlgorithm + sequence("") + kTime + kTime + sequence(entries);
    if (!extensions.empty()) content += explicitly(0, sequence(extensions));
    return sequence(sequence(content) + kAlgorithm + der(0x03, std::string(1, '\0')));
}

// As `HostileMemory` is for key stores: a list comes from whoever publishes it.
TEST(ListMemory, IsBoundedByTheSizeOfTheFile) {
    const std::string entry = sequence(kOne + kTime);
    const std::string extension = sequence(kOid + octets(""));
    const std::string full_entry = sequence(kOne + kTime + sequence(repeated(extension, kFull)));
    const TempDir directory;
    for (const std::string& bytes :
         {list_of(repeated(entry, kFull)), list_of(full_entry),
          list_of(entry, repeated(extension, kFull))}) {
        const auto file = directory.write("full.crl", bytes);
        ASSERT_LE(bytes.size(), certs::kMaxStoreBytes);
        ASSERT_GT(bytes.size(), certs::kMaxStoreBytes / 2);

        const PeakMemory peak;
        const auto lists = certs::CrlSet::load({file});

        EXPECT_TRUE(lists) << lists.error().message();
        EXPECT_LE(peak.bytes(), (std::size_t{64} << 20) + 20 * bytes.size());
    }
}

}  // namespace
}  // namespace countersign::tests
