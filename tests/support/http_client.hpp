#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/process.hpp"

namespace countersign::tests {

/// A response as it came. `complete` is false where the connection ended before the body's own end,
/// or was reset in a body that only its close delimits.
struct Response {
    int status = 0;
    std::string head;  ///< status line and field lines, with the empty line
    std::string body;  ///< without its chunks
    std::string trailers;
    bool complete = false;

    /// The value of the first field of that name, compared without case.
    std::optional<std::string> field(std::string_view name) const;
};

/// The test's side of a client connection: raw bytes out, responses in, nothing clever between.
/// Blocking; whatever takes longer than the limit throws. One thread at a time.
class HttpClient {
public:
    static HttpClient tcp(std::uint16_t port, const std::string& address = "127.0.0.1");
    static HttpClient unix_socket(const std::filesystem::path& path);

    void send(std::string_view bytes);
    /// As many of the bytes as the other side takes within `limit`; the number.
    std::size_t send_some(std::string_view bytes, std::chrono::milliseconds limit);
    /// Ends the sending direction.
    void finish_sending();

    /// The next response; an interim one (1xx) is a response of its own.
    Response read_response(bool to_head_request = false);
    /// Only its head; `body` stays empty until `read_body`.
    Response read_head();
    /// Gives the body to `take` as it comes, in pieces, and says whether it came to its end.
    bool read_body(
        Response& response, const std::function<void(std::string_view)>& take,
        bool to_head_request = false
    );
    /// Whatever comes until the other side closes.
    std::string read_until_close();

    /// send, then read_response.
    Response exchange(std::string_view request, bool to_head_request = false);

    /// Whether the other side has closed, waiting for that up to `limit`.
    bool closed_within(std::chrono::milliseconds limit);
    int descriptor() const { return socket_.get(); }

private:
    explicit HttpClient(FileDescriptor socket) : socket_{std::move(socket)} {}

    enum class Read { data, end, reset };
    Read read_more();
    std::string take_line();
    bool take_bytes(std::uint64_t count, const std::function<void(std::string_view)>& take);
    bool take_chunks(Response& response, const std::function<void(std::string_view)>& take);

    FileDescriptor socket_;
    std::string buffer_;
    bool reset_ = false;
};

/// "GET target HTTP/1.1" with Host: `host`.
std::string get(std::string_view target, std::string_view host, std::string_view fields = {});
/// "POST target HTTP/1.1" with a body and its length.
std::string post(std::string_view target, std::string_view host, std::string_view body);

}  // namespace countersign::tests
