#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "certs/crl_set.hpp"
#include "proxy/upstream/revocation/answer.hpp"

namespace countersign::proxy::upstream::revocation {

/// Lists that were fetched and proven, for the next certificate of the same authority: until one is
/// to be fetched anew, and so many bytes of them at most. Of one thread.
class ListCache {
public:
    explicit ListCache(std::size_t most_bytes) : most_bytes_{most_bytes} {}

    struct Found {
        std::shared_ptr<const certs::CrlSet> lists;  ///< null: it is to be fetched
        Time fetched_at{};
    };
    Found find(const std::string& url, Time now) const {
        const auto at = lists_.find(url);
        return at == lists_.end() || now >= at->second.until ? Found{} : at->second.found;
    }
    /// One that is too large is not kept; where all together are, the others go.
    void keep(const std::string& url, Found fetched, std::size_t bytes, Time until) {
        if (const auto at = lists_.find(url); at != lists_.end()) {
            bytes_ -= at->second.bytes;
            lists_.erase(at);
        }
        if (bytes > most_bytes_) return;
        if (bytes_ + bytes > most_bytes_) {
            lists_.clear();
            bytes_ = 0;
        }
        bytes_ += bytes;
        lists_[url] = {std::move(fetched), bytes, until};
    }

private:
    struct Kept {
        Found found;
        std::size_t bytes = 0;
        Time until{};
    };

    const std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    std::unordered_map<std::string, Kept> lists_;
};

}  // namespace countersign::proxy::upstream::revocation
