#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "certs/crl_set.hpp"
#include "proxy/upstream/revocation/answer.hpp"

namespace countersign::proxy::upstream::revocation {

/// Lists that were fetched and proven, for the next certificate of the same authority: until one is
/// to be fetched anew, and so many bytes of them at most. Of one thread.
class ListCache {
public:
    /// Where a list is, and by which rules it was fetched: what one profile may not reach another
    /// one may.
    struct Key {
        std::string url;
        std::uint32_t rules = 0;  ///< as of AnswerKey

        friend auto operator<=>(const Key&, const Key&) = default;
    };

    explicit ListCache(std::size_t most_bytes) : most_bytes_{most_bytes} {}

    struct Found {
        std::shared_ptr<const certs::CrlSet> lists;  ///< null: it is to be fetched
        Time fetched_at{};
    };
    Found find(const Key& key, Time now) const {
        const auto at = lists_.find(key);
        return at == lists_.end() || now >= at->second.until ? Found{} : at->second.found;
    }
    /// One that is too large is not kept; where all together are, the others go.
    void keep(const Key& key, Found fetched, std::size_t bytes, Time until) {
        if (const auto at = lists_.find(key); at != lists_.end()) {
            bytes_ -= at->second.bytes;
            lists_.erase(at);
        }
        if (bytes > most_bytes_) return;
        if (bytes_ + bytes > most_bytes_) {
            lists_.clear();
            bytes_ = 0;
        }
        bytes_ += bytes;
        lists_[key] = {std::move(fetched), bytes, until};
    }

private:
    struct Kept {
        Found found;
        std::size_t bytes = 0;
        Time until{};
    };

    const std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    std::map<Key, Kept> lists_;
};

}  // namespace countersign::proxy::upstream::revocation
