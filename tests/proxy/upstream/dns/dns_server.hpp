#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/process.hpp"

namespace countersign::proxy::upstream::dns {

/// What a name server says to one question.
struct DnsReply {
    enum class Kind { answer, no_such_name, server_failure, silence } kind = Kind::answer;
    std::vector<std::string> addresses = {};  ///< those of the question's type are given
    std::uint32_t ttl = 3600;
};

/// A name server on a loopback port of its own, in a thread of its own: every reply is a function
/// of the test. Counts the questions.
class DnsServer {
public:
    using Script = std::function<DnsReply(const std::string& name)>;

    explicit DnsServer(Script script);
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;
    ~DnsServer();

    /// "127.0.0.1:port"
    std::string address() const;
    /// Questions for the IPv4 addresses of `name` so far; of the IPv6 ones there are as many.
    int questions(const std::string& name) const;
    /// Every question of any type.
    int all_questions() const;

private:
    void serve();
    std::string reply_to(const std::string& query);

    Script script_;
    tests::FileDescriptor socket_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_ = false;
    mutable std::mutex mutex_;
    std::map<std::string, int> questions_;  ///< by name, type A
    int all_questions_ = 0;
    std::thread thread_;
};

}  // namespace countersign::proxy::upstream::dns
