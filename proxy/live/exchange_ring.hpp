#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/configuration.hpp"
#include "proxy/live/kept_exchange.hpp"

namespace countersign::proxy::live {

/// One that failed, with what its client was told of it.
struct FailedExchange {
    KeptExchange line;
    std::string_view stage;  ///< of static text
    std::string reason;
    std::string remedy;
    std::shared_ptr<const Account> account;  ///< null: no connection was tried for it
};

/// What one worker has kept since it was last asked.
struct RecentExchanges {
    std::uint64_t count = 0;             ///< all that have ended, and had a place
    std::vector<KeptExchange> lines;     ///< the newest of them, in the order in which they ended
    std::vector<FailedExchange> failed;  ///< these too, with their reports; the order is the same
};

/// The last exchanges of one worker, for who looks at the console: a thousand, and a hundred that
/// failed, which stay when a thousand others have come. One thread's; others get copies. It has
/// memory while it is enabled only, and takes none for an exchange that went well.
class ExchangeRing {
public:
    static constexpr std::size_t kMost = 1000;
    static constexpr std::size_t kMostFailed = 100;

    /// Disabled, it forgets all. What is enabled already stays as it is.
    void enable(bool wanted);
    bool enabled() const { return lines_ != nullptr; }

    /// While it is enabled. `failure`: null where the exchange went well.
    void add(const ExchangeRecord& record, const profiles::LogRules& rules, const Failure* failure);
    /// Those whose number is above `after`, into the memory of a former answer.
    RecentExchanges since(std::uint64_t after, RecentExchanges into) const;

private:
    void keep_failure(const KeptExchange& line, const Failure& failure);

    std::unique_ptr<KeptExchange[]> lines_;  // NOLINT(modernize-avoid-c-arrays): not filled
    std::vector<FailedExchange> failed_;     ///< at most kMostFailed, then the oldest gives way
    std::size_t next_failed_ = 0;
    std::uint64_t count_ = 0;  ///< goes on when it is enabled again
    std::uint64_t first_ = 0;  ///< so many had ended when it was enabled
};

}  // namespace countersign::proxy::live
