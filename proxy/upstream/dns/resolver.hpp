#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "profiles/network.hpp"
#include "proxy/failure.hpp"
#include "proxy/net/notice.hpp"
#include "proxy/net/task.hpp"
#include "proxy/upstream/dns/dns_cache.hpp"
#include "proxy/upstream/dns/hosts_file.hpp"

namespace countersign::proxy {

class DnsChannel;

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
    explicit Resolver(EventLoop& loop, ResolverSettings settings = {});
    ~Resolver();

    /// Never an empty list. Failures: dns_not_found, dns_timeout.
    Task<Result<std::vector<profiles::IpAddress>>> resolve(std::string host, TimePoint deadline);

private:
    struct Lookup {
        std::vector<Notice*> waiters;
        DnsAnswer answer;
    };

    void begin(const std::string& host);
    void finish(const std::string& host, DnsAnswer answer);
    void renew_channel();

    EventLoop& loop_;
    ResolverSettings settings_;
    HostsFile hosts_;
    std::filesystem::file_time_type resolv_conf_read_{};
    std::unique_ptr<DnsChannel> channel_;
    DnsCache cache_;
    std::unordered_map<std::string, std::shared_ptr<Lookup>> lookups_;
};

}  // namespace countersign::proxy
