#pragma once

#include <string>

namespace countersign::proxy::generation {

/// A renewed identity that its server did not take when it was tried (`rotation.verify_with`): the
/// profile keeps the one before.
struct HeldBack {
    std::string profile;
    std::string fingerprint;  ///< of the renewed one
    std::string sentence;     ///< a warning: what was tried, what came of it, and what to do

    /// Whatever the server said this time.
    friend bool operator==(const HeldBack& one, const HeldBack& other) {
        return one.profile == other.profile && one.fingerprint == other.fingerprint;
    }
};

}  // namespace countersign::proxy::generation
