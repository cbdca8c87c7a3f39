#include "proxy/tls/revocation.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/revocation_list.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::tls {
namespace {

using profiles::RevocationRule;
using std::chrono::hours;
using tests::CrlSpec;

/// A server's chain of three, and what lists say of it.
class AskLists : public testing::Test {
protected:
    using Lists = std::vector<std::string>;

    AskLists() {
        sk_X509_push(chain_.get(), leaf());
        sk_X509_push(chain_.get(), const_cast<X509*>(issuing_.certificate()));
        sk_X509_push(chain_.get(), const_cast<X509*>(root_.certificate()));
    }

    X509* leaf() const { return server_.certificate.get(); }
    std::string of_issuing(const CrlSpec& spec) const { return crl_pem(issuing_, spec); }
    std::string of_root(const CrlSpec& spec) const { return crl_pem(root_, spec); }

    RevocationVerdict ask(RevocationRule rule, const Lists& lists) {
        std::string text;
        for (const std::string& one : lists) text += one;
        ProvenLists proven;
        if (lists.empty()) return ask_lists(chain_.get(), nullptr, rule, proven, now_);
        const auto set = certs::CrlSet::load({directory_.write("lists.pem", text)}).value();
        return ask_lists(chain_.get(), &set, rule, proven, now_);
    }
    /// What both rules say, as a number of OpenSSL: 0 is accepted.
    void expect(const char* what, const Lists& lists, int soft, int hard) {
        EXPECT_EQ(ask(RevocationRule::soft, lists).error, soft) << what;
        EXPECT_EQ(ask(RevocationRule::hard, lists).error, hard) << what;
    }

    static void free_stack(STACK_OF(X509) * stack) { sk_X509_free(stack); }

    const tests::TempDir directory_;
    const std::chrono::system_clock::time_point now_ = std::chrono::system_clock::now();
    const tests::Ca root_ = tests::Ca::root("Root");
    const tests::Ca issuing_ = root_.intermediate("Issuing");
    const tests::Issued server_ = issuing_.issue(
        {.common_name = "server", .server_auth = true, .crl_point = "http://a.example/1.crl"}
    );
    const certs::OpensslHandle<STACK_OF(X509), free_stack> chain_{sk_X509_new_null()};
};

TEST_F(AskLists, RefusesWhatIsRevokedByEitherRule) {
    constexpr int kRevoked = X509_V_ERR_CERT_REVOKED;
    const CrlSpec has_leaf{.revoked = {leaf()}};
    CrlSpec old_one = has_leaf;
    old_one.next_update = -hours{1};
    old_one.this_update = -hours{9};

    expect("the server's", {of_root({}), of_issuing(has_leaf)}, kRevoked, kRevoked);
    expect(
        "its authority's", {of_root({.revoked = {issuing_.certificate()}}), of_issuing({})},
        kRevoked, kRevoked
    );
    expect("by an old list", {of_root({}), of_issuing(old_one)}, kRevoked, kRevoked);
    // It says who is on hold no more.
    expect("a later list has it not", {of_root({}), of_issuing(old_one), of_issuing({})}, 0, 0);
    // Of a part of the certificates to which it does not belong: it has it all the same.
    CrlSpec other_part = has_leaf;
    other_part.scope = "fullname:URI:http://a.example/2.crl";
    expect("by another part", {of_root({}), of_issuing(other_part)}, kRevoked, kRevoked);
}

TEST_F(AskLists, AcceptsWhatIsNotKnownBySoftAlone) {
    const tests::Ca namesake = tests::Ca::root("Issuing");

    expect("no lists at all", {}, 0, X509_V_ERR_UNABLE_TO_GET_CRL);
    expect("all are asked", {of_root({}), of_issuing({})}, 0, 0);
    expect("no list of one", {of_root({})}, 0, X509_V_ERR_UNABLE_TO_GET_CRL);
    expect("no list of the other", {of_issuing({})}, 0, X509_V_ERR_UNABLE_TO_GET_CRL);
    expect(
        "a part to which it does not belong",
        {of_root({}), of_issuing({.scope = "fullname:URI:http://a.example/2.crl"})}, 0,
        X509_V_ERR_UNABLE_TO_GET_CRL
    );
    expect(
        "its part", {of_root({}), of_issuing({.scope = "fullname:URI:http://a.example/1.crl"})}, 0,
        0
    );
    expect(
        "an old list",
        {of_root({}), of_issuing({.this_update = -hours{9}, .next_update = -hours{1}})}, 0,
        X509_V_ERR_CRL_HAS_EXPIRED
    );
    expect(
        "a list without end", {of_root({}), of_issuing({.says_an_end = false})}, 0,
        X509_V_ERR_CRL_HAS_EXPIRED
    );
    expect(
        "a list of tomorrow", {of_root({}), of_issuing({.this_update = hours{1}})}, 0,
        X509_V_ERR_CRL_NOT_YET_VALID
    );
    expect(
        "a namesake's list", {of_root({}), crl_pem(namesake, {.revoked = {leaf()}})}, 0,
        X509_V_ERR_CRL_SIGNATURE_FAILURE
    );
}

// Of the server's own certificate an OCSP answer may still say it, of those above it nothing does.
TEST_F(AskLists, LeavesOpenWhatIsNotKnownOfTheServersOwnAlone) {
    EXPECT_TRUE(ask(RevocationRule::hard, {of_root({})}).is_open());
    EXPECT_FALSE(ask(RevocationRule::hard, {of_issuing({})}).is_open());
    EXPECT_FALSE(ask(RevocationRule::hard, {}).is_open());
    EXPECT_FALSE(ask(RevocationRule::soft, {of_issuing({.revoked = {leaf()}})}).is_open());
    EXPECT_EQ(
        ask(RevocationRule::hard, {of_root({.revoked = {issuing_.certificate()}})}).error,
        X509_V_ERR_CERT_REVOKED
    ) << "graver than that nothing is known of the other";
}

TEST_F(AskLists, KnowsHowLongWhatItKnowsStands) {
    const Lists lists{of_root({.next_update = hours{5}}), of_issuing({.next_update = hours{3}})};

    const RevocationVerdict hard = ask(RevocationRule::hard, lists);
    const RevocationVerdict soft = ask(RevocationRule::soft, lists);

    EXPECT_LE(hard.known_until, now_ + hours{3} + std::chrono::minutes{1});
    EXPECT_GT(hard.known_until, now_ + hours{2});
    EXPECT_EQ(soft.known_until, RevocationVerdict::Time::max());
}

TEST_F(AskLists, SaysWhichCertificateAndWhoSaysSo) {
    const RevocationVerdict revoked =
        ask(RevocationRule::soft,
            {of_root({.revoked = {issuing_.certificate()}, .reason = CRL_REASON_CA_COMPROMISE})});
    EXPECT_EQ(revoked.depth, 1);
    EXPECT_EQ(
        revoked.objection.source, "the CRL " + (directory_ / "lists.pem").string() + " of 'CN=Root'"
    );
    EXPECT_TRUE(revoked.objection.since.ends_with(" UTC")) << revoked.objection.since;
    EXPECT_EQ(revoked.objection.reason, "authority compromised");

    const RevocationVerdict unknown = ask(RevocationRule::hard, {of_root({})});
    EXPECT_EQ(unknown.depth, 0);
    EXPECT_EQ(unknown.objection.source, "");
    EXPECT_EQ(unknown.objection.published_at, Lists{"http://a.example/1.crl"});
}

TEST_F(AskLists, RemembersWhoseSignatureWasProvenAndOfWhom) {
    const certs::CrlSet set =
        certs::CrlSet::load({directory_.write("lists.pem", of_issuing({}))}).value();
    const tests::Ca namesake = tests::Ca::root("Issuing");
    auto* const signer = const_cast<X509*>(issuing_.certificate());
    ProvenLists proven;

    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(proven.proves(set.lists().front(), signer));
        EXPECT_FALSE(proven.proves(set.lists().front(), const_cast<X509*>(namesake.certificate())));
    }
}

}  // namespace
}  // namespace countersign::proxy::tls
