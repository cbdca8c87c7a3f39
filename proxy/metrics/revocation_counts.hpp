#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "certs/text/word.hpp"

namespace countersign::proxy::metrics {

/// What came of asking one OCSP responder, or for one list, about a server's certificate.
enum class RevocationFetch : std::uint8_t {
    good,       ///< it is not revoked
    revoked,    ///< it is
    unusable,   ///< an answer came that does not say it, or is not believed
    failed,     ///< no answer came
    prohibited  ///< it may not be asked: addresses.deny
};
inline constexpr certs::Word<RevocationFetch> kRevocationFetches[] = {
    {"good", RevocationFetch::good},
    {"revoked", RevocationFetch::revoked},
    {"unusable", RevocationFetch::unusable},
    {"failed", RevocationFetch::failed},
    {"prohibited", RevocationFetch::prohibited},
};

/// Of each, how many: by whom was asked, and what came of it.
struct RevocationCounts {
    using Row = std::array<std::uint64_t, 5>;  ///< by RevocationFetch
    Row ocsp{};
    Row lists{};

    std::uint64_t& of(RevocationFetch outcome, bool is_list) {
        return (is_list ? lists : ocsp)[static_cast<std::size_t>(outcome)];
    }
    /// The same counts, as somebody else has seen them: what is later stands.
    void follow(const RevocationCounts& other) {
        for (std::size_t i = 0; i < ocsp.size(); ++i) {
            ocsp[i] = std::max(ocsp[i], other.ocsp[i]);
            lists[i] = std::max(lists[i], other.lists[i]);
        }
    }
};

}  // namespace countersign::proxy::metrics
