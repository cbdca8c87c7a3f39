#include "proxy/admin/admin_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace countersign::proxy::admin {

namespace {

namespace http = boost::beast::http;
using boost::asio::awaitable;

using Stream = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

/// Between two questions: longer than what lies between two of Prometheus, as a rule.
constexpr auto kIdle = std::chrono::seconds{120};
constexpr auto kAnswerTime = std::chrono::seconds{30};
constexpr std::uint32_t kMostHead = 16 * 1024;
constexpr std::uint64_t kMostBody = 64 * 1024;

constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

std::string_view view_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

Call call_of(const Request& request) {
    const auto field = [&](auto name) { return view_of(request[name]); };
    return {
        view_of(request.method_string()),
        view_of(request.target()),
        field(http::field::accept),
        {field(http::field::host), field(http::field::origin), field("Sec-Fetch-Site"),
         field(http::field::authorization)}};
}

Response response_of(const Request& request, Answer& answer, bool keep) {
    Response response{static_cast<http::status>(answer.status), request.version()};
    response.set(
        http::field::content_type, boost::beast::string_view{answer.type.data(), answer.type.size()}
    );
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    if (answer.status == 401) response.set(http::field::www_authenticate, "Bearer");
    if (!answer.allow.empty()) {
        response.set(
            http::field::allow, boost::beast::string_view{answer.allow.data(), answer.allow.size()}
        );
    }
    response.keep_alive(keep);
    const std::size_t size = answer.body.size();
    if (request.method() != http::verb::head) response.body() = std::move(answer.body);
    response.content_length(size);
    return response;
}

Answer unreadable(const boost::system::error_code& error) {
    Answer answer;
    answer.status = error == http::error::body_limit ? 413 : 400;
    answer.body = "The request cannot be read: " + error.message() + ".\n";
    return answer;
}

/// Whether the error is the request's, and not the connection's.
bool is_about_request(const boost::system::error_code& error) {
    return error.category() == http::make_error_code(http::error::bad_method).category() &&
           error != http::error::end_of_stream && error != http::error::partial_message;
}

/// False where the connection ends with it.
awaitable<bool> send(Stream& stream, Response& response) {
    stream.expires_after(kAnswerTime);
    const auto [error, bytes] = co_await http::async_write(stream, response, kAwait);
    co_return !error && response.keep_alive();
}

class Answering {
public:
    explicit Answering(AdminDesk& desk) : desk_{desk} { ++desk_.answering; }
    Answering(const Answering&) = delete;
    Answering& operator=(const Answering&) = delete;
    ~Answering() {
        if (--desk_.answering == 0 && desk_.closing && desk_.when_quiet) desk_.when_quiet();
    }

private:
    AdminDesk& desk_;
};

}  // namespace

awaitable<void> serve_operator(
    AdminDesk& desk, boost::asio::generic::stream_protocol::socket socket, Caller caller
) {
    Stream stream{std::move(socket)};
    boost::beast::flat_buffer buffer;
    for (bool keep = true; keep && !desk.closing;) {
        http::request_parser<http::string_body> parser;
        parser.header_limit(kMostHead);
        parser.body_limit(kMostBody);
        stream.expires_after(kIdle);
        const auto [error, bytes] = co_await http::async_read(stream, buffer, parser, kAwait);
        if (error && !is_about_request(error)) co_return;
        const Answering answering{desk};
        Answer answer;
        if (error) {
            answer = unreadable(error);
        } else {
            const Call call = call_of(parser.get());
            answer = co_await desk.calls->answer(caller, call);
        }
        const bool keeps = !error && parser.get().keep_alive() && !desk.closing;
        Response response = response_of(parser.get(), answer, keeps);
        keep = co_await send(stream, response);
        if (answer.then) answer.then();
    }
    boost::system::error_code ignored;
    stream.socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
}

}  // namespace countersign::proxy::admin
