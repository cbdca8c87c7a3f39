#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "profiles/network.hpp"
#include "proxy/failure.hpp"
#include "proxy/metrics/upstream_counts.hpp"
#include "proxy/net/notice.hpp"
#include "proxy/net/task.hpp"
#include "proxy/upstream/dns/dns_cache.hpp"
#include "proxy/upstream/dns/name_files.hpp"

namespace countersign::proxy::upstream::dns {

class DnsChannel;

/// Names → addresses, for one worker: an IP literal is its own address, then /etc/hosts, then DNS
/// by c-ares. A change of /etc/hosts or /etc/resolv.conf is seen within a second. Answers are kept
/// as long as their TTL says, in a bounded cache; that there is no such name for a few seconds;
/// failures not at all. Those who ask for a name that is being looked up wait for the same answer.
class Resolver {
public:
    Resolver(net::EventLoop& loop, NameFiles& files);
    ~Resolver();

    /// Never an empty list. Failures: dns_not_found, dns_timeout.
    net::Task<Result<std::vector<profiles::IpAddress>>> resolve(
        std::string host, net::TimePoint deadline
    );

    const metrics::NameCounts& counts() const { return counts_; }

private:
    struct Lookup {
        std::vector<net::Notice*> waiters;
        DnsAnswer answer;
    };

    net::Task<net::Wait> look_at_files(net::TimePoint deadline);
    void take(NameLook look);
    void begin(const std::string& host);
    void ask(const std::string& host);
    void count(const DnsAnswer& answer);
    void finish(const std::string& host, DnsAnswer answer);

    net::EventLoop& loop_;
    NameFiles& files_;
    std::shared_ptr<NameInbox> inbox_;
    bool looking_ = false;
    net::TimePoint look_began_ = net::TimePoint::min();
    net::TimePoint look_again_at_ = net::TimePoint::min();
    std::vector<net::Notice*> wait_for_look_;
    std::shared_ptr<const HostsTable> hosts_;
    std::optional<std::filesystem::file_time_type> resolv_conf_time_;  ///< of `channel_`
    std::unique_ptr<DnsChannel> channel_;                              ///< null: none could be made
    std::vector<std::unique_ptr<DnsChannel>> former_;  ///< until they end; nobody hears them
    DnsCache cache_;
    metrics::NameCounts counts_;
    std::unordered_map<std::string, std::shared_ptr<Lookup>> lookups_;
};

}  // namespace countersign::proxy::upstream::dns
