#include "profiles/yaml_reader.hpp"

#include <gtest/gtest.h>

#include "profiles/yaml/report.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::profiles {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kEverySupportedKey = R"(
listeners:
  - name: apps
    address: 127.0.0.1:3128
    allow: [127.0.0.0/8, "::1"]
  - { name: six, address: "[2001:db8::1]:0", allow: ["2001:db8::/32"] }
  - { name: socket, address: unix:run/apps.sock }

certificates:
  - name: acme-client
    type: java_key_store
    active: true
    description: Acme's identity at partner
    file: acme.jks
    password: { file: acme.password }
    key_password: { env: ACME_KEY_PASSWORD }
    alias: mydomain
    warn_before_expiry: 14d
  - { name: twelve, type: pkcs12_key_store, file: acme.p12, password: { credential: acme } }
  - { name: pem, type: pem_key_store, file: acme.pem, key: acme.key, send_root: true }
  - { name: partner-ca, type: trust_store_cert, file: partner-ca.der, password: { env: CA } }
  - name: inline-ca
    type: trust_store_cert
    pem: |
      -----BEGIN CERTIFICATE-----
      MIIB
      -----END CERTIFICATE-----
  - { name: old, type: pem_key_store, active: false, file: gone.pem }

profiles:
  - name: partner
    hosts: [api.partner.example, "*.partner.example"]
    ports: [443, 8443]
    default_port: 8443
    key_store: acme-client
    trust: [partner-ca, system, inline-ca]
    tls:
      min_version: "1.3"
      max_version: "1.3"
      server_name: Partner.example.
      session_resumption: false
      require_client_auth: true
    timeouts: { resolve: 1s, connect: 2s, handshake: 3s, request_idle: 4s, response_header: 5m,
                response_idle: 500ms }
    pool: { max_connections: 10, max_idle: 5, idle_timeout: 6s, max_age: 1h, max_requests: 100,
            max_waiting: 7, wait_timeout: 8s }
    retry: never
    rotation: { overlap: 90s }
  - { name: by-scheme, connect_method: tunnel, response_leniency: [http10_chunked, bare_lf] }

unmatched: tls
addresses: { deny: [169.254.0.0/16, 10.0.0.0/8], tunnel_private: true }
limits: { header_bytes: 32KiB, header_count: 64, client_connections: 500, body_bytes: 1MiB,
          tunnel_idle: 10m }
workers: 4
log: { level: debug, format: json, access: log/access.log, query: true }
trace: generate
shutdown: { delay: 5s, drain: 0s }
reload: { watch_configuration: true }
)";

/// A directory with the files that kEverySupportedKey names, and that text as c.yaml.
class YamlReader : public testing::Test {
protected:
    YamlReader() {
        for (const auto* name :
             {"acme.jks", "acme.password", "acme.p12", "acme.pem", "acme.key", "partner-ca.der"}) {
            directory_.write(name, "");
        }
        path_ = directory_.write("c.yaml", kEverySupportedKey);
    }

    Configuration read() const {
        const auto result = read_configuration(path_);
        if (result.has_value()) return *result;
        for (const auto& problem : result.error()) ADD_FAILURE() << problem.to_text();
        return {};
    }

    tests::TempDir directory_;
    std::filesystem::path path_;
};

Configuration read_text(std::string_view text) {
    const auto result = read_configuration_text(text, "c.yaml");
    if (result.has_value()) return *result;
    for (const auto& problem : result.error()) ADD_FAILURE() << problem.to_text();
    return {};
}

TEST_F(YamlReader, ReadsListeners) {
    const auto configuration = read();

    ASSERT_EQ(configuration.listeners.size(), 3U);
    const auto& apps = configuration.listeners[0];
    EXPECT_EQ(apps.name + ' ' + to_text(apps.address), "apps 127.0.0.1:3128");
    EXPECT_EQ(apps.allow, (std::vector{*Network::parse("127.0.0.0/8"), *Network::parse("::1")}));
    EXPECT_EQ(to_text(configuration.listeners[1].address), "[2001:db8::1]:0");
    const auto socket = "unix:" + (directory_ / "run/apps.sock").string();
    EXPECT_EQ(to_text(configuration.listeners[2].address), socket);
    EXPECT_TRUE(configuration.listeners[2].allow.empty());
}

TEST_F(YamlReader, ReadsKeyStores) {
    const auto configuration = read();

    const auto* record = configuration.find_certificate("acme-client");
    ASSERT_NE(record, nullptr);
    EXPECT_TRUE(record->active);
    EXPECT_EQ(record->description, "Acme's identity at partner");
    EXPECT_EQ(record->warn_before_expiry, 14h * 24);
    const auto& java = std::get<certs::KeyStoreSource>(record->source);
    EXPECT_EQ(java.declared, certs::KeyStoreFormat::java_key_store);
    EXPECT_EQ(java.file, directory_ / "acme.jks");
    EXPECT_EQ(
        java.password, certs::PasswordSource{certs::PasswordFile{directory_ / "acme.password"}}
    );
    EXPECT_EQ(
        java.key_password, certs::PasswordSource{certs::PasswordEnvironment{"ACME_KEY_PASSWORD"}}
    );
    EXPECT_EQ(java.alias, "mydomain");
    EXPECT_FALSE(java.send_root);
    EXPECT_EQ(java.key_file, std::nullopt);

    const auto& twelve =
        std::get<certs::KeyStoreSource>(configuration.find_certificate("twelve")->source);
    EXPECT_EQ(twelve.declared, certs::KeyStoreFormat::pkcs12);
    EXPECT_EQ(twelve.password, certs::PasswordSource{certs::PasswordCredential{"acme"}});
    EXPECT_EQ(twelve.key_password, std::nullopt);

    const auto& pem =
        std::get<certs::KeyStoreSource>(configuration.find_certificate("pem")->source);
    EXPECT_EQ(pem.declared, certs::KeyStoreFormat::pem);
    EXPECT_EQ(pem.key_file, directory_ / "acme.key");
    EXPECT_EQ(pem.password, std::nullopt);
    EXPECT_TRUE(pem.send_root);
}

TEST_F(YamlReader, ReadsTrustedCertificates) {
    const auto configuration = read();

    const auto& file = *configuration.find_certificate("partner-ca");
    EXPECT_FALSE(file.is_key_store());
    EXPECT_EQ(file.warn_before_expiry, 30h * 24);
    const auto& file_source = std::get<certs::TrustSource>(file.source);
    EXPECT_EQ(std::get<certs::TrustFile>(file_source).path, directory_ / "partner-ca.der");
    EXPECT_EQ(
        std::get<certs::TrustFile>(file_source).password,
        certs::PasswordSource{certs::PasswordEnvironment{"CA"}}
    );
    const auto& text = *configuration.find_certificate("inline-ca");
    const auto& pem = std::get<certs::TrustInlinePem>(std::get<certs::TrustSource>(text.source));
    EXPECT_EQ(pem.name, "inline-ca");
    EXPECT_EQ(pem.text, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
}

TEST_F(YamlReader, DoesNotLookForTheFilesOfAnInactiveRecord) {
    const auto configuration = read();

    const auto& old = *configuration.find_certificate("old");
    EXPECT_FALSE(old.active);
    EXPECT_EQ(std::get<certs::KeyStoreSource>(old.source).file, directory_ / "gone.pem");
    EXPECT_EQ(configuration.find_certificate("none"), nullptr);
}

TEST_F(YamlReader, ReadsProfiles) {
    const auto configuration = read();

    ASSERT_EQ(configuration.profiles.size(), 2U);
    const auto& partner = configuration.profiles[0];
    EXPECT_EQ(partner.name, "partner");
    ASSERT_EQ(partner.hosts.size(), 2U);
    EXPECT_EQ(partner.hosts[1].to_text(), "*.partner.example");
    EXPECT_EQ(partner.ports, (std::vector<std::uint16_t>{443, 8443}));
    EXPECT_EQ(partner.default_port, 8443);
    EXPECT_EQ(partner.key_store, "acme-client");
    EXPECT_EQ(partner.trust.records, (std::vector<std::string>{"partner-ca", "inline-ca"}));
    EXPECT_TRUE(partner.trust.system);
    EXPECT_EQ(partner.retry, RetryRule::never);
    EXPECT_EQ(partner.rotation.overlap, std::chrono::seconds{90});
    EXPECT_EQ(partner.connect_method, ConnectRule::reject);
    EXPECT_EQ(configuration.profiles[1].connect_method, ConnectRule::tunnel);
    EXPECT_EQ(to_text(configuration.profiles[1].response_leniency), "bare_lf, http10_chunked");
    EXPECT_TRUE(configuration.profiles[1].hosts.empty());
}

TEST_F(YamlReader, ReadsTlsTimeoutsAndPoolOfAProfile) {
    const auto configuration = read();

    const auto& [tls, timeouts, pool] = std::tie(
        configuration.profiles[0].tls, configuration.profiles[0].timeouts,
        configuration.profiles[0].pool
    );
    EXPECT_EQ(tls.min_version, TlsVersion::tls_1_3);
    EXPECT_EQ(tls.max_version, TlsVersion::tls_1_3);
    EXPECT_EQ(tls.server_name, "partner.example");
    EXPECT_FALSE(tls.session_resumption);
    EXPECT_TRUE(tls.require_client_auth);
    EXPECT_EQ(timeouts.resolve, 1s);
    EXPECT_EQ(timeouts.connect, 2s);
    EXPECT_EQ(timeouts.handshake, 3s);
    EXPECT_EQ(timeouts.request_idle, 4s);
    EXPECT_EQ(timeouts.response_header, 5min);
    EXPECT_EQ(timeouts.response_idle, 500ms);
    EXPECT_EQ(pool, (PoolRules{10, 5, 6s, 1h, 100, 7, 8s}));
}

TEST_F(YamlReader, ReadsTheSettingsOfTheWhole) {
    const auto configuration = read();

    EXPECT_EQ(configuration.unmatched, UnmatchedRule::tls);
    ASSERT_EQ(configuration.addresses.deny.size(), 2U);
    EXPECT_EQ(configuration.addresses.deny[1].to_text(), "10.0.0.0/8");
    EXPECT_EQ(configuration.limits.header_bytes, 32U * 1024);
    EXPECT_EQ(configuration.limits.header_count, 64U);
    EXPECT_EQ(configuration.limits.client_connections, 500U);
    EXPECT_EQ(configuration.limits.body_bytes, 1024U * 1024);
    EXPECT_EQ(configuration.limits.tunnel_idle, 10min);
    EXPECT_TRUE(configuration.addresses.tunnel_private);
    EXPECT_EQ(configuration.workers, 4U);
    EXPECT_EQ(configuration.log.level, LogLevel::debug);
    EXPECT_EQ(configuration.log.format, LogFormat::json);
    EXPECT_EQ(configuration.log.access, directory_ / "log/access.log");
    EXPECT_TRUE(configuration.log.query);
    EXPECT_EQ(configuration.trace, TraceRule::generate);
    EXPECT_EQ(configuration.shutdown.delay, 5s);
    EXPECT_EQ(configuration.shutdown.drain, 0s);
    EXPECT_TRUE(configuration.watch_configuration);
    EXPECT_TRUE(configuration.warnings.empty());
}

TEST(YamlReaderText, GivesTheDocumentedDefaults) {
    const auto configuration = read_text("profiles: [{ name: partner }]\n");

    ASSERT_EQ(configuration.listeners.size(), 1U);
    EXPECT_EQ(configuration.listeners[0].name, "default");
    EXPECT_EQ(to_text(configuration.listeners[0].address), "127.0.0.1:3128");
    EXPECT_EQ(configuration.unmatched, UnmatchedRule::reject);
    EXPECT_EQ(configuration.addresses.deny, default_denied_networks());
    EXPECT_FALSE(configuration.addresses.tunnel_private);
    EXPECT_EQ(configuration.limits.tunnel_idle, 1h);
    EXPECT_EQ(configuration.limits.client_idle + configuration.limits.client_head, 120s + 30s);
    EXPECT_EQ(configuration.limits.client_min_rate, 1024U);
    EXPECT_EQ(configuration.limits.buffered, 16U << 20);
    EXPECT_EQ(configuration.limits.header_bytes, 64U * 1024);
    EXPECT_EQ(configuration.workers, 0U);
    EXPECT_EQ(configuration.log.access, "stdout");
    EXPECT_FALSE(configuration.log.query);
    EXPECT_EQ(configuration.trace, TraceRule::pass);
    EXPECT_EQ(configuration.shutdown.delay, 0s);
    EXPECT_EQ(configuration.shutdown.drain, 25s);
    EXPECT_FALSE(configuration.watch_configuration);
    const auto& partner = configuration.profiles.at(0);
    EXPECT_EQ(partner.default_port, 443);
    EXPECT_EQ(partner.key_store, std::nullopt);
    EXPECT_TRUE(partner.trust.system);
    EXPECT_TRUE(partner.trust.records.empty());
    EXPECT_EQ(partner.tls.min_version, TlsVersion::tls_1_2);
    EXPECT_EQ(partner.retry, RetryRule::idempotent);
    EXPECT_EQ(partner.rotation.overlap.count(), 0);
    EXPECT_EQ(partner.connect_method, ConnectRule::reject);
}

TEST(YamlReaderText, TakesTheWordsThatStandForDefaults) {
    const auto configuration = read_text(
        "workers: auto\n"
        "log: { access: off }\n"
        "profiles: [{ name: a, hosts: [], ports: [], tls: { server_name: null } }]\n"
    );

    EXPECT_EQ(configuration.workers, 0U);
    EXPECT_EQ(configuration.log.access, "off");
    EXPECT_EQ(configuration.profiles.at(0).tls.server_name, std::nullopt);
}

TEST(YamlReaderText, TakesTextAsItIsWrittenWhateverYamlWouldMakeOfIt) {
    const auto configuration = read_text(
        "certificates:\n"
        "  - { name: no, type: java_key_store, file: /dev/null, alias: 010, description: ~x }\n"
        "profiles: [{ name: \"null\", key_store: no, tls: { min_version: 1.2 } }]\n"
    );

    const auto& record = configuration.certificates.at(0);
    EXPECT_EQ(record.name, "no");
    EXPECT_EQ(std::get<certs::KeyStoreSource>(record.source).alias, "010");
    EXPECT_EQ(configuration.profiles.at(0).name, "null");
}

TEST(YamlReaderText, TrustsOnlyWhatIsNamed) {
    const auto configuration = read_text(
        "certificates: [{ name: ca, type: trust_store_cert, file: /dev/null }]\n"
        "profiles: [{ name: a, trust: [ca] }, { name: b, trust: [system] }]\n"
    );

    EXPECT_FALSE(configuration.profiles.at(0).trust.system);
    EXPECT_TRUE(configuration.profiles.at(1).trust.system);
    EXPECT_TRUE(configuration.profiles.at(1).trust.records.empty());
}

TEST(YamlReaderText, WritesAliasesOut) {
    const auto configuration = read_text(
        "profiles:\n"
        "  - { name: a, timeouts: &slow { connect: 20s } }\n"
        "  - { name: b, timeouts: *slow }\n"
    );

    EXPECT_EQ(configuration.profiles.at(1).timeouts.connect, 20s);
}

TEST(YamlReaderText, TakesAByteOrderMarkAndLineEndsOfWindows) {
    const auto configuration = read_text("\xef\xbb\xbfworkers: 3\r\nlog: { level: error }\r\n");

    EXPECT_EQ(configuration.workers, 3U);
    EXPECT_EQ(configuration.log.level, LogLevel::error);
}

TEST(YamlReaderText, LetsADescriptionBeginWithATypographicQuotationMark) {
    const auto configuration = read_text(
        "certificates:\n"
        "  - { name: a, type: pem_key_store, file: /dev/null, description: \u201eAcme\u201c }\n"
    );

    EXPECT_EQ(configuration.certificates.at(0).description, "\u201eAcme\u201c");
}

TEST(YamlReaderText, TakesOneChainFileOrMany) {
    const auto chain_of = [](const std::string& chain) {
        const auto configuration = read_text(
            "certificates:\n  - { name: a, type: pem_key_store, file: /dev/null, chain: " + chain +
            " }\n"
        );
        return std::get<certs::KeyStoreSource>(configuration.certificates.at(0).source).chain_files;
    };
    using Files = std::vector<std::filesystem::path>;

    EXPECT_EQ(chain_of("/dev/null"), Files{"/dev/null"});
    EXPECT_EQ(chain_of("[/dev/null, /dev/zero]"), (Files{"/dev/null", "/dev/zero"}));
    EXPECT_EQ(chain_of("/dev/null, active: false"), Files{"/dev/null"});
}

TEST(YamlReaderText, WarnsOfAPasswordInTheConfigurationWithoutRepeatingIt) {
    const auto configuration = read_text(
        "certificates:\n"
        "  - { name: a, type: java_key_store, file: /dev/null, password: hunter2 }\n"
    );

    ASSERT_EQ(configuration.warnings.size(), 1U);
    EXPECT_EQ(configuration.warnings[0].where, "c.yaml:2:65");
    EXPECT_EQ(
        configuration.warnings[0].text,
        "certificates[0].password: the password itself stands in the configuration; keep it "
        "elsewhere and write { file: PATH }, { env: NAME } or { credential: NAME }"
    );
    const auto& source = std::get<certs::KeyStoreSource>(configuration.certificates[0].source);
    EXPECT_EQ(source.password, certs::PasswordSource{certs::Secret{"hunter2"}});
}

TEST(YamlReaderText, WarnsWhereTheMetadataServiceIsNoLongerDenied) {
    const auto configuration = read_text("addresses: { deny: [] }\n");

    ASSERT_EQ(configuration.warnings.size(), 1U);
    EXPECT_EQ(configuration.warnings[0].where, "c.yaml:1:20");
    EXPECT_EQ(
        configuration.warnings[0].text,
        "addresses.deny: upstream connections may reach 169.254.169.254, the clouds' metadata "
        "service, which gives out credentials"
    );
    EXPECT_TRUE(configuration.addresses.deny.empty());
}

TEST(Quote, EscapesCutsAndNeverRepeatsKeyMaterial) {
    EXPECT_EQ(quote("api.partner.example"), "'api.partner.example'");
    EXPECT_EQ(quote("which?one"), "'which?one'");
    EXPECT_EQ(quote("api.partner.example/a?key=b"), "'api.partner.example/a?…'");
    EXPECT_EQ(quote("api.partner.example?key=b"), "'api.partner.example?…'");
    EXPECT_EQ(quote("/orders?b"), "'/orders?…'");
    EXPECT_EQ(quote_file("/etc/a?b.pem"), "'/etc/a?b.pem'");
    EXPECT_EQ(quote_file("/etc/https://me:b@vault/a?b"), "'/etc/https://me:…@vault/a?…'");
    EXPECT_EQ(quote("a\tb\rc"), "'a\\tb\\rc'");
    EXPECT_EQ(quote("a\nb"), "text of several lines");
    EXPECT_EQ(quote("-----BEGIN PRIVATE KEY-----MIIE"), "key material");
    EXPECT_EQ(quote(std::string(201, 'a')), "'" + std::string(200, 'a') + "…'");
    EXPECT_EQ(quote(std::string(199, 'a') + "\xc3\xbc"), "'" + std::string(199, 'a') + "…'");
}

}  // namespace
}  // namespace countersign::profiles
