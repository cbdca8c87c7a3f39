#include <gtest/gtest.h>

#include "tests/proxy/tls/path_building_rows.hpp"
#include "tests/proxy/tls/path_world.hpp"

namespace countersign::proxy::tls {
namespace {

/// One path, and whether each certificate in it may be what it is there. What README.md says of the
/// strict checks of OpenSSL that are not made stands here: the rows that accept.
const PathRow kRuleRows[] = {
    // An authority below the trusted one.
    {"AuthorityWithoutBasicConstraints", "S<I I<R:no_bc", "R<R", "invalid CA certificate: CN=I"},
    {"AuthorityOfVersionOne", "S<I:noid I<R:v1", "R<R", "invalid CA certificate: CN=I"},
    {"AuthorityThatIsNone", "S<I I<R:not_ca", "R<R", "invalid CA certificate: CN=I"},
    {"AuthorityThatMayNotSign", "S<I I<R:no_sign", "R<R",
     "key usage does not include certificate signing: CN=I"},
    {"AuthorityWithoutKeyUsage", "S<I I<R:no_ku", "R<R", "S<I I<R:no_ku R<R"},
    {"AuthorityWithUncriticalConstraints", "S<I I<R:plain_bc", "R<R", "S<I I<R:plain_bc R<R"},
    {"AuthorityWithoutIdentifiers", "S<I:noid I<R:noid", "R<R", "S<I:noid I<R:noid R<R"},
    {"AuthorityForMail", "S<I I<R:email", "R<R", "unsuitable certificate purpose: CN=I"},
    {"AuthorityForClients", "S<I I<R:client", "R<R", "unsuitable certificate purpose: CN=I"},
    {"AuthorityForAnything", "S<I I<R:any", "R<R", "unsuitable certificate purpose: CN=I"},
    {"AuthorityForServers", "S<I I<R:server", "R<R", "S<I I<R:server R<R"},
    {"AuthorityWithAnUnknownExtension", "S<I I<R:unknown", "R<R", "S<I I<R:unknown R<R"},
    {"AuthorityWithAnUnknownCriticalExtension", "S<I I<R:critical", "R<R",
     "unhandled critical extension: CN=I"},
    {"AuthorityWithTwoBasicConstraints", "S<I I<R:two_bc", "R<R",
     "invalid or inconsistent certificate extension: CN=I"},
    {"AuthorityBySha1", "S<I I<R:sha1", "R<R", "CA signature digest algorithm too weak: CN=I"},
    {"AuthorityByMd5", "S<I I<rR:md5", "rR<rR", "CA signature digest algorithm too weak: CN=I"},
    {"AuthorityWithAWeakKey", "S<wI wI<R", "R<R", "CA certificate key too weak: CN=wI"},
    {"AuthorityBelowTooShortAPath", "S<J J<I I<R:path0", "R<R",
     "path length constraint exceeded: CN=I"},
    {"AuthorityExpired", "S<I I<R:expired", "R<R", "certificate has expired: CN=I"},
    {"AuthorityNotYetValid", "S<I I<R:future", "R<R", "certificate is not yet valid: CN=I"},
    {"AuthorityForOtherNames", "S<I I<R:bad_nc", "R<R", "permitted subtree violation: CN=S"},
    // The trusted one: the operator has chosen it, and what it says of itself counts all the same.
    {"RootWithoutBasicConstraints", "S<R", "R<R:no_bc", "S<R R<R:no_bc"},
    {"RootOfVersionOne", "S<R:noid", "R<R:v1", "S<R:noid R<R:v1"},
    {"RootThatIsNone", "S<R", "R<R:not_ca", "invalid CA certificate: CN=R"},
    {"RootThatMayNotSign", "S<R", "R<R:no_sign",
     "key usage does not include certificate signing: CN=R"},
    {"RootForMail", "S<R", "R<R:email", "unsuitable certificate purpose: CN=R"},
    {"RootForServers", "S<R", "R<R:server", "S<R R<R:server"},
    {"RootWithAnUnknownCriticalExtension", "S<R", "R<R:critical",
     "unhandled critical extension: CN=R"},
    {"RootBySha1", "S<R", "R<R:sha1", "S<R R<R:sha1"},
    {"RootByMd5", "S<rR", "rR<rR:md5", "S<rR rR<rR:md5"},
    {"RootWithAWeakKey", "S<wR", "wR<wR", "CA certificate key too weak: CN=wR"},
    {"RootWithoutKeyUsage", "S<R", "R<R:no_ku", "S<R R<R:no_ku"},
    {"RootWithoutIdentifiers", "S<R:noid", "R<R:noid", "S<R:noid R<R:noid"},
    {"RootWithUncriticalConstraints", "S<R", "R<R:plain_bc", "S<R R<R:plain_bc"},
    {"RootNotYetValid", "S<R", "R<R:future", "certificate is not yet valid: CN=R"},
    {"RootExpired", "S<R", "R<R:expired", "certificate has expired: CN=R"},
    {"RootForOtherNames", "S<R", "R<R:bad_nc", "permitted subtree violation: CN=S"},
    {"RootWithTooShortAPath", "S<I I<R", "R<R:path0", "path length constraint exceeded: CN=R"},
    // Nobody asks the root above a trusted one.
    {"TrustedIntermediateUnderAnExpiredRoot", "S<I I<R", "I<R R<R:expired", "S<I I<R"},
    {"TrustedIntermediateUnderARootForOtherNames", "S<I I<R", "I<R R<R:bad_nc", "S<I I<R"},
    {"TrustedIntermediateWithoutBasicConstraints", "S<I", "I<R:no_bc", "S<I I<R:no_bc"},
    {"TrustedIntermediateOfVersionOne", "S<I:noid", "I<R:v1", "invalid CA certificate: CN=I"},
    {"TrustedIntermediateBySha1", "S<I", "I<R:sha1", "S<I I<R:sha1"},
    // The server's own.
    {"ServerWithoutKeyUsage", "S<R:no_ku", "R<R", "S<R:no_ku R<R"},
    {"ServerWithoutExtendedKeyUsage", "S<R:no_eku", "R<R", "S<R:no_eku R<R"},
    {"ServerWithoutBasicConstraints", "S<R:no_bc", "R<R", "S<R:no_bc R<R"},
    {"ServerWithoutIdentifiers", "S<R:noid", "R<R", "S<R:noid R<R"},
    {"ServerForAnything", "S<R:any", "R<R", "unsuitable certificate purpose: CN=S"},
    {"ServerForClients", "S<R:client", "R<R", "unsuitable certificate purpose: CN=S"},
    {"ServerThatMaySign", "S<R:signs", "R<R", "S<R:signs R<R"},
    {"ServerExpired", "S<R:expired", "R<R", "certificate has expired: CN=S"},
    {"ServerNotYetValid", "S<R:future", "R<R", "certificate is not yet valid: CN=S"},
    {"PinnedServerExpired", "S<R:expired", "S<R:expired", "certificate has expired: CN=S"},
    {"ServerWithAnUnknownExtension", "S<R:unknown", "R<R", "S<R:unknown R<R"},
    {"ServerWithAnUnknownCriticalExtension", "S<R:critical", "R<R",
     "unhandled critical extension: CN=S"},
    {"RootWithTwoBasicConstraints", "S<R", "R<R:two_bc",
     "invalid or inconsistent certificate extension: CN=R"},
    {"ServerWithNamesTwice", "S<R:two_san", "R<R",
     "invalid or inconsistent certificate extension: CN=S"},
    {"ServerOfVersionOne", "S<R:v1", "R<R", "hostname mismatch: CN=S"},
    {"ServerBySha1", "S<R:sha1", "R<R", "CA signature digest algorithm too weak: CN=S"},
    {"PinnedServerBySha1", "S<R:sha1", "S<R:sha1", "S<R:sha1"},
};

class PathRule : public testing::TestWithParam<PathRow> {};

TEST_P(PathRule, Holds) {
    static PathWorld world;
    const PathRow& row = GetParam();

    EXPECT_EQ(world.verdict(row.sent, row.trusted), row.verdict);
}

INSTANTIATE_TEST_SUITE_P(Rows, PathRule, testing::ValuesIn(kRuleRows), [](const auto& row) {
    return row.param.name;
});

profiles::TlsRules accepting(std::initializer_list<profiles::Danger> dangers) {
    profiles::TlsRules rules;
    for (const profiles::Danger danger : dangers) rules.dangers.add(danger);
    return rules;
}

// The switches are asked of each path, not of the first.
TEST(PathBySwitch, IsAcceptedWithTheWeaknessThatTheProfileAccepts) {
    PathWorld world;
    const auto sha1 = accepting({profiles::Danger::sha1});
    const auto weak = accepting({profiles::Danger::weak_keys});
    const std::string md5 = "CA signature digest algorithm too weak: CN=I";

    EXPECT_EQ(world.verdict("S<I I<R:sha1", "R<R", sha1), "S<I I<R:sha1 R<R");
    EXPECT_EQ(world.verdict("S<I I<rQ:md5 I<R:sha1", "rQ<rQ R<R", sha1), "S<I I<R:sha1 R<R");
    EXPECT_EQ(world.verdict("S<I I<rR:md5", "rR<rR", sha1), md5);
    EXPECT_EQ(world.verdict("S<wI wI<Q:sha1 wI<R", "Q<Q R<R", weak), "S<wI wI<R R<R");
    EXPECT_EQ(world.verdict("S<I I<R:no_bc", "R<R", sha1), "invalid CA certificate: CN=I");
}

TEST(PathWithPins, IsTheOneThatHasThePinnedKey) {
    PathWorld world;
    profiles::TlsRules rules;
    rules.pins = {world.pin_of("R<R")};

    EXPECT_EQ(world.verdict("S<I I<Q I<R", "Q<Q R<R", rules), "S<I I<R R<R");
    EXPECT_EQ(world.verdict("S<I I<R", "I<R R<R", rules), "S<I I<R R<R") << "the first is trusted";
    EXPECT_EQ(world.verdict("S<I I<Q", "Q<Q", rules), "application verification failure: CN=S");
}

TEST(PathToAName, IsNotSearchedForByAnotherName) {
    PathWorld world;
    profiles::TlsRules rules;
    rules.verify_names = {{profiles::VerifyName::Kind::dns, "other.example"}};

    EXPECT_EQ(world.verdict("S<I I<Q I<R", "Q<Q R<R", rules), "hostname mismatch: CN=S");
    rules.verify_names = {{profiles::VerifyName::Kind::dns, "localhost"}};
    EXPECT_EQ(world.verdict("S<I I<Q:bad_nc I<R", "Q<Q R<R", rules), "S<I I<R R<R");
}

}  // namespace
}  // namespace countersign::proxy::tls
