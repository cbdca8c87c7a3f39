#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "profiles/matching/request.hpp"
#include "profiles/profile.hpp"

namespace countersign::profiles {

/// How one profile stands to one request: what rules it out, or how specific what it says is, by
/// criterion; 0 where it says nothing. Of two that apply, the first criterion by which they differ
/// decides. Slow and plain: for `explain` and for requests that name their profile. What finds a
/// profile among thousands is `MatchIndex`, which comes to the same.
struct Fit {
    std::optional<Criterion> ruled_out_by;  ///< the first of them
    /// The path is ambiguous, and the profile has `paths`.
    bool ambiguous_path = false;
    std::array<std::uint32_t, 6> rank{};

    bool applies() const { return !ruled_out_by && !ambiguous_path; }
};

Fit fit(const Profile& profile, const Request& request);

/// The same for a request that names its profile, by its URL's scheme or by a field: a profile
/// without hosts may then go anywhere.
Fit fit_of_named(const Profile& profile, const Request& request);

/// The same for a CONNECT: its paths and methods stand inside the tunnel, where nobody sees them,
/// so that a profile's rule nothing out.
Fit fit_of_connect(const Profile& profile, const Request& request);

}  // namespace countersign::profiles
