#include "proxy/upstream/dns/dns_cache.hpp"

#include <algorithm>

namespace countersign::proxy::upstream::dns {

namespace {

/// A server that answers with a TTL of weeks must not pin a name for that long.
constexpr std::chrono::seconds kMaxTtl{3600};
/// c-ares does not tell the zone's own time for this (RFC 2308 5). A name that is being created is
/// not to stay unknown for long, an application that asks in a loop not to reach the servers each
/// time.
constexpr std::chrono::seconds kNegativeTtl{5};
/// A cache that is full of answers that hold is not walked through for each new one.
constexpr std::chrono::seconds kSweepEvery{1};

}  // namespace

const DnsCache::Known* DnsCache::find(const std::string& host, net::TimePoint now) {
    const auto at = known_.find(host);
    if (at == known_.end()) return nullptr;
    if (at->second.until > now) return &at->second;
    known_.erase(at);
    return nullptr;
}

void DnsCache::keep(const std::string& host, const DnsAnswer& answer, net::TimePoint now) {
    const auto ttl = answer.not_there ? kNegativeTtl : std::min(answer.ttl, kMaxTtl);
    if ((answer.addresses.empty() && !answer.not_there) || ttl.count() <= 0) return;
    if (known_.size() >= kMost && !known_.contains(host)) make_room(now);
    known_[host] = Known{answer.addresses, now + ttl, answer.error};
}

void DnsCache::make_room(net::TimePoint now) {
    if (now >= sweep_again_) {
        sweep_again_ = now + kSweepEvery;
        std::erase_if(known_, [&](const auto& entry) { return entry.second.until <= now; });
    }
    // Any of them: not begin(), which is the newest as often as not.
    while (known_.size() >= kMost) {
        evict_from_ = (evict_from_ + 1) % known_.bucket_count();
        const auto first = known_.begin(evict_from_);
        if (first == known_.end(evict_from_)) continue;
        const std::string name = first->first;
        known_.erase(name);
    }
}

}  // namespace countersign::proxy::upstream::dns
