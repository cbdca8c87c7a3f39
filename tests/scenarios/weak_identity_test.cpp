#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

/// An identity that OpenSSL's security level refuses.
struct WeakIdentity {
    const char* name;
    CertificateSpec spec;
    std::string_view says;    ///< of it, by lint, check and run
    std::string_view advice;  ///< the remedy's last words
    std::string accepting;    ///< the rules that take it; empty: none
};

std::vector<WeakIdentity> weak_identities() {
    CertificateSpec rsa_1024{.common_name = "weak", .client_auth = true};
    rsa_1024.key_kind = KeyKind::rsa_1024;
    CertificateSpec sha1{.common_name = "weak", .client_auth = true};
    sha1.sha1 = true;
    CertificateSpec md5{.common_name = "weak", .client_auth = true};
    md5.md5 = true;
    return {
        {"Rsa1024", rsa_1024,
         "'CN=weak' is for a key of RSA 1024 bits, which today's servers refuse.",
         "danger_weak_keys: true } in its profile accepts it.", "danger_weak_keys: true"},
        {"Sha1", sha1, "'CN=weak' is signed with SHA1, which today's servers refuse.",
         "danger_sha1: true } in its profile accepts it.", "danger_sha1: true"},
        {"Md5", md5, "'CN=weak' is signed with MD5, which today's servers refuse.",
         "signed with SHA-256.", ""},
    };
}

std::string output_of(std::vector<std::string> command) {
    Process process{std::move(command)};
    process.wait_for_exit();
    return process.output();
}

/// The line that has the text.
std::string line_with(const std::string& text, std::string_view part) {
    const auto at = text.find(part);
    if (at == text.npos) return {};
    const auto begin = text.rfind('\n', at) + 1;
    return text.substr(begin, text.find('\n', at) - begin);
}

/// The identity in each container; the password of those that have one is in `password`.
std::vector<std::pair<std::string, std::filesystem::path>> stores_of(
    const Partner& partner, const Issued& issued, const std::string& password
) {
    const TempDir& files = partner.files();
    const auto pkcs12 = files.write("weak.p12", issued.pkcs12("changeit", "weak"));
    std::vector<std::pair<std::string, std::filesystem::path>> stores{
        {"pem_key_store", partner.write_identity("weak", issued)}, {"pkcs12_key_store", pkcs12}};
    for (const char* const name : {"weak.jks", "weak.jceks"}) {
        stores.emplace_back("java_key_store", files / name);
        std::filesystem::remove(stores.back().second);
        output_of(
            {countersign_binary(), "keystore", "convert", pkcs12, stores.back().second,
             "--password-file", password}
        );
    }
    return stores;
}

class WeakIdentities : public testing::Test {
protected:
    void is_told_alike(
        const WeakIdentity& weak, const std::string& type, const std::filesystem::path& store
    ) {
        const bool has_password = type != "pem_key_store";
        const std::string password =
            has_password ? ", password: { file: " + password_ + " }" : std::string{};
        const std::string again = weak.accepting.empty() ? "" : ", tls: { " + weak.accepting + " }";
        const std::string rest = ", key_store: weak, trust: [partner-ca]";
        std::string yaml = partner_.certificates() + "  - { name: weak, type: " + type +
                           ", file: " + store.string() + password + " }\n";
        yaml +=
            "profiles:\n"
            "  - { name: partner, hosts: [127.0.0.1], key_store: alice, trust: [partner-ca] }\n";
        yaml += "  - { name: old, hosts: [old.example]" + rest + " }\n";
        if (!again.empty()) yaml += "  - { name: lax, hosts: [lax.example]" + rest + again + " }\n";
        std::vector<std::string> lint{countersign_binary(), "keystore", "lint", store};
        if (has_password) lint.insert(lint.end(), {"--password-file", password_});

        const std::string linted = output_of(lint);
        const std::string checked = output_of(
            {countersign_binary(), "check", "-c",
             partner_.files().write("countersign.yaml", yaml).string()}
        );
        const ProxyUnderTest proxy{yaml};
        const Response refused = proxy.exchange(absolute_get("old.example", "/"));
        const Response served = proxy.exchange(absolute_get(nginx_.authority(), "/"));

        EXPECT_NE(line_with(linted, weak.says), "") << linted;
        EXPECT_NE(linted.find(weak.advice), linted.npos) << linted;
        for (const std::string& said : {checked, proxy.log()}) {
            const std::string line = line_with(said, weak.says);
            EXPECT_NE(line.find("certificate record 'weak': " + store.string()), line.npos) << said;
            EXPECT_NE(
                line.find(
                    std::string{weak.advice} +
                    " Until then requests of profile 'old' are answered with 503"
                ),
                line.npos
            ) << said;
            const std::string behind = said.substr(said.find(line) + line.size());
            EXPECT_EQ(line_with(behind, weak.says), "") << "told twice: " << said;
        }
        EXPECT_EQ(refused.status, 503);
        EXPECT_EQ(proxy_error(refused), "proxy_configuration_error");
        EXPECT_NE(refused.body.find("CN=weak"), refused.body.npos) << refused.body;
        EXPECT_NE(refused.body.find(weak.advice), refused.body.npos) << refused.body;
        EXPECT_EQ(proxy_error(served), "") << served.body;
    }

    const Partner partner_;
    const std::string password_ = partner_.files().write("password", "changeit\n").string();
    const Ca rsa_ = Ca::root("Old Root", KeyKind::rsa_2048);
    const Nginx nginx_{partner_.nginx()};
};

TEST_F(WeakIdentities, AreToldAlikeByLintCheckAndRunAndTheirProfileAloneAnswers503) {
    for (const WeakIdentity& weak : weak_identities()) {
        const Issued issued = rsa_.issue(weak.spec);  // EC signs with no MD5
        for (const auto& [type, store] : stores_of(partner_, issued, password_)) {
            SCOPED_TRACE(std::string{weak.name} + " in " + store.extension().string());
            is_told_alike(weak, type, store);
        }
    }
}

TEST_F(WeakIdentities, LieInTheChainToo) {
    const Ca weak = partner_.root().intermediate(CertificateSpec{
        .common_name = "Weak Issuer", .ca = true, .key_kind = KeyKind::rsa_1024});
    const Issued issued = weak.issue({.common_name = "acme", .client_auth = true});
    const auto store = partner_.write_identity("acme", issued);
    const ProxyUnderTest proxy{
        partner_.certificates() + "  - { name: acme, type: pem_key_store, file: " + store.string() +
        " }\nprofiles:\n"
        "  - { name: old, hosts: [old.example], key_store: acme, trust: [partner-ca] }\n"};

    const Response refused = proxy.exchange(absolute_get("old.example", "/"));

    EXPECT_EQ(refused.status, 503);
    EXPECT_NE(
        refused.body.find("has an issuer, 'CN=Weak Issuer', that is for a key of RSA 1024 bits"),
        refused.body.npos
    ) << refused.body;
}

}  // namespace
}  // namespace countersign::tests
