#include "proxy/upstream/dns/resolver.hpp"

#include <algorithm>
#include <utility>

#include "proxy/upstream/dns/dns_channel.hpp"

namespace countersign::proxy {

namespace {

Failure not_found(const std::string& host, const std::string& why) {
    Failure failure;
    failure.code = FailureCode::dns_not_found;
    failure.side = Side::upstream;
    failure.reason = "The name '" + host + "' could not be resolved: " + why + ".";
    failure.remedy =
        "Check the name, and the DNS servers in /etc/resolv.conf of this machine or container.";
    return failure;
}

Failure timed_out(const std::string& host) {
    Failure failure;
    failure.code = FailureCode::dns_timeout;
    failure.side = Side::upstream;
    failure.reason = "The name '" + host + "' was not resolved in time (resolve_timeout).";
    failure.remedy =
        "Check that the DNS servers in /etc/resolv.conf answer; timeouts.resolve is the limit.";
    return failure;
}

bool is_localhost(const std::string& host) {
    return host == "localhost" || host.ends_with(".localhost");
}

std::vector<profiles::IpAddress> loopback_addresses() {
    std::array<std::uint8_t, 16> six{};
    six[15] = 1;
    return {profiles::IpAddress::v4({127, 0, 0, 1}), profiles::IpAddress::v6(six)};
}

}  // namespace

Resolver::Resolver(EventLoop& loop, ResolverSettings settings)
    : loop_{loop}, settings_{std::move(settings)}, hosts_{settings_.hosts} {}

Resolver::~Resolver() {
    // It answers what is still asked, and that needs the rest of this object.
    channel_.reset();
}

void Resolver::renew_channel() {
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(settings_.resolv_conf, error);
    const bool same = channel_ && (error || changed == resolv_conf_read_);
    // Replacing a channel ends its queries; they are few, and the next change of the file is far
    // away.
    if (same || !lookups_.empty()) return;
    resolv_conf_read_ = changed;
    channel_ = std::make_unique<DnsChannel>(loop_, settings_.servers);
}

void Resolver::begin(const std::string& host) {
    renew_channel();
    lookups_[host] = std::make_shared<Lookup>();
    channel_->query(host, [this, host](DnsAnswer answer) { finish(host, std::move(answer)); });
}

void Resolver::finish(const std::string& host, DnsAnswer answer) {
    const auto at = lookups_.find(host);
    if (at == lookups_.end()) return;
    cache_.keep(host, answer, loop_.now());
    const std::shared_ptr<Lookup> lookup = std::move(at->second);
    lookups_.erase(at);
    lookup->answer = std::move(answer);
    for (Notice* waiter : lookup->waiters) waiter->notify();
    lookup->waiters.clear();
}

Task<Result<std::vector<profiles::IpAddress>>> Resolver::resolve(
    std::string host, TimePoint deadline
) {
    using Addresses = std::vector<profiles::IpAddress>;
    if (const auto literal = profiles::IpAddress::parse(host)) co_return Addresses{*literal};
    if (Addresses found = hosts_.find(host, loop_.now()); !found.empty()) co_return found;
    // RFC 6761 6.3: never asked of a server.
    if (is_localhost(host)) co_return loopback_addresses();
    if (const DnsCache::Known* const known = cache_.find(host, loop_.now())) {
        if (known->addresses.empty()) co_return not_found(host, known->error);
        co_return known->addresses;
    }

    if (!lookups_.contains(host)) begin(host);
    // An answer may have come already (no server is configured, say): then the look-up is gone
    // again.
    const auto at = lookups_.find(host);
    if (at == lookups_.end()) {
        const DnsCache::Known* const known = cache_.find(host, loop_.now());
        if (known == nullptr) co_return not_found(host, "no DNS server could be asked");
        if (known->addresses.empty()) co_return not_found(host, known->error);
        co_return known->addresses;
    }
    const std::shared_ptr<Lookup> lookup = at->second;
    Notice notice{loop_};
    lookup->waiters.push_back(&notice);
    const Wait wait = co_await notice.wait(deadline);
    std::erase(lookup->waiters, &notice);
    if (wait == Wait::cancelled) co_return stopping_failure();
    if (wait != Wait::ready || lookup->answer.timed_out) co_return timed_out(host);
    if (lookup->answer.addresses.empty()) co_return not_found(host, lookup->answer.error);
    co_return lookup->answer.addresses;
}

}  // namespace countersign::proxy
