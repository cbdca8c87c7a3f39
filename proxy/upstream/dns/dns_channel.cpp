#include "proxy/upstream/dns/dns_channel.hpp"

#include <ares.h>
#include <sys/time.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <new>

#include "proxy/net/socket_address.hpp"

namespace countersign::proxy::upstream::dns {

namespace asio = boost::asio;

namespace {

/// c-ares is set up once a process; ares_library_init counts, and is not safe from two threads at
/// once.
bool library_ready() {
    static const bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
    return ready;
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
        const auto address = net::ip_address_of(node->ai_addr);
        if (!address) continue;
        answer.addresses.push_back(*address);
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

/// One of c-ares' sockets: it opens and closes them, we wait for it.
class DnsChannel::Socket final : public std::enable_shared_from_this<Socket> {
public:
    Socket(DnsChannel& channel, int fd) : channel_{channel}, fd_{fd} {}

    /// Where it cannot be watched the query goes on to its time-out.
    bool open() {
        boost::system::error_code error;
        descriptor_.assign(fd_, error);
        return !error;
    }
    /// Before c-ares closes it. Waits that are under way end without a word, also those that Asio
    /// has completed and not told yet.
    void release() {
        read_.wanted = false;
        write_.wanted = false;
        descriptor_.release();
    }

    void watch(bool readable, bool writable) {
        read_.wanted = readable;
        write_.wanted = writable;
        wait(read_);
        wait(write_);
    }

private:
    struct Direction {
        asio::posix::descriptor_base::wait_type type;
        bool wanted = false;
        bool waiting = false;
    };

    void wait(Direction& direction) {
        if (!direction.wanted || direction.waiting) return;
        direction.waiting = true;
        channel_.loop_.count_wait(1);
        descriptor_.async_wait(
            direction.type,
            [self = shared_from_this(), &loop = channel_.loop_,
             &direction](const boost::system::error_code& error) {
                loop.count_wait(-1);
                direction.waiting = false;
                if (!error) self->ready(direction);
            }
        );
    }

    void ready(Direction& direction) {
        if (!direction.wanted) return;
        channel_.loop_.round([&] {
            const bool in = &direction == &read_;
            // c-ares may close the socket in here, and the channel's owner may forget it.
            channel_.process(in ? fd_ : ARES_SOCKET_BAD, in ? ARES_SOCKET_BAD : fd_);
        });
        if (descriptor_.is_open()) wait(direction);
    }

    DnsChannel& channel_;
    int fd_;
    asio::posix::stream_descriptor descriptor_{channel_.loop_.context()};
    Direction read_{.type = asio::posix::descriptor_base::wait_read};
    Direction write_{.type = asio::posix::descriptor_base::wait_write};
};

DnsChannel::DnsChannel(
    net::EventLoop& loop, const std::filesystem::path& resolv_conf, const std::string& servers
)
    : loop_{loop} {
    std::string path = resolv_conf.string();
    ares_options options{};
    options.sock_state_cb = on_socket_state;
    options.sock_state_cb_data = this;
    options.timeout = 1500;
    options.tries = 3;
    char lookups[] = "b";  // /etc/hosts has been looked at before
    options.lookups = lookups;
    options.resolvconf_path = path.data();
    int mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
               ARES_OPT_RESOLVCONF;
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
    // One that was never asked may outlive its loop.
    if (queued()) loop_.timers().remove(*this);
    ares_destroy(channel_);
}

bool DnsChannel::idle() const {
    timeval left{};
    return ares_timeout(channel_, nullptr, &left) == nullptr;
}

void DnsChannel::on_socket_state(void* self, int fd, int readable, int writable) {
    auto& channel = *static_cast<DnsChannel*>(self);
    const auto known = channel.sockets_.find(fd);
    if (readable == 0 && writable == 0) {
        if (known == channel.sockets_.end()) return;
        known->second->release();
        channel.sockets_.erase(known);
    } else if (known != channel.sockets_.end()) {
        known->second->watch(readable != 0, writable != 0);
    } else if (auto socket = std::make_shared<Socket>(channel, fd); socket->open()) {
        socket->watch(readable != 0, writable != 0);
        channel.sockets_.emplace(fd, std::move(socket));
    }
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
        loop_.timers().remove(*this);
        return;
    }
    const auto wait = std::chrono::seconds{left.tv_sec} + std::chrono::microseconds{left.tv_usec};
    loop_.timers().set(*this, net::Clock::now() + wait + std::chrono::milliseconds{1});
}

void DnsChannel::process(int readable, int writable) {
    ares_process_fd(channel_, readable, writable);
    set_timer();
}

void DnsChannel::expired() { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

}  // namespace countersign::proxy::upstream::dns
