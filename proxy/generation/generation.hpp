#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "certs/content_state.hpp"
#include "certs/identity.hpp"
#include "certs/password_digest.hpp"
#include "certs/trust_store.hpp"
#include "profiles/configuration.hpp"
#include "profiles/profile_set.hpp"
#include "proxy/generation/client_directory.hpp"
#include "proxy/generation/console_users.hpp"
#include "proxy/generation/expiry.hpp"
#include "proxy/generation/held_back.hpp"
#include "proxy/generation/key_material.hpp"
#include "proxy/generation/listener_id.hpp"
#include "proxy/generation/route.hpp"
#include "proxy/net/buffer_pool.hpp"
#include "proxy/tls/server_context.hpp"
#include "proxy/tls/tls_context.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::generation {

class Generation;
using Vet = std::function<std::vector<HeldBack>(const Generation& loaded)>;

/// Everything that one load of the configuration gives: complete and checked before anyone sees it,
/// immutable, shared by all workers. What is not in it is the process's: sockets, connections, and
/// what is counted.
class Generation {
public:
    /// Loads every active certificate record and makes every profile's TLS. `before`: the one that
    /// it is to follow. Its listeners keep their numbers; its TLS contexts and rules are carried
    /// over where what they are made of has not changed by content, so that connections and TLS
    /// sessions live on. Error: all problems, one sentence each.
    /// `file_state`: of the configuration's file.
    /// `vet`: is shown what was loaded, and says which renewed identities are not to be used yet.
    static boost::system::result<std::shared_ptr<const Generation>, std::vector<std::string>> load(
        profiles::Configuration configuration, const Generation* before = nullptr,
        std::string file_state = {}, const Vet& vet = {}
    );

    const profiles::Configuration& configuration() const { return configuration_; }
    /// Renewed identities that are not used yet: to be tried again.
    const std::vector<HeldBack>& held_back() const { return held_back_; }
    const profiles::ProfileSet& profiles() const { return profiles_; }
    const Route& route(std::int32_t profile) const {
        return routes_[static_cast<std::size_t>(profile)];
    }
    /// For destinations without a profile; null where they are rejected.
    const Route* unmatched() const { return unmatched_ ? &*unmatched_ : nullptr; }
    /// Whether there is any CONNECT that gets a tunnel.
    bool tunnels() const { return tunnels_; }
    /// For tunnels without a profile.
    const upstream::addresses::OriginRules& unmatched_tunnel() const { return *unmatched_rules_; }

    /// Of one of its own.
    ListenerId id_of(const profiles::Listener& listener) const;
    /// Null where it has none of that number.
    const profiles::Listener* find_listener(ListenerId id) const;
    /// Whether the origin is one of a route of its own, or serves in the place of one until lately.
    upstream::Standing standing_of(const upstream::Origin& origin, net::TimePoint now) const;
    /// When it is to be asked that again; kNever: not at all.
    net::TimePoint next_retirement(net::TimePoint now) const;
    /// Room for a head of the limit, and in front of it for all that a profile's edits add.
    net::BufferSizes buffer_sizes() const;

    /// The TLS of a route of its own with the identity of that record instead: to try it. Error: a
    /// sentence; no active key store has the name, or OpenSSL refuses it.
    boost::system::result<std::shared_ptr<const tls::TlsContext>, std::string> tls_with(
        const tls::TlsContext& tls, const std::string& record
    ) const;

    const ClientDirectory& clients() const { return clients_; }
    /// What operators have to show for a change (admin.token); null: there is none.
    const certs::PasswordDigest* admin_token() const {
        return admin_token_ ? &*admin_token_ : nullptr;
    }
    /// TLS of the admin address; null: it speaks plain HTTP.
    const std::shared_ptr<const tls::ServerContext>& admin_tls() const { return admin_tls_; }
    /// Who may sign in to the console (console.users); null: nobody by a name.
    const ConsoleUsers* console_users() const {
        return console_users_ ? &*console_users_ : nullptr;
    }
    /// `key_material_state`, from before the files were read for it: what changes meanwhile is
    /// different afterwards.
    const std::string& state() const { return state_; }
    /// The same of the configuration's own file; empty where it is of none.
    const std::string& file_state() const { return file_state_; }

    /// What is to be mended though it works: passwords in the configuration, secrets that everybody
    /// may read.
    const std::vector<std::string>& warnings() const { return warnings_; }
    /// What deserves a word: containers that are not what was declared.
    const std::vector<std::string>& notes() const { return notes_; }
    /// What `keystore lint` says of trusted certificates that vouch for nobody.
    const std::vector<std::string>& trust_faults() const { return trust_faults_; }
    /// Where the leaf of an active key store stands, for messages: its file and alias.
    std::string leaf_place(const std::string& record) const;
    /// That of an active key store; null where no such one has the name.
    std::shared_ptr<const certs::Identity> identity_of(const std::string& record) const;
    /// The same of an active record of trusted certificates.
    std::shared_ptr<const certs::TrustStore> trust_of(const std::string& record) const;
    /// How long every certificate of the active records lasts, record by record.
    const std::vector<CertificateTerm>& terms() const { return terms_; }

private:
    class Builder;
    Generation(profiles::Configuration configuration, profiles::ProfileSet profiles)
        : configuration_{std::move(configuration)}, profiles_{std::move(profiles)} {}

    std::vector<std::string> hold_back(std::vector<HeldBack> held, const Generation& before);
    void number_listeners(const Generation* before);
    std::vector<std::string> build(const Generation* before, certs::ContentStates& states);
    void note_origins();

    profiles::Configuration configuration_;
    profiles::ProfileSet profiles_;
    std::vector<ListenerId> listener_ids_;  ///< in the listeners' order
    std::uint32_t next_listener_ = 0;
    std::string state_;
    std::string file_state_;
    std::vector<HeldBack> held_back_;
    KeyMaterial key_material_;
    std::vector<Route> routes_;
    std::optional<Route> unmatched_;
    /// Of all routes: no two have the same rules.
    std::unordered_map<const upstream::addresses::OriginRules*, const Route*> by_rules_;
    bool tunnels_ = false;
    std::shared_ptr<const upstream::addresses::OriginRules> unmatched_rules_;
    ClientDirectory clients_;
    std::optional<certs::PasswordDigest> admin_token_;
    std::optional<ConsoleUsers> console_users_;
    std::shared_ptr<const tls::ServerContext> admin_tls_;
    std::vector<std::string> warnings_;
    std::vector<std::string> notes_;
    std::vector<std::string> trust_faults_;
    std::vector<CertificateTerm> terms_;
};

/// "expired on …", "is not valid before …" or "is for a key of RSA 1024 bits, …": why the identity
/// that `tls` presents may not be used at `now`. Empty where it may, and where there is none.
std::string unusable_because(const tls::TlsContext& tls, std::chrono::system_clock::time_point now);

}  // namespace countersign::proxy::generation
