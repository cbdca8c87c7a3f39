#include "tests/proxy/upstream/dns/dns_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>
#include <utility>

#include "profiles/network.hpp"

namespace countersign::proxy::upstream::dns {
namespace {

// RFC 1035 4.1.1 and 3.2.2, RFC 3596.
constexpr std::size_t kHeaderSize = 12;
constexpr unsigned kTypeA = 1;
constexpr unsigned kTypeAaaa = 28;

struct Question {
    std::string name;
    unsigned type = 0;
    std::size_t end = 0;
};

Question question_of(const std::string& query) {
    Question question;
    std::size_t at = kHeaderSize;
    while (at < query.size() && query[at] != 0) {
        const auto length = static_cast<unsigned char>(query[at]);
        if (!question.name.empty()) question.name += '.';
        question.name += query.substr(at + 1, length);
        at += 1U + length;
    }
    if (at + 5 > query.size()) throw std::runtime_error{"not a DNS query"};
    question.type = static_cast<unsigned char>(query[at + 2]);
    question.end = at + 5;
    return question;
}

void put16(std::string& out, unsigned value) {
    out += static_cast<char>(value >> 8 & 0xFF);
    out += static_cast<char>(value & 0xFF);
}

}  // namespace

DnsServer::DnsServer(Script script)
    : script_{std::move(script)}, socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_.get(), plain, size) != 0 ||
        ::getsockname(socket_.get(), plain, &size) != 0) {
        throw std::runtime_error{"the name server has no socket"};
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
}

DnsServer::~DnsServer() {
    stopping_ = true;
    // Wakes the thread: shutting down an unconnected socket is an error, and does so nevertheless.
    ::shutdown(socket_.get(), SHUT_RDWR);
    thread_.join();
}

std::string DnsServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

int DnsServer::questions(const std::string& name) const {
    const std::lock_guard lock{mutex_};
    const auto at = questions_.find(name);
    return at == questions_.end() ? 0 : at->second;
}

int DnsServer::all_questions() const {
    const std::lock_guard lock{mutex_};
    return all_questions_;
}

void DnsServer::serve() {
    while (!stopping_) {
        std::string query(512, '\0');
        sockaddr_in from{};
        socklen_t size = sizeof from;
        auto* const sender = reinterpret_cast<sockaddr*>(&from);
        const auto got = ::recvfrom(socket_.get(), query.data(), query.size(), 0, sender, &size);
        if (got <= 0) continue;
        query.resize(static_cast<std::size_t>(got));
        const std::string reply = reply_to(query);
        if (!reply.empty()) ::sendto(socket_.get(), reply.data(), reply.size(), 0, sender, size);
    }
}

std::string DnsServer::reply_to(const std::string& query) {
    const Question question = question_of(query);
    {
        const std::lock_guard lock{mutex_};
        ++all_questions_;
        if (question.type == kTypeA) ++questions_[question.name];
    }
    const DnsReply reply = script_(question.name);
    if (reply.kind == DnsReply::Kind::silence) return {};
    std::vector<profiles::IpAddress> addresses;
    for (const std::string& text : reply.addresses) {
        const auto address = profiles::IpAddress::parse(text).value();
        const unsigned type = address.is_v4() ? kTypeA : kTypeAaaa;
        if (reply.kind == DnsReply::Kind::answer && type == question.type) {
            addresses.push_back(address);
        }
    }
    std::string out = query.substr(0, 2);
    const unsigned code = reply.kind == DnsReply::Kind::no_such_name     ? 3
                          : reply.kind == DnsReply::Kind::server_failure ? 2
                                                                         : 0;
    put16(out, 0x8180 | code);
    put16(out, 1);
    put16(out, static_cast<unsigned>(addresses.size()));
    put16(out, 0);
    put16(out, 0);
    out += query.substr(kHeaderSize, question.end - kHeaderSize);
    for (const profiles::IpAddress& address : addresses) {
        put16(out, 0xC000 | kHeaderSize);  // the question's name
        put16(out, question.type);
        put16(out, 1);
        put16(out, reply.ttl >> 16);
        put16(out, reply.ttl & 0xFFFF);
        const std::size_t size = address.is_v4() ? 4 : 16;
        put16(out, static_cast<unsigned>(size));
        out.append(reinterpret_cast<const char*>(address.bytes().data()), size);
    }
    return out;
}

}  // namespace countersign::proxy::upstream::dns
