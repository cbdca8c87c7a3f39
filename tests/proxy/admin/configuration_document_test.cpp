#include "proxy/admin/configuration_document.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "profiles/schema.hpp"
#include "profiles/yaml_reader.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::admin {
namespace {

constexpr std::string_view kAll = R"(
listeners:
  - { name: apps, address: 127.0.0.1:3128 }
  - { name: local, address: "unix:/run/a.sock", mode: "0660", upstream: "a.example:1", rewrite: [location] }
certificates:
  - { name: acme, type: pkcs12_key_store, file: /dev/null, password: hunter2 }
  - { name: ca, type: trust_store_cert, file: /dev/null, password: { env: CA_PASSWORD } }
clients:
  - { name: billing, password: swordfish }
profiles:
  - name: partner
    hosts: ["*.example"]
    key_store: acme
    trust: [ca, system]
    tls: { pins: ["sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] }
    connect_to: "b.example:8443"
    request_headers: { set: { X-Key: geheim, X-Id: { env: ID } }, remove: [Cookie] }
admin: { token: { file: /dev/null }, tls: { key_store: acme, trust: [ca] } }
console: { enabled: true, users: { file: /dev/null } }
)";

profiles::Configuration read(std::string_view text) {
    const tests::TempDir folder;
    auto configuration = profiles::read_configuration_text(text, folder / "c.yaml");
    if (!configuration) throw std::runtime_error{configuration.error().front().to_text()};
    return std::move(*configuration);
}

TEST(ConfigurationDocument, TellsNoSecret) {
    const std::string text = boost::json::serialize(configuration_document(read(kAll)));
    for (const std::string secret : {"hunter2", "swordfish", "geheim"}) {
        EXPECT_EQ(text.find(secret), text.npos) << text;
    }
    EXPECT_NE(text.find(R"("password":"<redacted>")"), text.npos) << text;
    EXPECT_NE(text.find(R"("X-Key":"<redacted>","X-Id":{"env":"ID"})"), text.npos) << text;
    EXPECT_NE(text.find(R"("password":{"env":"CA_PASSWORD"})"), text.npos) << text;
    EXPECT_NE(text.find(R"("token":{"file":"/dev/null"})"), text.npos) << text;
    EXPECT_NE(text.find(R"("tls":{"key_store":"acme","trust":["ca"]})"), text.npos) << text;
    EXPECT_NE(text.find(R"("users":{"file":"/dev/null"})"), text.npos) << text;
}

TEST(ConfigurationDocument, HasWhatWasSaidAndEveryDefault) {
    const std::string text = boost::json::serialize(configuration_document(read(kAll)));
    for (const std::string part :
         {R"("pins":["sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="])",
          R"("connect_to":"b.example:8443")", R"("trust":["ca","system"])",
          R"("hosts":["*.example"])", R"("mode":"0660")", R"("rewrite":["location"])",
          R"("workers":"auto")", R"("drain":"25s")", R"("client_connections":10000)",
          R"("unmatched":"reject")", R"("address":"127.0.0.1:9901")", R"("retry":"idempotent")",
          R"("rotation":{"overlap":"0ms","verify_with":null},"probe_hosts":[])",
          R"("trace":"pass")", R"("sandbox":"auto","user":null)"}) {
        EXPECT_NE(text.find(part), text.npos) << part << "\n" << text;
    }
}

/// Every key of the schema's top level, so that none is forgotten when one is added.
TEST(ConfigurationDocument, HasEverySectionOfTheConfiguration) {
    const auto document = configuration_document(read("admin: off\n"));
    std::size_t known = 0;
    for (const auto& [key, value] : document) {
        EXPECT_NE(
            profiles::configuration_schema().find("\n    \"" + std::string{key} + "\": {"),
            std::string_view::npos
        ) << key;
        ++known;
    }
    EXPECT_EQ(known, 16U);
    EXPECT_EQ(document.at("admin").as_string(), "off");
}

}  // namespace
}  // namespace countersign::proxy::admin
