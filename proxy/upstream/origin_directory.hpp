#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "proxy/net/timer_queue.hpp"
#include "proxy/upstream/pooled_origin.hpp"

namespace countersign::proxy::upstream {

/// The origins of one worker's pool, by PoolKey. Each costs about a kilobyte, and clients choose
/// the hosts: so there is a bound, and who was used longest ago goes first, with the TLS sessions
/// that it has. An origin that is used stays.
class OriginDirectory {
public:
    /// As many names as the DNS cache has.
    static constexpr std::size_t kMost = 10'000;
    /// One without connections is kept this long.
    static constexpr net::Clock::duration kForgetAfter = std::chrono::minutes{30};

    explicit OriginDirectory(std::size_t most = kMost) : most_{most} {}
    OriginDirectory(const OriginDirectory&) = delete;
    OriginDirectory& operator=(const OriginDirectory&) = delete;

    /// The origin of that key, made where it is not there yet. It stays until the next call makes
    /// another one, and longer while it is used.
    PooledOrigin&
    at(std::string_view host, std::uint16_t port, const std::shared_ptr<const tls::TlsContext>& tls,
       const std::shared_ptr<const addresses::OriginRules>& rules, net::TimePoint now);

    /// From now on each origin has the standing that `standing` gives it, also one that is made
    /// later.
    void judge(std::function<Standing(const Origin&)> standing);
    /// Those that are retired and not used. Not while one of them may still be in somebody's hands.
    void forget_retired();

    std::size_t size() const { return origins_.size(); }

    /// From who was used last: what is beyond so many idle connections and TLS sessions of all
    /// origins together is given up.
    void keep(std::size_t idle, std::size_t sessions);
    /// The oldest idle connection of each origin, from who was used longest ago, `most` of them;
    /// whether there was any.
    bool close_oldest(std::size_t most);

    template <class Visit>
    void for_each(Visit visit) {
        for (auto& [key, entry] : origins_) visit(entry->origin);
    }
    template <class Visit>
    void for_each(Visit visit) const {
        for (const auto& [key, entry] : origins_) {
            visit(static_cast<const PooledOrigin&>(entry->origin));
        }
    }

private:
    struct Entry;
    using ByAge = std::list<Entry*>;
    struct Entry {
        explicit Entry(PoolKey key) : origin{std::move(key)} {}
        PooledOrigin origin;
        ByAge::iterator place;
        net::TimePoint placed = {};  ///< the pool moves the origin's own last_used too
    };
    struct KeyHash {
        std::size_t operator()(const PoolKeyView& key) const noexcept;
    };

    /// That of the same destination and rules, with that context; null: it is not there.
    PooledOrigin* find(const Origin& origin, const tls::TlsContext* tls);
    void link(PooledOrigin& origin);
    static void unlink(PooledOrigin& origin);
    void note_use(Entry& entry, net::TimePoint now);
    void make_room(net::TimePoint now);
    void erase(Entry& entry);

    std::size_t most_;
    std::function<Standing(const Origin&)> standing_ = [](const Origin&) { return Standing{}; };
    ByAge by_age_;  ///< used longest ago first, as far as `at` has seen
    /// The keys are views into their own origins.
    std::unordered_map<PoolKeyView, std::unique_ptr<Entry>, KeyHash> origins_;
};

}  // namespace countersign::proxy::upstream
