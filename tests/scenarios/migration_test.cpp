#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

struct Guide {
    std::string name;
    std::vector<std::string> requests;  ///< what a client of that program's successor sends
    std::vector<std::string> subjects;  ///< and who the server takes it for
    friend void PrintTo(const Guide& guide, std::ostream* out) { *out << guide.name; }
};

const std::vector<Guide> kGuides{
    {"nginx", {get("/whoami", "127.0.0.1:8081")}, {"CN=client"}},
    {"haproxy",
     {get("/whoami", "x"), get("/orders/whoami", "x"), get("/orders2/whoami", "x")},
     {"CN=client", "CN=orders", "CN=client"}},
    {"stunnel", {get("/whoami", "x")}, {"CN=client"}},
    {"ghostunnel", {get("/whoami", "x")}, {"CN=client"}},
    {"envoy", {absolute_get("api.partner.example", "/whoami")}, {"CN=client"}},
    {"certificate-records",
     {get("mauth://api.partner.example/whoami", "api.partner.example"),
      absolute_get("api.partner.example", "/whoami")},
     {"CN=client", "CN=client"}},
};

/// The partner of the examples, and beside each example the files that it names.
class Example {
public:
    explicit Example(const std::string& name) {
        const Issued client = partner_.issue_client("client");
        const Issued orders = partner_.issue_client("orders");
        const bool one_file = name == "haproxy";
        write("client.pem", client.chain_pem() + (one_file ? client.key_pem() : ""));
        write("client.key", client.key_pem(name == "envoy" ? "" : "changeit"));
        write("orders.pem", orders.chain_pem() + orders.key_pem());
        write("tls.crt", client.chain_pem());
        write("tls.key", client.key_pem());
        write("client.p12", client.pkcs12("changeit", "mydomain"));
        write("client.password", "changeit\n");
        write("keystore.password", "changeit\n");
        write("api.key", "6d1f\n");
        write("partner-ca.pem", partner_.root().certificate_pem());
        write("ca.crt", partner_.root().certificate_pem());
        write("partner-ca.der", partner_.root().certificate_der());
        if (name == "certificate-records") make_java_key_store();
        std::ifstream file{
            std::string{COUNTERSIGN_SOURCE_DIR} + "/deploy/examples/from-" + name + ".yaml"};
        std::ostringstream text;
        text << file.rdbuf();
        yaml_ = text.str();
    }

    const Partner& partner() const { return partner_; }
    std::map<std::string, std::string> environment() const {
        return {
            {"CERTS_DIRECTORY", path().string()},
            {"RUNTIME_DIRECTORY", path().string()},
            {"CLIENT_KEY_PASSWORD", "changeit"}};
    }
    std::filesystem::path path() const { return partner_.files().path(); }
    /// The example as it stands.
    const std::string& yaml() const { return yaml_; }

    /// The example with what this machine makes necessary: free ports, the partner at a loopback
    /// address, us as the socket's user, whole paths.
    std::string yaml_for(const Nginx& nginx) const {
        const std::string connect_to = "    connect_to: \"" + nginx.authority() + "\"\n";
        std::string text = std::regex_replace(
            yaml_, std::regex{"address: 127.0.0.1:\\d+"}, "address: 127.0.0.1:0"
        );
        text = std::regex_replace(text, std::regex{"    connect_to: .*\n"}, "");
        text =
            std::regex_replace(text, std::regex{"    key_store: "}, connect_to + "    key_store: ");
        text = std::regex_replace(text, std::regex{"uid:0"}, "uid:" + std::to_string(::getuid()));
        return std::regex_replace(
            text, std::regex{" (file|key): ([a-z])"}, " $1: " + path().string() + "/$2"
        );
    }

private:
    void write(const std::string& name, const std::string& text) {
        partner_.files().write(name, text);
    }
    void make_java_key_store() {
        const auto file = [&](const char* name) { return (path() / name).string(); };
        run(
            {"keytool", "-importkeystore", "-noprompt", "-srckeystore", file("client.p12"),
             "-srcstoretype", "PKCS12", "-srcstorepass", "changeit", "-destkeystore",
             file("my.keystore"), "-deststoretype", "JKS", "-deststorepass", "changeit"}
        );
    }

    Partner partner_;
    std::string yaml_;
};

Nginx::Options demanding(const Partner& partner) {
    const Issued server = partner.issuer().issue(
        {.common_name = "api",
         .dns_names = {"api.partner.example"},
         .uris = {"spiffe://partner.example/api"},
         .server_auth = true}
    );
    return {
        .certificate = partner.files().write("api.pem", server.chain_pem()),
        .key = partner.files().write("api.key.pem", server.key_pem()),
        .client_ca = partner.root_file(),
        .extra = "    rewrite ^/orders2?/whoami$ /whoami last;\n"};
}

class Migration : public testing::TestWithParam<Guide> {};

TEST_P(Migration, IsAcceptedByCheckAsItStands) {
    const Example example{GetParam().name};
    const auto file = example.partner().files().write("countersign.yaml", example.yaml());

    Process check{
        {countersign_binary(), "check", "-c", file.string()},
        {.environment = example.environment()}};

    EXPECT_EQ(check.wait_for_exit(), 0) << check.output() << check.errors();
}

TEST_P(Migration, GivesTheServerTheSameIdentityAsBefore) {
    const Example example{GetParam().name};
    const Nginx nginx{demanding(example.partner())};
    const ProxyUnderTest proxy{example.yaml_for(nginx), {.environment = example.environment()}};
    const bool unix_socket = GetParam().name == "ghostunnel";
    HttpClient client =
        unix_socket ? HttpClient::unix_socket(example.path() / "partner.sock") : proxy.connect();

    for (std::size_t i = 0; i < GetParam().requests.size(); ++i) {
        const Response response = client.exchange(GetParam().requests[i]);

        ASSERT_EQ(response.status, 200) << response.body;
        EXPECT_EQ(value_of(response.body, "subject"), GetParam().subjects[i]);
        EXPECT_EQ(value_of(response.body, "verify"), "SUCCESS");
        EXPECT_EQ(value_of(response.body, "host"), "api.partner.example");
        EXPECT_EQ(value_of(response.body, "server_name"), "api.partner.example");
    }
}

INSTANTIATE_TEST_SUITE_P(Guides, Migration, testing::ValuesIn(kGuides), [](const auto& row) {
    std::string name = row.param.name;
    std::erase(name, '-');
    return name;
});

}  // namespace
}  // namespace countersign::tests
