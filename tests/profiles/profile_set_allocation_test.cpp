#include <gtest/gtest.h>

#include "profiles/profile_set.hpp"
#include "tests/profiles/allocation_count.hpp"

namespace countersign::profiles {
namespace {

TEST(ProfileSet, DoesNotAllocateToFind) {
    Profile partner;
    partner.name = "partner-of-a-name-that-fits-no-small-buffer";
    partner.hosts = {HostPattern::parse("*.a-domain-that-fits-no-small-buffer.example").value()};
    partner.clients = {Network::parse("2001:db8::/32").value(), NamedClientPattern{"billing"}};
    partner.paths = {PathPrefix::parse("/a-path-that-fits-no-small-buffer/orders").value()};
    partner.methods = {"A-METHOD-THAT-FITS-NO-SMALL-BUFFER"};
    partner.listeners = {"a-listener-that-fits-no-small-buffer"};
    const auto set = ProfileSet::from({partner});
    ASSERT_TRUE(set.has_value());
    Request request;
    request.host = "v2.api.a-domain-that-fits-no-small-buffer.example";
    request.path = "/a-path-that-fits-no-small-buff%65r/orders/7?page=2";
    request.method = "A-METHOD-THAT-FITS-NO-SMALL-BUFFER";
    request.caller.address = IpAddress::parse("2001:db8:1234:5678:9abc:def0:1234:5678");
    request.caller.listener = "a-listener-that-fits-no-small-buffer";
    auto elsewhere = request;
    elsewhere.host = "v2.api.another-domain-that-fits-no-small-buffer.example";
    const auto before = allocation_count();

    const auto found = set->find(request);
    const auto missed = set->find(elsewhere);
    const auto named = set->find_named("partner-of-a-name-that-fits-no-small-buffer", request);

    EXPECT_EQ(allocation_count(), before);
    EXPECT_TRUE(found.found() && named.found());
    EXPECT_FALSE(missed.found());
}

}  // namespace
}  // namespace countersign::profiles
