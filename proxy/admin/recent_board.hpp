#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "certs/random_text.hpp"
#include "proxy/live/exchange_ring.hpp"

namespace countersign::proxy::admin {

/// Which of the kept exchanges are asked for.
struct ExchangeQuestion {
    std::string profile = {};  ///< a name; "-": those without one; empty: any
    std::string status = {};   ///< "502", "5xx", "none"; empty: any
    bool failed = false;       ///< those alone
    std::uint64_t after = 0;   ///< numbers above that
    std::uint64_t before = std::numeric_limits<std::uint64_t>::max();  ///< and below that
    std::size_t limit = 100;
};

/// The last exchanges of all workers, in the order of their numbers: each exchange of the process
/// counts one, so that a gap says how many were not kept. They get them when the admin thread hears
/// of them, and are in order of their ends as far as they are heard of at once. The last thousand,
/// and the reports of the last hundred that failed. No I/O, one thread.
class RecentBoard {
public:
    static constexpr std::size_t kMost = live::ExchangeRing::kMost;
    static constexpr std::size_t kMostFailed = live::ExchangeRing::kMostFailed;
    static constexpr std::size_t kMostInNews = 250;
    static constexpr std::size_t kMostNewsBytes = std::size_t{256} << 10;

    /// What one worker has told since it had ended `before` exchanges.
    struct Told {
        std::uint64_t before;
        const live::RecentExchanges& recent;
    };
    /// What was heard of at once.
    void add(const std::vector<Told>& told);
    /// Forgets all, but for how many there were.
    void clear();

    std::uint64_t newest() const { return newest_; }
    /// {"process": "...", "exchanges": [...], "newest": N, "next": N or null, "silent_workers": N}:
    /// the newest first; of another process the numbers are others;
    /// `next` is what to ask for as `before` for those that come next.
    std::string page(const ExchangeQuestion& question, std::size_t silent_workers) const;
    /// One of them, with its report; empty: it is not kept.
    std::string one(std::uint64_t number) const;
    /// {"process": "...", "exchanges": [...], "newest": N, "skipped": N}: what has ended since
    /// number `after`, the oldest first: as many as an event holds, those that failed rather than
    /// others, the newest rather than others. Empty: none has.
    std::string news(std::uint64_t after) const;

private:
    struct Line {
        std::uint64_t number;
        std::uint16_t status;
        bool failed;
        std::string profile;
        std::string text;  ///< the object
    };
    using Shared = std::shared_ptr<const Line>;
    struct Failed {
        Shared line;
        std::string report;
    };

    static bool fits(const Line& line, const ExchangeQuestion& question);
    void put(const live::KeptExchange& line, const live::FailedExchange* failed);

    const std::string process_ = certs::random_text(6);
    std::deque<Shared> lines_;
    std::deque<Failed> failed_;
    std::uint64_t newest_ = 0;
};

}  // namespace countersign::proxy::admin
