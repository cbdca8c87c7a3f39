#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/configuration.hpp"
#include "proxy/generation/generation.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy {

/// The partner that a test calls: an authority, the certificate of its servers (for 127.0.0.1 and
/// localhost), the client certificates that it issued, all as files; and what the operator says
/// about it.
class Partner {
public:
    Partner();

    /// A TLS server of the partner; it demands a client certificate where `demanding`.
    tests::ScriptedServer::Options server(bool demanding = true) const;

    /// Issues a client certificate "CN=name"; the record has the same name.
    profiles::CertificateRecord key_store(
        const std::string& name, std::chrono::seconds not_before = std::chrono::hours{-1},
        std::chrono::seconds not_after = std::chrono::hours{24}
    ) const;
    /// The record "ca" of the partner's authority.
    profiles::CertificateRecord trust() const;

    /// A profile that trusts "ca", and presents the key store of that name where it is not empty.
    static profiles::Profile profile(
        const std::string& name, std::vector<std::string> hosts, const std::string& key_store
    );

    /// The partner's servers checked, and "CN=name" presented where it is not empty. `lists`: of
    /// revoked certificates. `groups`: that are offered where the rules name none.
    std::shared_ptr<const tls::TlsContext> context(
        const std::string& name, profiles::TlsRules rules = {},
        std::shared_ptr<const certs::CrlSet> lists = {},
        tls::DefaultGroups groups = tls::DefaultGroups::of_library()
    ) const;

    /// Who signs for the partner, and is trusted.
    const tests::Ca& authority() const { return ca_; }
    const tests::TempDir& directory() const { return directory_; }

private:
    tests::TempDir directory_;
    tests::Ca ca_ = tests::Ca::root("Partner Root");
};

/// Loads it; throws where it has problems.
std::shared_ptr<const generation::Generation> generation_of(
    profiles::Configuration configuration, const generation::Generation* before = nullptr
);

}  // namespace countersign::proxy
