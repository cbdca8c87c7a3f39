#pragma once

#include <boost/system/result.hpp>
#include <chrono>
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
#include "proxy/generation/expiry.hpp"
#include "proxy/generation/key_material.hpp"
#include "proxy/generation/listener_id.hpp"
#include "proxy/generation/route.hpp"
#include "proxy/net/buffer_pool.hpp"
#include "proxy/tls/tls_context.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::generation {

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
    static boost::system::result<std::shared_ptr<const Generation>, std::vector<std::string>> load(
        profiles::Configuration configuration, const Generation* before = nullptr,
        std::string file_state = {}
    );

    const profiles::Configuration& configuration() const { return configuration_; }
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

    const ClientDirectory& clients() const { return clients_; }
    /// What operators have to show for a change (admin.token); null: there is none.
    const certs::PasswordDigest* admin_token() const {
        return admin_token_ ? &*admin_token_ : nullptr;
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
    /// How long every certificate of the active records lasts, record by record.
    const std::vector<CertificateTerm>& terms() const { return terms_; }

private:
    class Builder;
    Generation(profiles::Configuration configuration, profiles::ProfileSet profiles)
        : configuration_{std::move(configuration)}, profiles_{std::move(profiles)} {}

    void number_listeners(const Generation* before);
    std::vector<std::string> build(const Generation* before, certs::ContentStates& states);
    void note_origins();

    profiles::Configuration configuration_;
    profiles::ProfileSet profiles_;
    std::vector<ListenerId> listener_ids_;  ///< in the listeners' order
    std::uint32_t next_listener_ = 0;
    std::string state_;
    std::string file_state_;
    KeyMaterial key_material_;
    std::vector<Route> routes_;
    std::optional<Route> unmatched_;
    /// Of all routes: no two have the same rules.
    std::unordered_map<const upstream::addresses::OriginRules*, const Route*> by_rules_;
    bool tunnels_ = false;
    std::shared_ptr<const upstream::addresses::OriginRules> unmatched_rules_;
    ClientDirectory clients_;
    std::optional<certs::PasswordDigest> admin_token_;
    std::vector<std::string> warnings_;
    std::vector<std::string> notes_;
    std::vector<CertificateTerm> terms_;
};

/// "expired on …" or "is not valid before …", empty where the identity may be used at `now`.
std::string unusable_because(
    const certs::Identity& identity, std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::generation
