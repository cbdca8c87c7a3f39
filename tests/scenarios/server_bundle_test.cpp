#include <gtest/gtest.h>

#include <string>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// A server whose operator has put a whole bundle of authorities behind its own chain.
class ServerBundle : public testing::Test {
protected:
    /// Of about so many bytes in DER.
    std::string bundle(std::size_t bytes) const {
        std::string pem = server_.chain_pem();
        const std::string one = filler_.certificate_pem();
        const std::size_t size = filler_.certificate_der().size();
        for (std::size_t sent = 0; sent + size < bytes; sent += size) pem += one;
        return pem;
    }
    Response ask(std::size_t bytes) {
        ScriptedServer::Options options = partner_.strict_server();
        options.certificate = partner_.files().write("bundle.pem", bundle(bytes));
        options.key = partner_.files().write("bundle.key", server_.key_pem());
        const ScriptedServer server{options, [](Peer& peer) {
                                        while (!peer.read_request().empty())
                                            peer.write(ok("whole"));
                                    }};
        const ProxyUnderTest proxy{partner_.configuration(server.port(), {})};
        return proxy.exchange(absolute_get("localhost:" + std::to_string(server.port()), "/"));
    }

    const Partner partner_;
    const Issued server_ = partner_.issuer().issue(
        {.common_name = "localhost", .dns_names = {"localhost"}, .server_auth = true}
    );
    const Issued filler_ = Ca::self_signed({.common_name = "Some Authority", .ca = true});
};

TEST_F(ServerBundle, IsReadUpToItsLimit) {
    for (const std::size_t kib : {90U, 110U, 240U}) {
        const Response response = ask(kib * 1024);
        EXPECT_EQ(response.status, 200) << kib << " KiB: " << response.body;
    }
}

TEST_F(ServerBundle, IsRefusedBeyondItInWords) {
    const Response response = ask(std::size_t{260} * 1024);

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_protocol_error");
    for (const char* const part :
         {"larger than is accepted", "which may have 256 KiB", "and no bundle of authorities"}) {
        EXPECT_NE(response.body.find(part), std::string::npos) << response.body;
    }
}

}  // namespace
}  // namespace countersign::tests
