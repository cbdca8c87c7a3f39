#include "proxy/upstream/dns/dns_channel.hpp"

#include <ares.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace countersign::proxy {

namespace {

/// c-ares is set up once a process; ares_library_init counts, and is not safe from two threads at
/// once.
bool library_ready() {
    static const bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
    return ready;
}

profiles::IpAddress address_of(const ares_addrinfo_node& node) {
    if (node.ai_family == AF_INET) {
        std::array<std::uint8_t, 4> bytes;
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(node.ai_addr);
        std::memcpy(bytes.data(), &v4->sin_addr, bytes.size());
        return profiles::IpAddress::v4(bytes);
    }
    std::array<std::uint8_t, 16> bytes;
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(node.ai_addr);
    std::memcpy(bytes.data(), &v6->sin6_addr, bytes.size());
    return profiles::IpAddress::v6(bytes);
}

DnsAnswer to_answer(int status, ares_addrinfo* info) {
    DnsAnswer answer;
    if (status != ARES_SUCCESS) {
        answer.timed_out = status == ARES_ETIMEOUT;
        answer.not_there = status == ARES_ENOTFOUND || status == ARES_ENODATA;
        answer.error = ares_strerror(status);
        return answer;
    }
    int ttl = INT32_MAX;
    for (const ares_addrinfo_node* node = info->nodes; node != nullptr; node = node->ai_next) {
        answer.addresses.push_back(address_of(*node));
        ttl = std::min(ttl, node->ai_ttl);
    }
    answer.ttl = std::chrono::seconds{ttl};
    answer.not_there = answer.addresses.empty();
    if (answer.not_there) answer.error = "the name has no addresses";
    return answer;
}

void on_answer(void* argument, int status, int, ares_addrinfo* info) {
    const std::unique_ptr<DnsChannel::Callback> callback{
        static_cast<DnsChannel::Callback*>(argument)};
    DnsAnswer answer = to_answer(status, info);
    if (info != nullptr) ares_freeaddrinfo(info);
    (*callback)(std::move(answer));
}

}  // namespace

/// One of c-ares' sockets: it opens and closes them, we watch.
class DnsChannel::Socket final : public EventSource {
public:
    Socket(DnsChannel& channel, int fd) : channel_{channel}, fd_{fd} {}
    ~Socket() {
        // c-ares tells us before it closes the socket, so that it is still there to be taken out.
        if (watched_) channel_.reactor_.remove(fd_, *this, false);
    }

    void watch(bool readable, bool writable) {
        const std::uint32_t events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
        if (watched_) {
            channel_.reactor_.modify(fd_, *this, events);
        } else {
            channel_.reactor_.add(fd_, *this, events);
        }
        watched_ = true;
    }

    void on_events(std::uint32_t events) override {
        constexpr std::uint32_t kBroken = EPOLLERR | EPOLLHUP;
        const bool in = (events & (EPOLLIN | kBroken)) != 0;
        const bool out = (events & (EPOLLOUT | kBroken)) != 0;
        // This object may be gone after the call.
        DnsChannel& channel = channel_;
        ares_process_fd(channel.channel_, in ? fd_ : ARES_SOCKET_BAD, out ? fd_ : ARES_SOCKET_BAD);
        channel.set_timer();
    }

private:
    DnsChannel& channel_;
    int fd_;
    bool watched_ = false;
};

DnsChannel::DnsChannel(Reactor& reactor, const std::string& servers) : reactor_{reactor} {
    ares_options options{};
    options.sock_state_cb = on_socket_state;
    options.sock_state_cb_data = this;
    options.timeout = 1500;
    options.tries = 3;
    char lookups[] = "b";  // /etc/hosts has been looked at before
    options.lookups = lookups;
    int mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS;
#ifdef ARES_OPT_QUERY_CACHE
    // From 1.31 on c-ares keeps answers itself, also that there is none: for how long is said by
    // DnsCache alone.
    options.qcache_max_ttl = 0;
    mask |= ARES_OPT_QUERY_CACHE;
#endif
    if (!library_ready() || ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) {
        throw std::bad_alloc{};
    }
    if (!servers.empty()) ares_set_servers_ports_csv(channel_, servers.c_str());
}

DnsChannel::~DnsChannel() {
    reactor_.timers().remove(*this);
    ares_destroy(channel_);
}

void DnsChannel::on_socket_state(void* self, int fd, int readable, int writable) {
    auto& channel = *static_cast<DnsChannel*>(self);
    if (readable == 0 && writable == 0) {
        channel.sockets_.erase(fd);
        return;
    }
    auto& socket = channel.sockets_[fd];
    if (!socket) socket = std::make_unique<Socket>(channel, fd);
    socket->watch(readable != 0, writable != 0);
}

void DnsChannel::query(const std::string& host, Callback callback) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = ARES_AI_NOSORT;
    auto* argument = new Callback{std::move(callback)};
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, on_answer, argument);
    set_timer();
}

void DnsChannel::set_timer() {
    timeval left{};
    if (ares_timeout(channel_, nullptr, &left) == nullptr) {
        reactor_.timers().remove(*this);
        return;
    }
    const auto wait = std::chrono::seconds{left.tv_sec} + std::chrono::microseconds{left.tv_usec};
    reactor_.timers().set(*this, Clock::now() + wait + std::chrono::milliseconds{1});
}

void DnsChannel::expired() {
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    set_timer();
}

}  // namespace countersign::proxy
