#include <gtest/gtest.h>

#include <string>

#include "tests/scenarios/who_asks.hpp"
#include "tests/support/authority_site.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

TEST(ProbedChain, HasWhatTheServerDoesNotSendToo) {
    const Partner partner;
    AuthoritySite site;
    const Ca upper = partner.root().intermediate("Upper CA");
    const Ca lower = upper.intermediate(
        {.common_name = "Lower CA",
         .ca = true,
         .extensions = {{"authorityInfoAccess", "caIssuers;URI:" + site.url("/upper.cer")}}}
    );
    const Issued leaf = lower.issue(
        {.common_name = "localhost",
         .ip_addresses = {"127.0.0.1"},
         .server_auth = true,
         .extensions = {{"authorityInfoAccess", "caIssuers;URI:" + site.url("/lower.cer")}}}
    );
    site.put("/lower.cer", lower.certificate_der());
    site.put("/upper.cer", upper.certificate_der());
    ScriptedServer::Options options = partner.server();
    options.certificate = partner.files().write("alone.pem", leaf.certificate_pem());
    options.key = partner.files().write("alone.key", leaf.key_pem());
    const ScriptedServer server{options, [](Peer& peer) { peer.read_request(); }};
    const auto saved = partner.files() / "saved.pem";

    const auto configuration =
        partner.files().write("countersign.yaml", partner.configuration(server.port()));
    Process probe{
        {countersign_binary(), "probe", "https://" + server.authority() + "/", "--save-chain",
         saved.string(), "-c", configuration.string()}};

    EXPECT_EQ(probe.wait_for_exit(), 1) << "what was fetched is not trusted";
    EXPECT_TRUE(
        has(probe.output(), "fetched     'CN=Lower CA', which the server does not send, from " +
                                site.url("/lower.cer") + "\n")
    ) << probe.output();
    EXPECT_TRUE(has(probe.output(), "Nothing of it is trusted")) << probe.output();
    const std::string text = run({"cat", saved.string()});
    for (const std::string& part :
         {"Fetched from " + site.url("/lower.cer"), "Fetched from " + site.url("/upper.cer"),
          std::string{"subject: CN=localhost"}, std::string{"subject: CN=Lower CA"},
          std::string{"subject: CN=Upper CA"}}) {
        EXPECT_TRUE(has(text, part)) << part << '\n' << text;
    }
    EXPECT_FALSE(has(text, "subject: CN=Partner Root")) << "no server has to send it";
}

TEST(ProbedChain, SaysWhyAnIssuerWasNotFetched) {
    const Partner partner;
    AuthoritySite site;
    const Issued leaf = partner.issuer().issue(
        {.common_name = "localhost",
         .ip_addresses = {"127.0.0.1"},
         .server_auth = true,
         .extensions = {{"authorityInfoAccess", "caIssuers;URI:" + site.url("/other.cer")}}}
    );
    site.put("/other.cer", Ca::root("Partner Issuing CA").certificate_der());
    ScriptedServer::Options options = partner.server();
    options.certificate = partner.files().write("alone.pem", leaf.certificate_pem());
    options.key = partner.files().write("alone.key", leaf.key_pem());
    const ScriptedServer server{options, [](Peer& peer) { peer.read_request(); }};
    const auto saved = partner.files() / "saved.pem";
    const auto configuration =
        partner.files().write("countersign.yaml", partner.configuration(server.port()));

    Process probe{
        {countersign_binary(), "probe", "https://" + server.authority() + "/", "--save-chain",
         saved.string(), "-c", configuration.string()}};

    EXPECT_EQ(probe.wait_for_exit(), 1);
    EXPECT_TRUE(has(
        probe.output(), "The issuer of 'CN=localhost' was not fetched: " + site.url("/other.cer") +
                            ": its issuer is not there."
    )) << probe.output();
    EXPECT_FALSE(has(run({"cat", saved.string()}), "Fetched from")) << "a namesake's";
}

}  // namespace
}  // namespace countersign::tests
