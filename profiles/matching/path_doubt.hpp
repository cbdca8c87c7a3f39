#pragma once

#include <string>
#include <string_view>

namespace countersign::profiles {

/// The segment for which servers may read a path in different ways, and what it has or may be:
/// "'..;x'" and "is '.' or '..' to some servers". Views of the path and of constants.
struct PathDoubt {
    std::string_view segment;  ///< as it is written; empty: two slashes that follow each other
    std::string_view why;
};

/// That of a path that `PathSegments` calls ambiguous, of which a query may be the end: a segment
/// that may be a step to another folder, else the first that has something else. For messages; it
/// reads the path once for each segment's rules, not once for all.
PathDoubt path_doubt(std::string_view path);

/// "its segment '..;x' is '.' or '..' to some servers". A segment may be as long as a head, and is
/// cut after 80 bytes.
std::string to_text(const PathDoubt& doubt);

}  // namespace countersign::profiles
