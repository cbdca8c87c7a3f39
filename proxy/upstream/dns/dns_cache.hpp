#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "proxy/net/timer_queue.hpp"
#include "proxy/upstream/dns/dns_answer.hpp"

namespace countersign::proxy::upstream::dns {

/// Answers of the domain name system for as long as they hold: addresses for their TTL, an hour at
/// most; that there is no such name for 5 s; failures not at all. Never more than kMost names. No
/// I/O.
class DnsCache {
public:
    static constexpr std::size_t kMost = 10'000;

    struct Known {
        std::vector<profiles::IpAddress> addresses;
        net::TimePoint until;
        std::string error;  ///< where there are no addresses
    };

    /// Null: nothing is known. Good until the cache is used again.
    const Known* find(const std::string& host, net::TimePoint now);
    void keep(const std::string& host, const DnsAnswer& answer, net::TimePoint now);
    std::size_t size() const { return known_.size(); }

private:
    void make_room(net::TimePoint now);

    std::unordered_map<std::string, Known> known_;
    net::TimePoint sweep_again_ = net::TimePoint::min();
    std::size_t evict_from_ = 0;  ///< a bucket
};

}  // namespace countersign::proxy::upstream::dns
