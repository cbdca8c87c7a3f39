#include "proxy/admin/admin_connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "proxy/admin/await.hpp"
#include "proxy/log/log.hpp"
#include "proxy/tls/server_context.hpp"

namespace countersign::proxy::admin {

namespace {

namespace http = boost::beast::http;
using boost::asio::awaitable;

using Stream = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
using TlsStream = boost::asio::ssl::stream<Stream&>;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

/// Between two questions: longer than what lies between two of Prometheus, as a rule.
constexpr auto kIdle = std::chrono::seconds{120};
constexpr auto kFirstQuestion = std::chrono::seconds{10};
constexpr auto kAnswerTime = std::chrono::seconds{30};
/// For a key store, by a slow line.
constexpr auto kUpload = std::chrono::seconds{60};
/// Who sends more than is taken is listened to for so long, and so much.
constexpr auto kLinger = std::chrono::seconds{5};
constexpr std::uint64_t kMostLinger = 64 * 1024 * 1024;
/// The end of TLS is said, and not waited for longer.
constexpr auto kGoodbye = std::chrono::seconds{1};
constexpr std::uint32_t kMostHead = 16 * 1024;

std::string_view view_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

Call call_of(const Request& request) {
    const auto field = [&](auto name) { return view_of(request[name]); };
    return {
        view_of(request.method_string()),
        view_of(request.target()),
        field(http::field::accept),
        field(http::field::content_type),
        field(http::field::if_match),
        request.body(),
        {field(http::field::host), field(http::field::origin), field("Sec-Fetch-Site"),
         field(http::field::authorization), field(http::field::cookie),
         field("Countersign-Session")}};
}

boost::beast::string_view text(std::string_view view) { return {view.data(), view.size()}; }

/// A page loads the console's own files and asks the API, and nothing else.
constexpr const char* kWhatPagesMay =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is no page loads and asks nothing, should a browser show it.
constexpr const char* kWhatOthersMay = "default-src 'none'; frame-ancestors 'none'";

Response response_of(const Request& request, Answer& answer, bool keep) {
    Response response{static_cast<http::status>(answer.status), request.version()};
    response.set(http::field::content_type, text(answer.type));
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    if (answer.status == 401) response.set(http::field::www_authenticate, "Bearer");
    if (!answer.allow.empty()) response.set(http::field::allow, answer.allow);
    if (!answer.set_cookie.empty()) response.set(http::field::set_cookie, answer.set_cookie);
    if (!answer.location.empty()) response.set(http::field::location, text(answer.location));
    if (answer.retry_after > 0) {
        response.set(http::field::retry_after, std::to_string(answer.retry_after));
    }
    response.set("Content-Security-Policy", answer.is_page ? kWhatPagesMay : kWhatOthersMay);
    response.set("X-Frame-Options", "DENY");
    response.set("Referrer-Policy", "no-referrer");
    response.set("Cross-Origin-Opener-Policy", "same-origin");
    response.set("Cross-Origin-Resource-Policy", "same-origin");
    response.keep_alive(keep);
    const std::size_t size = answer.body.size();
    if (request.method() != http::verb::head) response.body() = std::move(answer.body);
    // A 204 has no length, and a stream ends with its connection.
    if (answer.status != 204 && answer.events == nullptr) response.content_length(size);
    return response;
}

bool begins_handshake(const boost::beast::flat_buffer& buffer) {
    constexpr char kHandshake = 0x16;  // of a TLS record
    return buffer.size() > 0 && *static_cast<const char*>(buffer.data().data()) == kHandshake;
}

/// `target`: as far as it is known.
Answer unreadable(
    const boost::system::error_code& error, std::string_view target,
    const boost::beast::flat_buffer& buffer
) {
    if (target.empty() && begins_handshake(buffer)) {
        return plain(400, "TLS is not spoken at this address: admin.tls is not set.");
    }
    const std::string text = "The request cannot be read: " + error.message() + ".";
    return target.starts_with("/api/") ? problem(400, text) : plain(400, text);
}

/// Whether the error is the request's, and not the connection's.
bool is_about_request(const boost::system::error_code& error) {
    return error.category() == http::make_error_code(http::error::bad_method).category() &&
           error != http::error::end_of_stream && error != http::error::partial_message;
}

/// False where the connection ends with it.
template <class Channel>
awaitable<bool> send(Stream& stream, Channel& channel, Response& response) {
    stream.expires_after(kAnswerTime);
    const auto [error, bytes] = co_await http::async_write(channel, response, kAwait);
    co_return !error && response.keep_alive();
}

/// Reads what is still on its way and forgets it: who is reset while sending does not get to see
/// why he was refused.
awaitable<void> let_finish(Stream& stream) {
    boost::system::error_code ignored;
    stream.socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
    stream.expires_after(kLinger);
    std::array<char, 16 * 1024> bytes;
    for (std::uint64_t read = 0; read < kMostLinger;) {
        const auto [error, count] =
            co_await stream.async_read_some(boost::asio::buffer(bytes), kAwait);
        if (error) co_return;
        read += count;
    }
}

/// False where that was the last.
template <class Channel>
awaitable<bool> send_text(Stream& stream, Channel& channel, std::string text) {
    if (text.empty()) co_return false;
    stream.expires_after(kAnswerTime);
    const auto [error, bytes] =
        co_await boost::asio::async_write(channel, boost::asio::buffer(text), kAwait);
    co_return !error;
}

class Registered {
public:
    Registered(AdminDesk& desk, Stream& stream, const profiles::IpAddress& from) : desk_{desk} {
        connection_.from = from;
        connection_.since = std::chrono::steady_clock::now();
        connection_.close = [&stream] { stream.close(); };
        place_ = desk_.connections.insert(desk_.connections.end(), &connection_);
    }
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;
    ~Registered() {
        answered();
        desk_.connections.erase(place_);
    }

    void asked() {
        ++desk_.answering;
        connection_.answering = true;
    }
    void answered() {
        if (!std::exchange(connection_.answering, false)) return;
        connection_.since = std::chrono::steady_clock::now();
        if (--desk_.answering == 0 && desk_.closing && desk_.when_quiet) desk_.when_quiet();
    }
    /// It asks nothing more, and is in use.
    void watches() {
        answered();
        connection_.watching = true;
    }
    bool ends() const { return connection_.last || desk_.closing; }

private:
    AdminDesk& desk_;
    OperatorConnection connection_;
    std::list<OperatorConnection*>::iterator place_;
};

/// Request by request, by `channel`, which goes over `stream`.
template <class Channel>
awaitable<void> serve(
    AdminDesk& desk, Registered& registered, Stream& stream, Channel& channel,
    boost::beast::flat_buffer& buffer, const Caller& caller
) {
    bool first = true;
    for (bool keep = true; keep && !registered.ends(); first = false) {
        http::request_parser<http::string_body> parser;
        parser.header_limit(kMostHead);
        stream.expires_after(first ? kFirstQuestion : kIdle);
        // Who may send a large body is decided before it is read.
        parser.body_limit(boost::none);
        auto [error, bytes] = co_await http::async_read_header(channel, buffer, parser, kAwait);
        std::uint64_t most = 0;
        if (!error) {
            most = desk.calls->most_body(caller, call_of(parser.get()));
            // This is held against chunks as they come; a length was looked at with the head.
            parser.body_limit(most);
            const bool too_long = parser.content_length().value_or(0) > most;
            stream.expires_after(most == Calls::kMostBody ? kFirstQuestion : kUpload);
            if (too_long) {
                error = http::error::body_limit;
            } else {
                std::tie(error, bytes) = co_await http::async_read(channel, buffer, parser, kAwait);
            }
        }
        if (error && !is_about_request(error)) co_return;
        registered.asked();
        Answer answer;
        if (error == http::error::body_limit) {
            answer = desk.calls->too_long(caller, call_of(parser.get()), most);
        } else if (error) {
            answer = unreadable(error, view_of(parser.get().target()), buffer);
        } else {
            const Call call = call_of(parser.get());
            answer = co_await desk.calls->answer(caller, call);
        }
        const bool streams = answer.events != nullptr;
        // What the connection's certificate was good for ends with the trust that it was held
        // against, and with itself: a new connection is judged anew.
        const bool outdated =
            caller.tls != nullptr && (caller.tls != desk.calls->tls() ||
                                      caller.certificate.until < std::chrono::system_clock::now());
        const bool keeps =
            !error && !streams && !outdated && parser.get().keep_alive() && !registered.ends();
        Response response = response_of(parser.get(), answer, keeps);
        keep = co_await send(stream, channel, response);
        // Who watches is not asking: the proxy need not wait for it.
        if (streams) registered.watches();
        while (streams && !registered.ends()) {
            std::string event = co_await answer.events->next();
            if (!co_await send_text(stream, channel, std::move(event))) break;
        }
        if (answer.then) answer.then();
        registered.answered();
        if (error == http::error::body_limit) co_return co_await let_finish(stream);
    }
}

/// Who speaks plain HTTP where TLS is spoken is told so, whatever he asks for.
awaitable<void> tell_of_tls(Stream& stream) {
    Response response{http::status::bad_request, 11};
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.body() =
        "HTTPS is spoken at this address (admin.tls), and this was plain HTTP. Ask "
        "with https://; countersign's commands do where -c names the configuration.\n";
    response.keep_alive(false);
    response.prepare_payload();
    co_await send(stream, stream, response);
    co_await let_finish(stream);
}

awaitable<void> serve_encrypted(
    AdminDesk& desk, Registered& registered, Stream& stream, Caller caller
) {
    boost::beast::flat_buffer buffer;
    stream.expires_after(kFirstQuestion);
    const auto [unread, size] = co_await stream.async_read_some(buffer.prepare(kMostHead), kAwait);
    if (unread) co_return;
    buffer.commit(size);
    if (!begins_handshake(buffer)) co_return co_await tell_of_tls(stream);
    certs::SslHandle connection = caller.tls->new_ssl();
    if (!connection) co_return;
    TlsStream channel{stream, connection.release()};
    const auto [refused, used] = co_await channel.async_handshake(
        boost::asio::ssl::stream_base::server, buffer.data(), kAwait
    );
    if (refused) {
        const std::string from = caller.address.to_text();
        const std::string why = tls::why_client_refused(channel.native_handle());
        if (why.empty()) {
            log::debug("admin: no handshake with {}: {}", from, refused.message());
            co_return;
        }
        const auto line = desk.refused.line(from, why, std::chrono::steady_clock::now());
        if (line) log::warning("{}", *line);
        co_return;
    }
    buffer.consume(used);
    caller.certificate = tls::verified_client(channel.native_handle());
    co_await serve(desk, registered, stream, channel, buffer, caller);
    stream.expires_after(kGoodbye);
    co_await channel.async_shutdown(kAwait);
}

}  // namespace

void end_connections(AdminDesk& desk) {
    // To close one takes none out of the list: its own coroutine does, later.
    for (OperatorConnection* one : desk.connections) {
        one->last = true;
        if (!one->answering) one->close();
    }
}

bool end_idlest(AdminDesk& desk) {
    OperatorConnection* idlest = nullptr;
    std::ptrdiff_t most = 0;
    for (OperatorConnection* one : desk.connections) {
        if (one->answering || one->watching || one->last) continue;
        const auto of_address =
            std::ranges::count_if(desk.connections, [one](const OperatorConnection* other) {
                return other->from == one->from;
            });
        if (of_address < most || (of_address == most && one->since >= idlest->since)) continue;
        most = of_address;
        idlest = one;
    }
    if (idlest == nullptr) return false;
    idlest->last = true;
    idlest->close();
    return true;
}

awaitable<void> serve_operator(
    AdminDesk& desk, boost::asio::generic::stream_protocol::socket socket, Caller caller
) {
    Stream stream{std::move(socket)};
    Registered registered{desk, stream, caller.address};
    if (caller.tls) {
        co_await serve_encrypted(desk, registered, stream, std::move(caller));
    } else {
        boost::beast::flat_buffer buffer;
        co_await serve(desk, registered, stream, stream, buffer, caller);
    }
    boost::system::error_code ignored;
    stream.socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
}

}  // namespace countersign::proxy::admin
