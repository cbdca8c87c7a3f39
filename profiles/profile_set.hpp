#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "profiles/profile.hpp"

namespace countersign::profiles {

/// Two profiles that one destination would fit equally well.
struct Tie {
    std::string first;
    std::string second;
    std::string pattern;  ///< the host pattern they share: "*.partner.example"
    /// A destination for which both apply: "api.partner.example:443". Two that differ in `ports`
    /// may both take a destination that names no port: "api.partner.example without a port".
    std::string example;
};

/// Why a profile was chosen, or none.
enum class MatchReason {
    scheme,
    exact_host,
    wildcard_host,
    any_host,
    no_host_matches,
    no_port_matches,
    unknown_scheme
};

/// Which profile applies, as an index into `profiles()`, or -1.
struct Match {
    std::int32_t profile = -1;
    MatchReason reason = MatchReason::no_host_matches;
    bool found() const { return profile >= 0; }
};

std::string_view to_text(MatchReason reason);

/// All profiles, and which one applies to a destination: exact host beats wildcard, a longer
/// wildcard a shorter one; among equal patterns a profile with `ports` beats one without. No two
/// tie. `find` is total, deterministic, does not allocate, and costs the same among ten and ten
/// thousand profiles. Immutable, shared by all workers.
class ProfileSet {
public:
    /// Error: every profile that ties with an earlier one, once for each pattern. Names are unique
    /// (the reader checked).
    static boost::system::result<ProfileSet, std::vector<Tie>> from(std::vector<Profile> profiles);

    /// By destination: `host` normalised (`normalise_host`); `port` as the client named it, 0 where
    /// it named none: then each candidate is looked at with its own default_port.
    Match find(std::string_view host, std::uint16_t port) const;

    /// By the profile's name as URL scheme. `host` and `port` still limit: a profile with `hosts`
    /// goes only there.
    Match find_scheme(std::string_view scheme, std::string_view host, std::uint16_t port) const;
    /// The profile of that name, whatever the destination; -1 for none.
    std::int32_t index_of(std::string_view name) const;

    const std::vector<Profile>& profiles() const { return profiles_; }
    const Profile& operator[](std::int32_t index) const {
        return profiles_[static_cast<std::size_t>(index)];
    }

private:
    friend class ProfileSetBuilder;

    ProfileSet() = default;

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    /// The profiles of one pattern; no ties: each port has at most one.
    struct Candidates {
        std::vector<std::pair<std::uint16_t, std::int32_t>> by_port;  ///< sorted
        std::int32_t unnamed_port = -1;  ///< has `ports` with its own default_port among them
        std::int32_t any_port = -1;      ///< has no `ports`

        std::int32_t find(std::uint16_t port) const;
    };
    using Index = std::unordered_map<std::string, Candidates, TextHash, std::equal_to<>>;

    std::vector<Profile> profiles_;
    std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>> by_name_;
    Index exact_;
    Index suffix_;
    Candidates any_;
};

}  // namespace countersign::profiles
