#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "profiles/network.hpp"
#include "proxy/event/notice.hpp"
#include "proxy/event/task.hpp"
#include "proxy/failure.hpp"
#include "proxy/upstream/hosts_file.hpp"

namespace countersign::proxy {

class DnsChannel;

/// What a look-up of the domain name system gave.
struct DnsAnswer {
    std::vector<profiles::IpAddress> addresses;
    std::chrono::seconds ttl{0};
    bool timed_out = false;
    bool not_there = false;  ///< the servers say that there is no such name, or no address of it
    std::string error;       ///< words, where there are no addresses
};

/// Where names are looked up; a test gives its own.
struct ResolverSettings {
    std::filesystem::path hosts = "/etc/hosts";
    std::filesystem::path resolv_conf = "/etc/resolv.conf";
    std::string servers;  ///< "127.0.0.1:5353,…" instead of those of resolv_conf
};

/// Names → addresses, for one worker: an IP literal is its own address, then /etc/hosts, then DNS
/// by c-ares. Answers are kept as long as their TTL says, in a bounded cache; that there is no such
/// name for a few seconds; failures not at all. Those who ask for a name that is being looked up
/// wait for the same answer.
class Resolver {
public:
    explicit Resolver(Reactor& reactor, ResolverSettings settings = {});
    ~Resolver();

    /// Never an empty list. Failures: dns_not_found, dns_timeout.
    Task<Result<std::vector<profiles::IpAddress>>> resolve(std::string host, TimePoint deadline);

private:
    struct Cached {
        std::vector<profiles::IpAddress> addresses;
        TimePoint until;
        std::string error;  ///< where there are no addresses
    };
    struct Lookup {
        std::vector<Notice*> waiters;
        DnsAnswer answer;
    };

    const Cached* find_cached(const std::string& host);
    void keep(const std::string& host, const DnsAnswer& answer);
    void begin(const std::string& host);
    void finish(const std::string& host, DnsAnswer answer);
    void renew_channel();

    Reactor& reactor_;
    ResolverSettings settings_;
    HostsFile hosts_;
    std::filesystem::file_time_type resolv_conf_read_{};
    std::unique_ptr<DnsChannel> channel_;
    std::unordered_map<std::string, Cached> cache_;
    std::unordered_map<std::string, std::shared_ptr<Lookup>> lookups_;
};

}  // namespace countersign::proxy
