#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "profiles/matching/fit.hpp"
#include "profiles/matching/match_index.hpp"
#include "profiles/matching/tie_example.hpp"
#include "profiles/profile.hpp"

namespace countersign::profiles {

/// Two profiles that one request would fit equally well.
struct Tie {
    std::string first;
    std::string second;
    std::string pattern;  ///< the host pattern they share: "*.partner.example"
    /// A request for which both apply: "api.partner.example:443/orders by client 'billing'". Two
    /// that differ in `ports` may both take one that names no port: "api.partner.example without a
    /// port".
    std::string example;
};

/// Why a profile was chosen, or none.
enum class MatchReason {
    named,
    exact_host,
    wildcard_host,
    any_host,
    no_host_matches,
    no_port_matches,
    no_client_matches,
    no_listener_matches,
    no_path_matches,
    no_method_matches,
    ambiguous_path,
    unknown_name
};

/// Which profile applies, as an index into `profiles()`, or -1.
struct Match {
    std::int32_t profile = -1;
    MatchReason reason = MatchReason::no_host_matches;
    /// None was found, one that is for named clients was passed over, and the caller has no name.
    bool name_wanted = false;
    bool found() const { return profile >= 0; }
};

std::string_view to_text(MatchReason reason);

/// All profiles, and which one applies to a request. Of two that apply, the more specific one by
/// the first `Criterion` in which they differ (README.md has the rule). No two tie. `find` is
/// total, deterministic, does not allocate, and costs about the same among ten and ten thousand
/// profiles. Immutable, shared by all workers.
class ProfileSet {
public:
    /// Error: every profile that ties with an earlier one, once for each host pattern. Names are
    /// unique (the reader checked). `listeners`: those that there are; empty: any.
    static boost::system::result<ProfileSet, std::vector<Tie>> from(
        std::vector<Profile> profiles, const std::vector<ListenerKind>& listeners = {}
    );

    Match find(const Request& request) const;

    /// The profile of that name, where the request fits all that it says; without hosts it may go
    /// anywhere.
    Match find_named(std::string_view name, const Request& request) const;
    /// The profile of that name, whatever the request; -1 for none. Letters' case does not count: a
    /// name is a URL's scheme too (RFC 3986 3.1).
    std::int32_t index_of(std::string_view name) const;

    const std::vector<Profile>& profiles() const { return profiles_; }
    const Profile& operator[](std::int32_t index) const {
        return profiles_[static_cast<std::size_t>(index)];
    }

private:
    friend class ProfileSetBuilder;

    ProfileSet() = default;

    /// Names are in lower case; what asks for them need not be.
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const;
    };
    struct SameName {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const;
    };

    std::vector<Profile> profiles_;
    std::unordered_map<std::string, std::int32_t, NameHash, SameName> by_name_;
    MatchIndex index_;
    std::vector<std::int32_t> profile_of_leaf_;
};

}  // namespace countersign::profiles
