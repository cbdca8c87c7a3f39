#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "profiles/matching/match_index.hpp"
#include "profiles/matching/request.hpp"

namespace countersign::profiles {

/// What matters of a listener for what can reach a profile.
struct ListenerKind {
    std::string name;
    bool is_unix = false;
    /// Its requests are all one profile's: none has to be found for them.
    bool names_profile = false;
    /// Where its requests go, whatever they say.
    std::optional<HostPort> upstream = std::nullopt;
};

/// A request that owns its texts.
struct ExampleRequest {
    std::string host;
    std::uint16_t port = 0;
    std::string path = "/";
    std::string method = "GET";
    std::optional<IpAddress> address;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::string client;
    std::string listener;

    Request view() const;
};

/// Finds a request that reaches a leaf and no more specific one, or that there is none. For each
/// criterion it needs to try only what stands for all that the configuration tells apart: a value
/// that no profile names where there is one, else all that are named.
class TieExamples {
public:
    /// Empty `listeners`: any may exist. Keeps a reference to `profiles`.
    TieExamples(const std::vector<Profile>& profiles, const std::vector<ListenerKind>& listeners);

    std::optional<ExampleRequest> find(
        const MatchIndex& index, std::int32_t leaf, const Claim& claim, std::uint16_t preferred_port
    ) const;

    /// "POST api.partner.example:443/orders by client 'billing'": the host, and what profiles of
    /// that host are told apart by.
    std::string describe(const ExampleRequest& request) const;

private:
    struct Origin {
        ExampleRequest request;  ///< address, uid, gid, client
        bool is_unix = false;
    };

    std::optional<std::string> host(const HostPattern& pattern) const;
    std::vector<std::uint16_t> ports(const Claim& claim, std::uint16_t preferred) const;
    std::vector<Origin> origins(const Claim& claim) const;
    std::vector<IpAddress> addresses_in(const Network& network) const;
    std::vector<ListenerKind> listeners(const Claim& claim, bool is_unix) const;
    std::string path(const Claim& claim) const;
    std::string method(const Claim& claim) const;

    const std::vector<Profile>& profiles_;
    bool any_listener_;
    std::set<std::string> hosts_;
    std::set<std::uint16_t> ports_;
    std::vector<Network> networks_;
    std::set<std::uint32_t> uids_;
    std::set<std::uint32_t> gids_;
    std::set<std::string> listener_names_;
    std::set<std::string> methods_;
    std::vector<ListenerKind> listeners_;  ///< those for whose requests a profile is found
};

}  // namespace countersign::profiles
