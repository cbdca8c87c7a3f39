#include "proxy/server/descriptor_limit.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "proxy/net/descriptor_budget.hpp"

namespace countersign::proxy::server {
namespace {

profiles::Configuration with_clients(std::uint32_t clients) {
    profiles::Configuration configuration;
    configuration.workers = 2;
    configuration.limits.client_connections = clients;
    return configuration;
}

TEST(DescriptorsNeeded, AreTwoForEachClientBelowTheReserve) {
    for (const std::uint32_t clients : {1U, 100U, 10'000U, 1'000'000U}) {
        const std::uint64_t needed = descriptors_needed(with_clients(clients));

        EXPECT_GE(needed - net::DescriptorBudget::reserve(needed), 2 * clients) << clients;
        EXPECT_LE(needed, 2 * clients + clients / 2 + 600) << clients;
    }
}

TEST(DescriptorShortage, IsToldWithBothNumbersWhereTheLimitIsTooLow) {
    const profiles::Configuration configuration = with_clients(10'000);
    const std::uint64_t needed = descriptors_needed(configuration);

    EXPECT_EQ(descriptor_shortage(configuration, needed), "");
    const std::string text = descriptor_shortage(configuration, needed - 1);
    EXPECT_NE(text.find(std::to_string(needed)), std::string::npos) << text;
    EXPECT_NE(text.find(std::to_string(needed - 1)), std::string::npos) << text;
    EXPECT_NE(text.find("LimitNOFILE="), std::string::npos) << text;
}

TEST(RaisedDescriptorLimit, IsTheHardOne) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit low = before;
    low.rlim_cur = 256;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);

    EXPECT_EQ(raise_descriptor_limit(), possible_descriptor_limit());

    rlimit after{};
    ::getrlimit(RLIMIT_NOFILE, &after);
    EXPECT_EQ(after.rlim_cur, before.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace countersign::proxy::server
