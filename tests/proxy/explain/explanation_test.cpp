#include "proxy/explain/explanation.hpp"

#include <gtest/gtest.h>

#include <string>

#include "profiles/yaml_reader.hpp"
#include "tests/proxy/partner.hpp"

namespace countersign::proxy::explain {
namespace {

constexpr std::string_view kConfiguration =
    "listeners: [{ name: apps, address: 127.0.0.1:3128 }]\n"
    "unmatched: tls\n"
    "profiles:\n"
    "  - { name: away, hosts: [a.example], connect_to: \"metadata.test:443\" }\n"
    "  - { name: open, hosts: [inner.test], connect_method: tunnel }\n";

/// What is said about a name that no server is asked about.
class ExplainNames : public testing::Test {
protected:
    Explanation of(const std::string& url, const std::string& method = "GET") const {
        ImaginedRequest asked;
        asked.url = url;
        asked.method = method;
        return explain(generation_, asked, hosts_, std::chrono::system_clock::now());
    }

    const upstream::dns::HostsTable hosts_ = upstream::dns::parse_hosts(
        "169.254.169.254 metadata.test\n"
        "127.0.0.1 self.test\n"
        "169.254.1.1 mixed.test\n192.0.2.1 mixed.test\n2001:db8::1 mixed.test\n"
        "10.0.0.7 inner.test\n"
    );
    const std::shared_ptr<const generation::Generation> generation_ =
        generation_of(*profiles::read_configuration_text(kConfiguration, "c.yaml"));
};

TEST_F(ExplainNames, AreRefusedWhereNoneOfTheirAddressesMayBeDialled) {
    const std::string deny =
        "address 169.254.169.254 lies in 169.254.0.0/16, which addresses.deny "
        "forbids.";

    EXPECT_EQ(
        of("http://metadata.test/").refusal,
        "403 Forbidden: metadata.test:443 may not be dialled: " + deny
    );
    EXPECT_EQ(
        of("http://a.example/").refusal,
        "403 Forbidden: a.example:443 (connect_to metadata.test:443) may not be dialled: " + deny
    );
    EXPECT_EQ(
        of("http://self.test:3128/").refusal,
        "403 Forbidden: self.test:3128 may not be dialled: address 127.0.0.1 with port 3128 is one "
        "of the proxy's own listeners."
    );
}

TEST_F(ExplainNames, OfTunnelsLeadToPublicAddressesOnly) {
    const Explanation tunnel = of("inner.test:443", "CONNECT");

    EXPECT_TRUE(tunnel.refusal.starts_with("403 Forbidden: inner.test:443 may not be dialled"));
    EXPECT_EQ(tunnel.profile, "open");
    EXPECT_EQ(of("http://inner.test/").refusal, "");
}

TEST_F(ExplainNames, AreDialledAtTheAddressesThatAreLeftInTheirOrder) {
    const Explanation mixed = of("http://mixed.test/");

    EXPECT_EQ(mixed.refusal, "");
    EXPECT_EQ(
        mixed.addresses,
        "2001:db8::1, 192.0.2.1; forbidden: address 169.254.1.1 lies in 169.254.0.0/16, which "
        "addresses.deny forbids"
    );
}

TEST_F(ExplainNames, OfWhichTheHostsFileHasNoneAreNotLookedUp) {
    EXPECT_EQ(of("http://b.example/").addresses, "not looked up: only DNS may know the name");
    EXPECT_EQ(of("http://localhost/").addresses, "::1, 127.0.0.1");
    EXPECT_EQ(of("http://192.0.2.1/").addresses, "");
}

TEST(Explain, SaysWhatAnswersMayHaveByTheRouteThatServes) {
    const auto generation = generation_of(*profiles::read_configuration_text(
        "unmatched: tls\n"
        "profiles:\n"
        "  - { name: careless, hosts: [a.example], response_leniency: [chunk_blanks, bare_lf] }\n"
        "  - { name: strict, hosts: [b.example] }\n",
        "c.yaml"
    ));
    const auto leniency_of = [&](const std::string& host) {
        ImaginedRequest asked;
        asked.url = "http://" + host + "/";
        return explain(generation, asked, {}, std::chrono::system_clock::now()).leniency;
    };

    EXPECT_EQ(leniency_of("a.example"), "bare_lf, chunk_blanks");
    EXPECT_EQ(leniency_of("b.example"), "");
    EXPECT_EQ(leniency_of("c.example"), "");
}

}  // namespace
}  // namespace countersign::proxy::explain
