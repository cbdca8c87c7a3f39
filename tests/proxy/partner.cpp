#include "tests/proxy/partner.hpp"

#include <stdexcept>
#include <utility>

#include "certs/identity_loader.hpp"
#include "certs/key_store.hpp"

namespace countersign::proxy {

Partner::Partner() {
    const tests::Issued server = ca_.issue(
        {.common_name = "partner server",
         .dns_names = {"localhost"},
         .ip_addresses = {"127.0.0.1"},
         .server_auth = true}
    );
    directory_.write("ca.pem", ca_.certificate_pem());
    directory_.write("server.pem", server.chain_pem());
    directory_.write("server.key", server.key_pem());
}

tests::ScriptedServer::Options Partner::server(bool demanding) const {
    tests::ScriptedServer::Options options;
    options.certificate = directory_ / "server.pem";
    options.key = directory_ / "server.key";
    if (demanding) options.client_ca = directory_ / "ca.pem";
    return options;
}

profiles::CertificateRecord Partner::key_store(
    const std::string& name, std::chrono::seconds not_before, std::chrono::seconds not_after
) const {
    const tests::Issued issued = ca_.issue(
        {.common_name = name, .not_before = not_before, .not_after = not_after, .client_auth = true}
    );
    certs::KeyStoreSource source;
    source.declared = certs::KeyStoreFormat::pem;
    source.file = directory_.write(name + ".pem", issued.certificate_pem() + issued.key_pem());
    profiles::CertificateRecord record;
    record.name = name;
    record.source = source;
    return record;
}

profiles::CertificateRecord Partner::trust() const {
    profiles::CertificateRecord record;
    record.name = "ca";
    record.source = certs::TrustSource{certs::TrustFile{directory_ / "ca.pem"}};
    return record;
}

profiles::Profile Partner::profile(
    const std::string& name, std::vector<std::string> hosts, const std::string& key_store
) {
    profiles::Profile profile;
    profile.name = name;
    for (const std::string& host : hosts) {
        profile.hosts.push_back(profiles::HostPattern::parse(host).value());
    }
    if (!key_store.empty()) profile.key_store = key_store;
    profile.trust = {{"ca"}, false};
    return profile;
}

std::shared_ptr<const tls::TlsContext> Partner::context(
    const std::string& name, profiles::TlsRules rules, std::shared_ptr<const certs::CrlSet> lists,
    tls::DefaultGroups groups
) const {
    tls::TlsContextParts parts;
    parts.lists = std::move(lists);
    parts.rules = std::move(rules);
    parts.trust = std::make_shared<const certs::TrustStore>(
        certs::TrustStore::load({certs::TrustFile{directory_ / "ca.pem"}}).value()
    );
    if (!name.empty()) {
        const auto source = std::get<certs::KeyStoreSource>(key_store(name).source);
        parts.identity = std::make_shared<const certs::Identity>(
            std::move(certs::load_identity(source).value().identity)
        );
    }
    auto made = tls::TlsContext::make(std::move(parts), std::move(groups));
    if (!made) throw std::runtime_error{made.error()};
    return *made;
}

std::shared_ptr<const generation::Generation> generation_of(
    profiles::Configuration configuration, const generation::Generation* before
) {
    auto loaded = generation::Generation::load(std::move(configuration), before);
    if (!loaded) throw std::runtime_error{loaded.error().front()};
    return *loaded;
}

}  // namespace countersign::proxy
