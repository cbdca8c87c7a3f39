#include "proxy/tls/path_search.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proxy/tls/certificate_graph.hpp"
#include "tests/proxy/tls/path_world.hpp"

namespace countersign::proxy::tls {
namespace {

using SearchedContext = certs::OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free>;

/// What a server has sent and what is trusted, before any verification.
class Searched {
public:
    Searched(PathWorld& world, const std::vector<std::string>& sent, const std::string& trusted)
        : store_{X509_STORE_new()}, sent_{sk_X509_new_null()}, context_{X509_STORE_CTX_new()} {
        X509_STORE_add_cert(store_.get(), world.certificate(trusted));
        for (const std::string& text : sent) sk_X509_push(sent_, world.certificate(text));
        X509_STORE_CTX_init(context_.get(), store_.get(), world.certificate(sent.front()), sent_);
    }
    ~Searched() { sk_X509_free(sent_); }
    Searched(const Searched&) = delete;
    Searched& operator=(const Searched&) = delete;

    /// The trust says of it that it is not for servers.
    void reject(X509* certificate) {
        const certs::X509Handle copy{X509_dup(certificate)};
        const certs::ObjectHandle servers{OBJ_nid2obj(NID_server_auth)};
        X509_add1_reject_object(copy.get(), servers.get());
        X509_STORE_add_cert(store_.get(), copy.get());
    }
    X509_STORE_CTX& context() { return *context_; }

private:
    certs::X509StoreHandle store_;
    STACK_OF(X509) * sent_;
    SearchedContext context_;
};

std::size_t paths_in(const CertificateGraph& graph) {
    PathSearch search{graph};
    std::size_t paths = 0;
    while (!search.next().empty()) ++paths;
    return paths;
}

/// A server under "a", and ten authorities of which each has signed each.
std::vector<std::string> everybody_by_everybody() {
    const std::string names = "abcdefghij";
    std::vector<std::string> sent{"S<a"};
    for (const char subject : names) {
        for (const char issuer : names) {
            if (subject == issuer) continue;
            sent.push_back(std::string{subject} + "<" + issuer);
        }
    }
    return sent;
}

class PathSearchTest : public testing::Test {
protected:
    /// Keys are made once.
    static PathWorld& world() {
        static PathWorld world;
        return world;
    }
};

TEST_F(PathSearchTest, ComesToThoseWithTheFewestFaultsFirstAndThenTheShortest) {
    Searched searched{world(), {"S<I", "I<J:expired", "J<R", "I<K", "K<J", "I<R:sha1"}, "R<R"};
    const CertificateGraph graph{searched.context()};
    PathSearch search{graph};
    const auto lengths = [&] { return search.next().size(); };

    EXPECT_EQ(lengths(), 5U) << "S<I I<K K<J J<R R<R";
    EXPECT_EQ(lengths(), 3U) << "S<I I<R:sha1 R<R";
    EXPECT_EQ(lengths(), 4U) << "S<I I<J:expired J<R R<R";
    EXPECT_EQ(lengths(), 0U);
}

TEST_F(PathSearchTest, GoesNotOverOneThatTheTrustRejects) {
    Searched searched{world(), {"S<I", "I<J", "J<R", "I<R"}, "R<R"};
    searched.reject(world().certificate("J<R"));
    const CertificateGraph graph{searched.context()};
    PathSearch search{graph};

    EXPECT_EQ(search.next().size(), 3U) << "S<I I<R R<R";
    EXPECT_TRUE(search.next().empty());
}

TEST_F(PathSearchTest, ChecksNoSignatureOfStrangers) {
    Searched searched{world(), everybody_by_everybody(), "R<R"};
    const CertificateGraph graph{searched.context()};

    EXPECT_EQ(graph.signatures_checked(), 0U);
    EXPECT_EQ(paths_in(graph), 0U);
}

// Whoever has a certificate for a server of his own is no authority by that.
TEST_F(PathSearchTest, ChecksNoSignatureBelowOneThatIsNoAuthority) {
    std::vector<std::string> sent = everybody_by_everybody();
    sent.insert(sent.begin() + 1, {"a<R:not_ca", "b<R:no_bc", "c<R:no_sign"});
    Searched searched{world(), sent, "R<R"};
    const CertificateGraph graph{searched.context()};

    EXPECT_LE(graph.signatures_checked(), 3U);
    EXPECT_EQ(paths_in(graph), 0U);
}

TEST_F(PathSearchTest, EndsWhereATrustedAuthorityMakesPathsWithoutNumber) {
    std::vector<std::string> sent = everybody_by_everybody();
    for (const char* each : {"a<R:path0", "b<R", "c<R"}) sent.insert(sent.begin() + 1, each);
    Searched searched{world(), sent, "R<R"};
    const CertificateGraph graph{searched.context()};

    EXPECT_LE(graph.nodes().size(), CertificateGraph::kMostSent + 1);
    EXPECT_LE(graph.signatures_checked(), CertificateGraph::kMostSignatures);
    EXPECT_EQ(paths_in(graph), PathSearch::kMostPaths);
}

TEST_F(PathSearchTest, TakesNoPathThatIsTooLong) {
    std::vector<std::string> sent{"S<k1"};
    for (int i = 1; i < 9; ++i) {
        sent.push_back("k" + std::to_string(i) + "<k" + std::to_string(i + 1));
    }
    Searched short_enough{world(), sent, "k9<k9"};
    EXPECT_EQ(paths_in(CertificateGraph{short_enough.context()}), 1U);

    sent.push_back("k9<k10");
    Searched too_long{world(), sent, "k10<k10"};
    EXPECT_EQ(paths_in(CertificateGraph{too_long.context()}), 0U);
}

}  // namespace
}  // namespace countersign::proxy::tls
