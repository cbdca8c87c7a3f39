#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>

#include "proxy/upstream/revocation/answer.hpp"

namespace countersign::proxy::upstream::revocation {

/// The limits of what is fetched; a test gives its own.
struct Terms {
    std::function<Time()> now = [] { return std::chrono::system_clock::now(); };
    std::chrono::milliseconds one_fetch = std::chrono::seconds{5};     ///< from name to last byte
    std::chrono::milliseconds one_inquiry = std::chrono::seconds{15};  ///< all of a certificate's
    std::size_t at_once = 8;         ///< certificates that are asked about
    std::size_t most_waiting = 256;  ///< and those that wait for their turn
    std::size_t most_answers = 4096;
    std::size_t most_ocsp_bytes = std::size_t{64} << 10;
    std::size_t most_list_bytes = std::size_t{16} << 20;
    /// Of lists that are kept for the next certificate of the same authority.
    std::size_t most_kept_bytes = std::size_t{8} << 20;
    /// What nobody has said is asked again then, by whoever wants to know it.
    std::chrono::milliseconds retry = std::chrono::seconds{30};
    /// How long an OCSP answer holds, after it was made, that names no end: nobody says that it is
    /// not an old one, sent again.
    std::chrono::seconds endless = std::chrono::hours{1};
    std::chrono::milliseconds refresh_at_latest = std::chrono::hours{12};
    /// What is revoked may have been on hold.
    std::chrono::milliseconds of_revoked = std::chrono::hours{1};
    /// An answer that nobody asked for so long is not refreshed, and goes.
    std::chrono::milliseconds forget = std::chrono::hours{24};

    /// When what holds until then is asked anew: at half of what is left of its life.
    Time refresh_at(Time at, Time until) const {
        using Milliseconds = std::chrono::milliseconds;
        const Milliseconds most = refresh_at_latest;
        if (until <= at) return at + std::min(of_revoked, most);
        const auto half = std::chrono::duration_cast<Milliseconds>(until - at) / 2;
        return at + std::clamp(half, std::min<Milliseconds>(std::chrono::seconds{1}, most), most);
    }
};

}  // namespace countersign::proxy::upstream::revocation
