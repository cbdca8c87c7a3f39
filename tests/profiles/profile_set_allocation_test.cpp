#include <gtest/gtest.h>

#include "profiles/profile_set.hpp"
#include "tests/profiles/allocation_count.hpp"

namespace countersign::profiles {
namespace {

TEST(ProfileSet, DoesNotAllocateToFind) {
    Profile partner;
    partner.name = "partner-of-a-name-that-fits-no-small-buffer";
    partner.hosts = {HostPattern::parse("*.a-domain-that-fits-no-small-buffer.example").value()};
    const auto set = ProfileSet::from({partner});
    ASSERT_TRUE(set.has_value());
    const auto before = allocation_count();

    const auto found = set->find("v2.api.a-domain-that-fits-no-small-buffer.example", 443);
    const auto missed = set->find("v2.api.another-domain-that-fits-no-small-buffer.example", 443);
    const auto named = set->find_scheme(
        "partner-of-a-name-that-fits-no-small-buffer",
        "api.a-domain-that-fits-no-small-buffer.example", 443
    );

    EXPECT_EQ(allocation_count(), before);
    EXPECT_TRUE(found.found() && named.found());
    EXPECT_FALSE(missed.found());
}

}  // namespace
}  // namespace countersign::profiles
