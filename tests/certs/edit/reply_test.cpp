#include "certs/edit/reply.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "certs/certificate.hpp"
#include "certs/edit/certificate_path.hpp"
#include "certs/edit/trusted_alias.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"

namespace countersign::tests {
namespace {

using certs::Completeness;
using certs::KeyStoreEntries;
using certs::match_reply;
using Certificates = std::vector<certs::X509Handle>;

std::string subjects(const Certificates& certificates) {
    std::string text;
    for (const auto& each : certificates) text += certs::subject_of(each.get()) + ";";
    return text;
}

class MatchReply : public testing::Test {
protected:
    Ca root_ = Ca::root("Root");
    Ca issuing_ = root_.intermediate("Issuing");
    Issued client_ = issuing_.issue({.common_name = "client"});
    KeyStoreEntries store_;

    certs::X509Handle leaf() const { return certs::share(client_.certificate.get()); }
    certs::X509Handle above(std::size_t i) const { return certs::share(client_.chain[i].get()); }

    certs::EditResult<certs::Reply> match(
        const Certificates& received, Completeness completeness = Completeness::needed
    ) const {
        return match_reply(
            client_.key.get(), received, store_, completeness, "my.jks, alias mydomain", "reply.crt"
        );
    }
};

TEST_F(MatchReply, BuildsTheChainFromAnyOrder) {
    std::vector<int> order{0, 1, 2};
    do {
        Certificates received;
        for (const int i : order) received.push_back(i == 0 ? leaf() : above(std::size_t(i - 1)));

        const auto reply = match(received);

        ASSERT_TRUE(reply) << reply.error().sentence;
        EXPECT_EQ(subjects(reply->certificates), "CN=client;CN=Issuing;CN=Root;");
        EXPECT_TRUE(reply->notes.empty());
    } while (std::ranges::next_permutation(order).found);
}

TEST_F(MatchReply, TakesIssuersFromTheStoreThatTheReplyLacks) {
    store_.trusted.push_back({"root", above(1)});
    store_.trusted.push_back({"issuing", above(0)});
    Certificates received;
    received.push_back(leaf());

    const auto reply = match(received);

    ASSERT_TRUE(reply) << reply.error().sentence;
    EXPECT_EQ(subjects(reply->certificates), "CN=client;CN=Issuing;CN=Root;");
}

TEST_F(MatchReply, NotesARootThatIsNotThereAndTakesTheRest) {
    Certificates received;
    received.push_back(above(0));
    received.push_back(leaf());

    const auto reply = match(received);

    ASSERT_TRUE(reply) << reply.error().sentence;
    EXPECT_EQ(subjects(reply->certificates), "CN=client;CN=Issuing;");
    ASSERT_EQ(reply->notes.size(), 1u);
    EXPECT_NE(reply->notes[0].find("ends at 'CN=Issuing'"), std::string::npos) << reply->notes[0];
    EXPECT_NE(reply->notes[0].find("'CN=Root'"), std::string::npos) << reply->notes[0];
}

TEST_F(MatchReply, SaysWhichIssuerIsMissing) {
    Certificates received;
    received.push_back(leaf());
    received.push_back(above(1));  // the root, which did not sign it

    const auto refused = match(received);
    const auto taken = match(received, Completeness::not_needed);

    ASSERT_FALSE(refused);
    EXPECT_EQ(
        refused.error().sentence,
        "the issuer of 'CN=client', 'CN=Issuing', is neither in reply.crt nor in the key store. "
        "Get "
        "the certificate of 'CN=Issuing' from the authority, and name its file in this command, "
        "too. To take the reply without it, say --incomplete."
    );
    ASSERT_TRUE(taken);
    EXPECT_EQ(subjects(taken->certificates), "CN=client;");
    EXPECT_EQ(taken->notes.size(), 1u);
}

TEST_F(MatchReply, RefusesAReplyForAnotherKey) {
    const Issued other = issuing_.issue({.common_name = "client"});
    Certificates received;
    received.push_back(certs::share(other.certificate.get()));
    received.push_back(above(0));

    const auto refused = match(received);

    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().sentence.starts_with(
        "no certificate in reply.crt belongs to the private key in my.jks, alias mydomain: it has "
        "'CN=client', 'CN=Issuing'. "
    )) << refused.error().sentence;
}

TEST_F(MatchReply, PrefersTheRenewedCertificate) {
    const Issued renewed = issuing_.issue(
        {.common_name = "renewed", .not_after = std::chrono::hours{48}}, client_.key.get()
    );
    Certificates received;
    received.push_back(leaf());
    received.push_back(certs::share(renewed.certificate.get()));
    received.push_back(above(0));

    EXPECT_EQ(subjects(match(received)->certificates), "CN=renewed;CN=Issuing;");
}

TEST(FindPath, DoesNotTakeAnIssuerByItsNameAlone) {
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    const Issued impostor = Ca::self_signed({.common_name = "Root", .ca = true});

    certs::SignatureChecks checks;
    const auto path =
        certs::find_path(client.certificate.get(), {impostor.certificate.get()}, checks);

    EXPECT_EQ(path.certificates.size(), 1u);
    EXPECT_EQ(path.missing_issuer, "CN=Root");
}

TEST(FindPath, GoesOverACrossSignedAuthorityToTheRootThatIsThere) {
    const Ca old_root = Ca::root("Old Root");
    const Ca new_root = Ca::root("New Root");
    const certs::X509Handle cross = old_root.cross_sign(new_root);
    const Issued client = new_root.issue({.common_name = "client"});
    X509* const new_itself = client.chain[0].get();
    const Issued under_old = old_root.issue({.common_name = "x"});

    certs::SignatureChecks checks;
    const auto short_path =
        certs::find_path(client.certificate.get(), {cross.get(), new_itself}, checks);
    const auto long_path = certs::find_path(
        client.certificate.get(), {new_itself, cross.get(), under_old.chain[0].get()}, checks
    );

    EXPECT_EQ(short_path.certificates.size(), 2u);
    EXPECT_EQ(short_path.missing_issuer, "");
    EXPECT_EQ(subjects(long_path.certificates), "CN=client;CN=New Root;CN=Old Root;");
}

TEST(AddTrusted, NamesEntriesAfterTheirSubjects) {
    certs::StoreDraft store{certs::Container::jks, secret(kPassword), "trust.jks"};
    const Issued a = Ca::self_signed({.common_name = "Partner Root CA (2)", .ca = true});
    const Issued b = Ca::self_signed({.common_name = "Partner Root CA (2)", .ca = true});
    Certificates received;
    for (const Issued* each : {&a, &b, &a}) {
        received.push_back(certs::share(each->certificate.get()));
    }
    std::vector<std::string> done;

    const auto error = certs::add_trusted(store, received, std::nullopt, done);

    ASSERT_FALSE(error);
    ASSERT_EQ(store.entries().trusted.size(), 2u);
    EXPECT_EQ(store.entries().trusted[0].alias, "partner-root-ca-2");
    EXPECT_EQ(store.entries().trusted[1].alias, "partner-root-ca-2-2");
    EXPECT_NE(done[2].find("is trusted already, alias partner-root-ca-2"), std::string::npos);
}

}  // namespace
}  // namespace countersign::tests
