#include "certs/crl_set.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "certs/certificate.hpp"
#include "certs/text/base64.hpp"
#include "tests/support/revocation_list.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::Crl;
using certs::CrlSet;
using certs::LoadResult;

/// An authority with one certificate, and another authority.
class CrlSetTest : public testing::Test {
protected:
    CrlSet load(const std::string& content) const {
        return CrlSet::load({directory_.write("some.crl", content)}).value();
    }
    Crl one(const CrlSpec& spec) const {
        CrlSet set = load(crl_der(root_, spec));
        return std::move(const_cast<Crl&>(set.lists().front()));
    }

    const TempDir directory_;
    const Ca root_ = Ca::root("Root");
    const Ca other_ = Ca::root("Other");
    const Issued server_ = root_.issue({.common_name = "server", .server_auth = true});
    X509* const leaf_ = server_.certificate.get();
};

TEST_F(CrlSetTest, HasTheListsOfAllFilesInEitherForm) {
    const auto pem =
        directory_.write("two.pem", "made by hand\n" + crl_pem(root_, {}) + crl_pem(other_, {}));
    const auto der = directory_.write("one.crl", crl_der(root_, {.revoked = {leaf_}}));

    const LoadResult<CrlSet> set = CrlSet::load({pem, der});

    ASSERT_TRUE(set) << set.error().message();
    ASSERT_EQ(set->lists().size(), 3U);
    EXPECT_EQ(set->lists()[1].describe(), "the CRL " + pem.string() + " of 'CN=Other'");
    EXPECT_EQ(set->lists()[2].where, der.string());
    EXPECT_FALSE(revocation_in(set->lists()[0], leaf_));
    EXPECT_TRUE(revocation_in(set->lists()[2], leaf_));
    EXPECT_EQ(set->lists_for(leaf_).size(), 2U);
}

TEST_F(CrlSetTest, SaysSinceWhenACertificateIsRevokedAndWhy) {
    const struct {
        int number;
        const char* text;
    } kReasons[] = {
        {CRL_REASON_NONE, ""},
        {CRL_REASON_UNSPECIFIED, ""},
        {CRL_REASON_KEY_COMPROMISE, "key compromise"},
        {CRL_REASON_CA_COMPROMISE, "authority compromised"},
        {CRL_REASON_AFFILIATION_CHANGED, "affiliation changed"},
        {CRL_REASON_SUPERSEDED, "superseded"},
        {CRL_REASON_CESSATION_OF_OPERATION, "out of operation"},
        {CRL_REASON_CERTIFICATE_HOLD, "on hold"},
        {CRL_REASON_PRIVILEGE_WITHDRAWN, "privilege withdrawn"},
    };
    for (const auto& [number, text] : kReasons) {
        const Crl crl = one({.revoked = {leaf_}, .reason = number});
        const auto revocation = revocation_in(crl, leaf_);
        ASSERT_TRUE(revocation) << text;
        EXPECT_EQ(revocation->reason, text);
        EXPECT_LT(revocation->since, crl.this_update);
    }
    // On hold, and not any more.
    EXPECT_FALSE(
        revocation_in(one({.revoked = {leaf_}, .reason = CRL_REASON_REMOVE_FROM_CRL}), leaf_)
    );
}

TEST_F(CrlSetTest, KnowsWhoSignedAList) {
    const Crl crl = one({});
    const Ca namesake = Ca::root("Root");
    const Issued no_signer =
        root_.issue({.common_name = "Root", .ca = true, .key_usage = "keyCertSign"}, root_.key());

    EXPECT_TRUE(is_signed_by(crl, const_cast<X509*>(root_.certificate())));
    EXPECT_FALSE(is_signed_by(crl, const_cast<X509*>(other_.certificate())));
    EXPECT_FALSE(is_signed_by(crl, const_cast<X509*>(namesake.certificate())));
    EXPECT_FALSE(is_signed_by(crl, no_signer.certificate.get()));
}

TEST_F(CrlSetTest, KnowsWhatAListIsAbout) {
    const Issued authority = root_.issue({.common_name = "Issuing", .ca = true});
    const Issued placed =
        root_.issue({.common_name = "placed", .server_auth = true, .crl_point = "http://a/1.crl"});
    const struct {
        const char* scope;
        bool leaf;
        bool authority;
        bool placed;
    } kScopes[] = {
        {"", true, true, true},
        {"onlyuser:TRUE", true, false, true},
        {"onlyCA:TRUE", false, true, false},
        {"onlyAA:TRUE", false, false, false},
        {"onlysomereasons:keyCompromise", false, false, false},
        {"fullname:URI:http://a/1.crl", false, false, true},
        {"fullname:URI:http://a/2.crl", false, false, false},
    };
    for (const auto& row : kScopes) {
        const Crl crl = one({.scope = row.scope});
        EXPECT_EQ(covers(crl, leaf_), row.leaf) << row.scope;
        EXPECT_EQ(covers(crl, authority.certificate.get()), row.authority) << row.scope;
        EXPECT_EQ(covers(crl, placed.certificate.get()), row.placed) << row.scope;
    }
}

TEST_F(CrlSetTest, KnowsWhenAListHolds) {
    const auto now = std::chrono::system_clock::now();
    using std::chrono::hours;
    EXPECT_EQ(one({}).standing(now), Crl::Standing::current);
    EXPECT_EQ(one({}).standing(now + hours{25}), Crl::Standing::ended);
    EXPECT_EQ(one({.this_update = hours{1}}).standing(now), Crl::Standing::not_yet);
    const Crl endless = one({.says_an_end = false});
    EXPECT_FALSE(endless.says_an_end);
    EXPECT_EQ(endless.standing(now), Crl::Standing::ended);
}

TEST_F(CrlSetTest, IsTheSameByContent) {
    const std::string content = crl_pem(root_, {});

    EXPECT_TRUE(load(content).has_content_of(load("again\n" + content)));
    EXPECT_FALSE(load(content).has_content_of(load(crl_pem(root_, {.revoked = {leaf_}}))));
    EXPECT_FALSE(load(content).has_content_of(load(content + crl_pem(other_, {}))));
}

TEST_F(CrlSetTest, RefusesWhatIsNoWholeList) {
    const std::string pem = crl_pem(root_, {});
    const std::string der = crl_der(root_, {});
    const std::string file = (directory_ / "some.crl").string();
    const std::string none = file + " holds no certificate revocation list (CRL): ";
    const std::string name =
        ". Name the files that the servers' authorities publish their lists in, PEM or DER.";
    const std::string whole = ". Name the authority's complete list.";
    const struct {
        std::string content;
        std::string message;
    } kFiles[] = {
        {"", none + "the file is empty" + name},
        {"no list", none + "it is neither PEM nor a list in DER" + name},
        {"<html>Not found</html>",
         file +
             " seems to be a web page (HTML), since it begins with '<'. Download the file again; "
             "where the site asks for a sign-in, sign in first."},
        {certs::encode_base64(der),
         file +
             " is base64 of DER, without the BEGIN and END lines of PEM. Decode it: `base64 -di " +
             file + " > decoded.der`."},
        {server_.pkcs12("changeit", "server"), none + "it is a key store" + name},
        {der.substr(0, der.size() - 1),
         file +
             " is damaged: its end is missing. Get a new copy, transferred as binary and in full."},
        {root_.certificate_der(), none + "it is a certificate" + name},
        {root_.certificate_pem(), none + "it is PEM with 1 certificate" + name},
        {crl_der(root_, {.delta = true}),
         file +
             " is of a kind that is not supported: it is a delta CRL, which has only what has "
             "changed since another one" +
             whole},
        {crl_pem(root_, {.unknown_critical = true}),
         file +
             " is of a kind that is not supported: it has a critical extension that is not "
             "known here" +
             whole},
        {der + "x", file + " is damaged: behind the CRL in DER stands something else. Get a new "
                           "copy, transferred as binary and in full."},
        {pem.substr(0, pem.find("-----END")),
         file + " is incomplete: its first block has no line -----END X509 CRL-----. Get a new "
                "copy, from the first BEGIN line to the last END line."},
    };
    for (const auto& [content, message] : kFiles) {
        const LoadResult<CrlSet> set = CrlSet::load({directory_.write("some.crl", content)});
        ASSERT_FALSE(set) << message;
        EXPECT_EQ(set.error().message(), message);
    }
}

TEST_F(CrlSetTest, HasNoMoreListsThanItsBound) {
    const std::string pem = crl_pem(root_, {});
    std::string many;
    for (std::size_t i = 0; i <= CrlSet::kMostLists; ++i) many += pem;

    const LoadResult<CrlSet> set = CrlSet::load({directory_.write("some.crl", many)});

    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, certs::LoadErrorCode::too_much) << set.error().message();
}

}  // namespace
}  // namespace countersign::tests
