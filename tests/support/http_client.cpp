#include "tests/support/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <stdexcept>
#include <system_error>

namespace countersign::tests {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kReadSize = 256 * 1024;

FileDescriptor connect_to(int family, const sockaddr* address, socklen_t size) {
    FileDescriptor fd{socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!fd || connect(fd.get(), address, size) != 0) {
        throw std::system_error{errno, std::generic_category(), "connect"};
    }
    const int on = 1;
    if (family != AF_UNIX) setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

bool ready(int fd, short events, milliseconds limit) {
    pollfd poll_for{fd, events, 0};
    return poll(&poll_for, 1, static_cast<int>(limit.count())) > 0;
}

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool has_no_body(int status, bool to_head_request) {
    return to_head_request || status == 204 || status == 304 || (status >= 100 && status < 200);
}

}  // namespace

std::optional<std::string> Response::field(std::string_view name) const {
    std::string_view rest = head;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !same_name(line.substr(0, colon), name)) continue;
        const auto start = line.find_first_not_of(" \t", colon + 1);
        return std::string{start == std::string_view::npos ? "" : line.substr(start)};
    }
    return std::nullopt;
}

HttpClient HttpClient::tcp(std::uint16_t port, const std::string& address) {
    if (address.find(':') != std::string::npos) {
        sockaddr_in6 to{};
        to.sin6_family = AF_INET6;
        to.sin6_port = htons(port);
        inet_pton(AF_INET6, address.c_str(), &to.sin6_addr);
        return HttpClient{connect_to(AF_INET6, reinterpret_cast<const sockaddr*>(&to), sizeof to)};
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, address.c_str(), &to.sin_addr);
    return HttpClient{connect_to(AF_INET, reinterpret_cast<const sockaddr*>(&to), sizeof to)};
}

HttpClient HttpClient::unix_socket(const std::filesystem::path& path) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    path.string().copy(to.sun_path, sizeof to.sun_path - 1);
    return HttpClient{connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&to), sizeof to)};
}

void HttpClient::send(std::string_view bytes) {
    const std::size_t sent = send_some(bytes, kPatience);
    if (sent != bytes.size()) {
        throw std::runtime_error{
            "the other side took " + std::to_string(sent) + " of " + std::to_string(bytes.size()) +
            " bytes"};
    }
}

std::size_t HttpClient::send_some(std::string_view bytes, milliseconds limit) {
    std::size_t sent = 0;
    while (sent < bytes.size() && ready(socket_.get(), POLLOUT, limit)) {
        const ssize_t count = ::send(
            socket_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT
        );
        if (count < 0 && errno != EAGAIN) break;
        if (count > 0) sent += static_cast<std::size_t>(count);
    }
    return sent;
}

void HttpClient::finish_sending() { shutdown(socket_.get(), SHUT_WR); }

HttpClient::Read HttpClient::read_more() {
    if (!ready(socket_.get(), POLLIN, kPatience)) {
        throw std::runtime_error{"no answer in time; so far: '" + buffer_.substr(0, 2000) + "'"};
    }
    const std::size_t before = buffer_.size();
    buffer_.resize(before + kReadSize);
    const ssize_t count = recv(socket_.get(), buffer_.data() + before, kReadSize, 0);
    buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0) reset_ = true;
    if (count > 0) return Read::data;
    return count == 0 ? Read::end : Read::reset;
}

std::string HttpClient::take_line() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
        if (read_more() != Read::data) return {};
    }
    std::string line = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 2);
    return line;
}

Response HttpClient::read_head() {
    Response response;
    while (!response.head.ends_with("\r\n\r\n")) {
        const std::string line = take_line();
        if (line.empty()) {
            throw std::runtime_error{
                "the connection was " + std::string{reset_ ? "reset" : "closed"} +
                " where a response was expected; so far: '" + response.head + buffer_ + "'"};
        }
        response.head += line;
    }
    if (response.head.size() > 12) response.status = std::atoi(response.head.c_str() + 9);
    return response;
}

bool HttpClient::take_bytes(
    std::uint64_t count, const std::function<void(std::string_view)>& take
) {
    while (count > 0) {
        if (buffer_.empty() && read_more() != Read::data) return false;
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(count, buffer_.size()));
        take(std::string_view{buffer_}.substr(0, size));
        buffer_.erase(0, size);
        count -= size;
    }
    return true;
}

bool HttpClient::take_chunks(
    Response& response, const std::function<void(std::string_view)>& take
) {
    for (;;) {
        const std::string size_line = take_line();
        if (size_line.empty()) return false;
        const std::uint64_t size = std::stoull(size_line, nullptr, 16);
        if (size == 0) break;
        if (!take_bytes(size, take) || take_line() != "\r\n") return false;
    }
    for (;;) {
        const std::string line = take_line();
        if (line.empty()) return false;
        if (line == "\r\n") return true;
        response.trailers += line;
    }
}

bool HttpClient::read_body(
    Response& response, const std::function<void(std::string_view)>& take, bool to_head_request
) {
    if (has_no_body(response.status, to_head_request)) {
        response.complete = true;
    } else if (const auto coding = response.field("Transfer-Encoding")) {
        response.complete = take_chunks(response, take);
    } else if (const auto length = response.field("Content-Length")) {
        response.complete = take_bytes(std::stoull(*length), take);
    } else {
        take_bytes(std::numeric_limits<std::uint64_t>::max(), take);
        response.complete = !reset_;
    }
    return response.complete;
}

Response HttpClient::read_response(bool to_head_request) {
    Response response = read_head();
    read_body(
        response, [&](std::string_view piece) { response.body += piece; }, to_head_request
    );
    return response;
}

std::string HttpClient::read_until_close() {
    while (read_more() == Read::data) {
    }
    return std::exchange(buffer_, {});
}

Response HttpClient::exchange(std::string_view request, bool to_head_request) {
    send(request);
    return read_response(to_head_request);
}

bool HttpClient::closed_within(milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
        const auto left =
            std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
        if (!ready(socket_.get(), POLLIN, std::max(left, milliseconds{0}))) return false;
        if (read_more() != Read::data) return true;
    }
}

std::string get(std::string_view target, std::string_view host, std::string_view fields) {
    return "GET " + std::string{target} + " HTTP/1.1\r\nHost: " + std::string{host} + "\r\n" +
           std::string{fields} + "\r\n";
}

std::string post(std::string_view target, std::string_view host, std::string_view body) {
    return "POST " + std::string{target} + " HTTP/1.1\r\nHost: " + std::string{host} +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

}  // namespace countersign::tests
