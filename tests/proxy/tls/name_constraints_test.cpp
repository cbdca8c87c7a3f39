#include "proxy/tls/name_constraints.hpp"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::tls {
namespace {

const std::string kExcluded = "X509_V_ERR_EXCLUDED_VIOLATION";
const std::string kPermitted = "X509_V_ERR_PERMITTED_VIOLATION";

std::string verdict_of(const std::string& constraints, const std::string& host) {
    const tests::Ca authority = tests::Ca::root("Root").intermediate("Issuing", constraints);
    const tests::Issued server = authority.issue({.common_name = "x", .dns_names = {"*"}});
    STACK_OF(X509)* const chain = sk_X509_new_null();
    sk_X509_push(chain, server.certificate.get());
    for (const auto& above : server.chain) sk_X509_push(chain, above.get());
    const auto objection = objection_to(chain, host);
    sk_X509_free(chain);
    if (!objection) return "accepted";
    EXPECT_EQ(objection->authority, "CN=Issuing");
    return objection->error == X509_V_ERR_EXCLUDED_VIOLATION ? kExcluded : kPermitted;
}

TEST(NameConstraints, AreComparedWithTheHostByWholeLabels) {
    const struct {
        const char* constraints;
        const char* host;
        std::string verdict;
    } kRows[] = {
        {"excluded;DNS:secret.example", "secret.example", kExcluded},
        {"excluded;DNS:secret.example", "a.secret.example", kExcluded},
        {"excluded;DNS:secret.example", "A.SECRET.Example", kExcluded},
        {"excluded;DNS:secret.example", "a.secret.example.", kExcluded},
        {"excluded;DNS:secret.example", "topsecret.example", "accepted"},
        {"excluded;DNS:secret.example", "secret.example.org", "accepted"},
        {"excluded;DNS:secret.example", "example", "accepted"},
        {"excluded;DNS:.secret.example", "secret.example", "accepted"},
        {"excluded;DNS:.secret.example", "a.secret.example", kExcluded},
        {"excluded;DNS:*.secret.example", "a.secret.example", kExcluded},
        {"permitted;DNS:partner.example", "a.partner.example", "accepted"},
        {"permitted;DNS:partner.example", "partner.example", "accepted"},
        {"permitted;DNS:partner.example", "other.example", kPermitted},
        {"permitted;DNS:a.example,permitted;DNS:b.example", "x.b.example", "accepted"},
        {"permitted;DNS:a.example,excluded;DNS:x.a.example", "x.a.example", kExcluded},
        // Constraints of other kinds say nothing of hosts.
        {"permitted;IP:192.0.2.0/255.255.255.0", "a.example", "accepted"},
        {"excluded;email:a.example", "a.example", "accepted"},
        {"", "a.example", "accepted"},
    };
    for (const auto& [constraints, host, verdict] : kRows) {
        EXPECT_EQ(verdict_of(constraints, host), verdict) << constraints << " " << host;
    }
}

TEST(NameConstraints, OfTheTrustedRootCountToo) {
    const tests::Issued root = tests::Ca::self_signed(
        {.common_name = "Root", .ca = true, .name_constraints = "excluded;DNS:secret.example"}
    );
    STACK_OF(X509)* const chain = sk_X509_new_null();
    const tests::Issued leaf = tests::Ca::self_signed({.common_name = "x"});
    sk_X509_push(chain, leaf.certificate.get());
    sk_X509_push(chain, root.certificate.get());

    const auto objection = objection_to(chain, "secret.example");

    ASSERT_TRUE(objection);
    EXPECT_EQ(objection->authority, "CN=Root");
    EXPECT_EQ(objection->name, "secret.example");
    sk_X509_free(chain);
}

/// A server under an authority with constraints, reached by its address and verified under a name.
class ConstrainedServer : public testing::Test {
protected:
    void serve(const std::string& constraints, const tests::CertificateSpec& spec) {
        const tests::Issued server =
            partner_.authority().intermediate("Issuing", constraints).issue(spec);
        tests::ScriptedServer::Options options;
        options.certificate = partner_.directory().write("own.pem", server.chain_pem());
        options.key = partner_.directory().write("own.key", server.key_pem());
        server_.emplace(options, upstream::answer_all);
    }
    /// Empty: it was accepted.
    std::string refusal(const profiles::TlsRules& tls) {
        upstream::PoolWorld world;
        upstream::addresses::OriginRules rules;
        rules.profile = "partner";
        upstream::PooledOrigin& origin =
            world.origin(server_->port(), partner_.context("acme", tls), rules);
        std::string reason;
        world.loop().run(open(world.pool(), origin, reason));
        return reason;
    }
    std::string refusal_of_host(const std::string& host) {
        profiles::TlsRules tls;
        tls.server_name = host;
        return refusal(tls);
    }

private:
    static net::Task<void> open(
        upstream::UpstreamPool& pool, upstream::PooledOrigin& origin, std::string& reason
    ) {
        upstream::ConnectReport report;
        const Result<upstream::UpstreamLease> lease =
            co_await pool.await_lease(origin, upstream::Wish::any, report);
        if (!lease) reason = lease.error().reason();
    }

    const Partner partner_;
    std::optional<tests::ScriptedServer> server_;
};

profiles::TlsRules verifying(std::vector<profiles::VerifyName> names) {
    profiles::TlsRules tls;
    tls.verify_names = std::move(names);
    return tls;
}

using Kind = profiles::VerifyName::Kind;

TEST_F(ConstrainedServer, IsNotAcceptedUnderAnExcludedNameBehindAWildcard) {
    serve(
        "excluded;DNS:secret.partner.example",
        {.common_name = "x", .dns_names = {"*.partner.example"}, .server_auth = true}
    );

    EXPECT_EQ(refusal_of_host("open.partner.example"), "");
    EXPECT_EQ(
        refusal_of_host("secret.partner.example"),
        "The server's certificate was not accepted: the authority 'CN=Issuing' excludes the name "
        "'secret.partner.example' (name constraints)."
    );
}

TEST_F(ConstrainedServer, IsNotAcceptedWithAnyExcludedNameInItsCertificate) {
    serve(
        "excluded;DNS:secret.partner.example",
        {.common_name = "x",
         .dns_names = {"open.partner.example", "secret.partner.example"},
         .server_auth = true}
    );

    EXPECT_EQ(
        refusal_of_host("open.partner.example"),
        "The server's certificate was not accepted: the authority 'CN=Issuing' excludes the name "
        "'secret.partner.example' (name constraints)."
    );
}

// A wildcard that may stand for more than is permitted is not permitted, as OpenSSL sees it too.
TEST_F(ConstrainedServer, IsNotAcceptedWithAWildcardWiderThanWhatIsPermitted) {
    serve(
        "permitted;DNS:a.partner.example",
        {.common_name = "x", .dns_names = {"*.partner.example"}, .server_auth = true}
    );

    EXPECT_EQ(
        refusal_of_host("a.partner.example"),
        "The server's certificate was not accepted: the authority 'CN=Issuing' may vouch for "
        "certain names only, and the name '*.partner.example' is none of them (name constraints)."
    );
}

TEST_F(ConstrainedServer, IsAcceptedWithAWildcardWithinWhatIsPermitted) {
    serve(
        "permitted;DNS:partner.example",
        {.common_name = "x", .dns_names = {"*.partner.example"}, .server_auth = true}
    );

    EXPECT_EQ(refusal_of_host("a.partner.example"), "");
}

TEST_F(ConstrainedServer, NeedsOneOfTheNamesToVerifyThatIsNotExcluded) {
    serve(
        "excluded;DNS:secret.partner.example",
        {.common_name = "x", .dns_names = {"*.partner.example"}, .server_auth = true}
    );
    const profiles::VerifyName secret{Kind::dns, "secret.partner.example"};
    const profiles::VerifyName open{Kind::dns, "open.partner.example"};
    const profiles::VerifyName other{Kind::dns, "other.example"};

    EXPECT_EQ(refusal(verifying({secret, open})), "");
    EXPECT_EQ(
        refusal(verifying({other, secret})),
        "The server's certificate was not accepted: the authority 'CN=Issuing' excludes the name "
        "'secret.partner.example' (name constraints)."
    );
    EXPECT_EQ(
        refusal(verifying({other})),
        "The server's certificate was not accepted: it is not for 'other.example'. It is for "
        "DNS:*.partner.example."
    );
}

// RFC 9525: a common name is no name of a server, so it breaks no constraint on names either.
TEST_F(ConstrainedServer, IsNotJudgedByACommonNameThatLooksLikeAHost) {
    serve(
        "permitted;DNS:partner.example", {.common_name = "looks.like.a.host",
                                          .ip_addresses = {"127.0.0.1"},
                                          .uris = {"spiffe://partner.example/api"},
                                          .server_auth = true}
    );

    EXPECT_EQ(refusal({}), "") << "by its address";
    EXPECT_EQ(refusal(verifying({{Kind::ip, "127.0.0.1"}})), "");
    EXPECT_EQ(refusal(verifying({{Kind::uri, "spiffe://partner.example/api"}})), "");
}

// Plain OpenSSL refuses some of those that are reached by an address, since it holds the common
// name against what the authority may vouch for among host names.
TEST_F(ConstrainedServer, IsJudgedAlikeByAnAddressWhateverItsCommonNameIs) {
    const struct {
        const char* constraints;
        bool accepted;
    } kRows[] = {
        {"permitted;DNS:partner.example", true},
        {"excluded;DNS:other.example", true},
        {"permitted;IP:127.0.0.0/255.0.0.0", true},
        {"excluded;IP:192.0.2.0/255.255.255.0", true},
        {"permitted;DNS:partner.example,permitted;IP:127.0.0.0/255.0.0.0", true},
        {"permitted;IP:192.0.2.0/255.255.255.0", false},
        {"excluded;IP:127.0.0.0/255.0.0.0", false},
    };
    for (const auto& [constraints, accepted] : kRows) {
        for (const char* name : {"x", "api.partner.example", "other.example", "192.0.2.1"}) {
            serve(
                constraints,
                {.common_name = name, .ip_addresses = {"127.0.0.1"}, .server_auth = true}
            );

            EXPECT_EQ(refusal({}).empty(), accepted) << constraints << " " << name;
        }
    }
}

TEST_F(ConstrainedServer, IsRefusedInWordsThatAreTrueForNamesThatAreNoHosts) {
    serve(
        "permitted;IP:192.0.2.0/255.255.255.0",
        {.common_name = "x", .ip_addresses = {"127.0.0.1"}, .server_auth = true}
    );

    EXPECT_EQ(
        refusal({}),
        "The server's certificate was not accepted: the authority 'CN=Issuing' may vouch for "
        "certain names only, and a name of 'CN=x' is none of them (name constraints)."
    );
}

}  // namespace
}  // namespace countersign::proxy::tls
