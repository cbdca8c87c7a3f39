#include "proxy/commands/operator_call.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <new>
#include <sstream>
#include <string>
#include <utility>
#include <variant>

#include "proxy/net/socket_address.hpp"
#include "proxy/tls/pinned_server.hpp"

namespace countersign::proxy::commands {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr auto kConnectTime = std::chrono::seconds{5};
/// A reload is answered within 60 s, be it that it is not over.
constexpr auto kAnswerTime = std::chrono::seconds{65};
constexpr std::size_t kPiece = 16UL * 1024;

/// An address of all interfaces is asked at this machine's own.
profiles::TcpAddress dialled(profiles::TcpAddress address) {
    const std::string text = address.address.to_text();
    if (text == "0.0.0.0") address.address = profiles::IpAddress::v4({127, 0, 0, 1});
    if (text == "::") address.address = *profiles::IpAddress::parse("::1");
    return address;
}

asio::generic::stream_protocol::endpoint endpoint_of(const profiles::ListenAddress& address) {
    if (const auto* unix_path = std::get_if<profiles::UnixAddress>(&address)) {
        return asio::local::stream_protocol::endpoint{unix_path->path.string()};
    }
    const profiles::TcpAddress tcp = dialled(std::get<profiles::TcpAddress>(address));
    const net::SocketAddress at{tcp.address, tcp.port};
    return {at.data(), at.size()};
}

using Stream = boost::beast::basic_stream<asio::generic::stream_protocol>;

/// What is answered at a connection that shows another certificate than it has to.
struct AnotherCertificate {};

/// Reads as Beast reads, but piece by piece: its own reads would be compiled for each channel.
template <class Channel>
asio::awaitable<OperatorAnswer> exchange(Channel& channel, const std::string& request) {
    co_await asio::async_write(channel, asio::buffer(request), asio::use_awaitable);
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    boost::beast::flat_buffer buffer;
    while (!parser.is_done()) {
        const auto [end, size] = co_await channel.async_read_some(
            buffer.prepare(kPiece), asio::as_tuple(asio::use_awaitable)
        );
        boost::system::error_code error = end;
        buffer.commit(size);
        if (!end) {
            buffer.consume(parser.put(buffer.data(), error));
            if (error == http::error::need_more) continue;
        } else if (end == asio::error::eof || end == asio::ssl::error::stream_truncated) {
            // Of a length that was said, something is missing then.
            parser.put_eof(error = {});
            if (!error && !parser.is_done()) error = http::error::end_of_stream;
        }
        if (error) throw boost::system::system_error{error};
    }
    co_return OperatorAnswer{parser.get().result_int(), std::move(parser.get().body())};
}

/// `tls` outlives it.
asio::awaitable<OperatorAnswer> ask(
    asio::io_context& context, asio::generic::stream_protocol::endpoint endpoint,
    const std::string request, const OperatorTls* tls
) {
    Stream stream{context};
    stream.expires_after(kConnectTime);
    co_await stream.async_connect(endpoint, asio::use_awaitable);
    if (tls == nullptr) {
        stream.expires_after(kAnswerTime);
        co_return co_await exchange(stream, request);
    }
    certs::SslHandle connection = tls::new_unverified_ssl();
    if (!connection) throw std::bad_alloc{};
    asio::ssl::stream<Stream&> channel{stream, connection.release()};
    co_await channel.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    if (tls->shown && !tls::shows(channel.native_handle(), *tls->shown)) throw AnotherCertificate{};
    stream.expires_after(kAnswerTime);
    co_return co_await exchange(channel, request);
}

std::string sentence(
    const profiles::ListenAddress& address, const boost::system::error_code& error
) {
    const std::string at = profiles::to_text(address);
    if (error == asio::error::connection_refused || error == std::errc::no_such_file_or_directory) {
        return "nobody answers at " + at +
               ": the proxy does not run, or has another admin address; its log says \"admin "
               "at …\"";
    }
    if (error == asio::error::access_denied) {
        return at +
               " may not be opened by this user; the socket's mode and group (admin.mode, "
               "admin.group) say who may";
    }
    if (error == boost::beast::error::timeout) return "no answer from " + at + " in time";
    const bool in_handshake = error == asio::ssl::error::stream_truncated;
    if (error.category() == asio::error::get_ssl_category() || in_handshake) {
        return at + " does not speak HTTPS as admin.tls of the configuration says (" +
               error.message() + "); where that is new, reload by SIGHUP";
    }
    if (error == http::error::bad_version) {
        return at + " does not speak plain HTTP (" + error.message() +
               "); where admin.tls was taken out of the configuration, reload by SIGHUP";
    }
    return "no answer from " + at + ": " + error.message();
}

}  // namespace

boost::system::result<OperatorAnswer, std::string> call_operator(
    const profiles::ListenAddress& address, std::string_view method, std::string_view target,
    std::string_view token, const OperatorTls* tls
) {
    const auto view = [](std::string_view text) {
        return boost::beast::string_view{text.data(), text.size()};
    };
    http::request<http::empty_body> request{http::string_to_verb(view(method)), view(target), 11};
    request.set(http::field::host, "localhost");
    request.set(http::field::connection, "close");
    if (!token.empty()) {
        request.set(http::field::authorization, view("Bearer " + std::string{token}));
    }
    std::ostringstream text;
    text << request;
    asio::io_context context{1};
    OperatorAnswer answer;
    std::exception_ptr thrown;
    asio::co_spawn(
        context, ask(context, endpoint_of(address), text.str(), tls),
        [&](std::exception_ptr error, OperatorAnswer got) {
            thrown = std::move(error);
            answer = std::move(got);
        }
    );
    context.run();
    if (!thrown) return answer;
    try {
        std::rethrow_exception(thrown);
    } catch (const AnotherCertificate&) {
        return profiles::to_text(address) +
               " shows another certificate than the record that admin.tls.key_store names has, so "
               "nothing was sent to it; where the record is a new one, reload by SIGHUP";
    } catch (const boost::system::system_error& error) {
        return sentence(address, error.code());
    }
}

}  // namespace countersign::proxy::commands
