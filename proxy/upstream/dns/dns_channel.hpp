#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "proxy/net/event_loop.hpp"
#include "proxy/upstream/dns/dns_answer.hpp"

struct ares_channeldata;

namespace countersign::proxy::upstream::dns {

/// One c-ares channel on a worker's loop: its sockets are watched, its time-outs driven by a
/// timer. Going away answers what is still asked, as cancelled.
class DnsChannel final : private net::Timer {
public:
    using Callback = std::function<void(DnsAnswer)>;

    /// Reads `resolv_conf`, on any thread; all else is the loop's thread's. `servers`: whom to ask
    /// instead of those that it names, "host:port,…"; may be empty.
    DnsChannel(
        net::EventLoop& loop, const std::filesystem::path& resolv_conf, const std::string& servers
    );
    ~DnsChannel();

    /// Asks for A and AAAA records. The callback may run before this returns.
    void query(const std::string& host, Callback callback);
    /// Nobody waits for an answer.
    bool idle() const;

private:
    class Socket;

    static void on_socket_state(void* self, int fd, int readable, int writable);
    void expired() override;
    void process(int readable, int writable);
    void set_timer();

    net::EventLoop& loop_;
    ares_channeldata* channel_ = nullptr;
    std::unordered_map<int, std::shared_ptr<Socket>> sockets_;
};

}  // namespace countersign::proxy::upstream::dns
