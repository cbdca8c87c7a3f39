#include "proxy/upstream/dns/resolver.hpp"

#include <algorithm>
#include <utility>

#include "proxy/upstream/dns/dns_channel.hpp"
#include "proxy/upstream/dns/local_names.hpp"

namespace countersign::proxy::upstream::dns {

namespace {

Failure not_found(const std::string& host, const std::string& why) {
    return Failure::of_upstream(
        FailureCode::dns_not_found, "The name '" + host + "' could not be resolved: " + why + ".",
        "Check the name, and the DNS servers in /etc/resolv.conf of this machine or container."
    );
}

Failure timed_out(const std::string& host) {
    return Failure::of_upstream(
        FailureCode::dns_timeout,
        "The name '" + host + "' was not resolved within timeouts.resolve.",
        "Check that the DNS servers in /etc/resolv.conf answer; timeouts.resolve is the limit."
    );
}

Failure files_hang(const std::string& host) {
    return Failure::of_proxy(
        FailureCode::dns_timeout,
        "The name '" + host +
            "' was not resolved within timeouts.resolve: /etc/hosts and /etc/resolv.conf could "
            "not be read in that time.",
        "Check the file system that they are on."
    );
}

}  // namespace

Resolver::Resolver(net::EventLoop& loop, NameFiles& files)
    : loop_{loop},
      files_{files},
      inbox_{std::make_shared<NameInbox>(loop, [this](NameLook look) { take(std::move(look)); })},
      hosts_{std::make_shared<const HostsTable>()} {}

Resolver::~Resolver() {
    inbox_->close();
    // They call back for what is still asked, into this object.
    channel_.reset();
    former_.clear();
}

// Whoever comes during a look waits for it.
net::Task<net::Wait> Resolver::look_at_files(net::TimePoint deadline) {
    if (loop_.now() < look_again_at_) co_return net::Wait::ready;
    if (!std::exchange(looking_, true)) {
        look_began_ = loop_.now();
        files_.look(inbox_, resolv_conf_time_);
    }
    net::Notice notice{loop_};
    wait_for_look_.push_back(&notice);
    const net::Wait wait = co_await notice.wait(deadline);
    std::erase(wait_for_look_, &notice);
    co_return wait;
}

void Resolver::take(NameLook look) {
    looking_ = false;
    look_again_at_ = look_began_ + files_.look_every();
    hosts_ = std::move(look.hosts);
    std::erase_if(former_, [](const auto& channel) { return channel->idle(); });
    if (look.channel) {
        // What is open is asked again, of the servers that are said now.
        if (channel_) former_.push_back(std::move(channel_));
        channel_ = std::move(look.channel);
        resolv_conf_time_ = look.resolv_conf_time;
        std::vector<std::string> open;
        for (const auto& [host, lookup] : lookups_) open.push_back(host);
        for (const std::string& host : open) ask(host);
    }
    for (net::Notice* each : std::exchange(wait_for_look_, {})) each->notify();
}

void Resolver::begin(const std::string& host) {
    lookups_[host] = std::make_shared<Lookup>();
    ask(host);
}

void Resolver::ask(const std::string& host) {
    channel_->query(host, [this, host, asked = channel_.get()](DnsAnswer answer) {
        if (asked == channel_.get()) finish(host, std::move(answer));
    });
}

void Resolver::count(const DnsAnswer& answer) {
    if (!answer.addresses.empty()) {
        ++counts_.found;
    } else if (answer.timed_out) {
        ++counts_.timed_out;
    } else {
        ++(answer.not_there ? counts_.not_found : counts_.failed);
    }
}

void Resolver::finish(const std::string& host, DnsAnswer answer) {
    const auto at = lookups_.find(host);
    if (at == lookups_.end()) return;
    count(answer);
    cache_.keep(host, answer, loop_.now());
    const std::shared_ptr<Lookup> lookup = std::move(at->second);
    lookups_.erase(at);
    lookup->answer = std::move(answer);
    for (net::Notice* waiter : lookup->waiters) waiter->notify();
    lookup->waiters.clear();
}

net::Task<Result<std::vector<profiles::IpAddress>>> Resolver::resolve(
    std::string host, net::TimePoint deadline
) {
    using Addresses = std::vector<profiles::IpAddress>;
    if (const auto literal = profiles::IpAddress::parse(host)) co_return Addresses{*literal};
    const net::Wait looked = co_await look_at_files(deadline);
    if (looked == net::Wait::cancelled) co_return stopping_failure();
    if (looked != net::Wait::ready) co_return files_hang(host);
    if (auto local = local_addresses(host, *hosts_)) co_return std::move(*local);
    if (const DnsCache::Known* const known = cache_.find(host, loop_.now())) {
        ++counts_.cached;
        if (known->addresses.empty()) co_return not_found(host, known->error);
        co_return known->addresses;
    }

    if (!channel_) co_return not_found(host, "the DNS client could not be set up");
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
    net::Notice notice{loop_};
    lookup->waiters.push_back(&notice);
    const net::Wait wait = co_await notice.wait(deadline);
    std::erase(lookup->waiters, &notice);
    if (wait == net::Wait::cancelled) co_return stopping_failure();
    if (wait != net::Wait::ready || lookup->answer.timed_out) co_return timed_out(host);
    if (lookup->answer.addresses.empty()) co_return not_found(host, lookup->answer.error);
    co_return lookup->answer.addresses;
}

}  // namespace countersign::proxy::upstream::dns
