#include "proxy/upstream/revocation/fetch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "certs/printable.hpp"
#include "profiles/authority.hpp"
#include "profiles/units.hpp"
#include "proxy/net/socket_address.hpp"
#include "proxy/net/use_task.hpp"
#include "proxy/upstream/addresses/address_guard.hpp"
#include "proxy/upstream/revocation/http_url.hpp"

namespace countersign::proxy::upstream::revocation {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Error = boost::system::error_code;

/// A name may have many addresses, and none of them answer.
constexpr std::size_t kMostAddresses = 4;
constexpr std::uint32_t kMostHeaderBytes = 16 * 1024;
constexpr std::uint16_t kPlainHttp = 80;

beast::string_view view_of(std::string_view text) { return {text.data(), text.size()}; }

Fetched failed(std::string problem) { return {Fetched::End::failed, {}, std::move(problem)}; }

/// One connection: a stop of the loop ends what it waits for.
class Connection final : public net::Cancellable {
public:
    explicit Connection(net::EventLoop& loop) : Cancellable{loop}, stream{loop.context()} {}

    bool waiting() const override { return true; }
    void cancel() override { stream.cancel(); }

    beast::basic_stream<asio::ip::tcp, asio::io_context::executor_type> stream;
};

http::request<http::string_body> request_for(const HttpUrl& url, const FetchTerms& terms) {
    const bool posts = !terms.body.empty();
    http::request<http::string_body> request{
        posts ? http::verb::post : http::verb::get, view_of(url.target), 11};
    const auto authority = profiles::authority_text(url.host, url.port, kPlainHttp).text();
    request.set(http::field::host, view_of(authority));
    request.set(http::field::user_agent, "countersign");
    request.set(http::field::accept, "*/*");
    request.set(http::field::connection, "close");
    if (posts) {
        request.set(http::field::content_type, "application/ocsp-request");
        request.body() = terms.body;
        request.prepare_payload();
    }
    return request;
}

std::string words_for(const Error& error, const FetchTerms& terms) {
    if (error == beast::error::timeout) {
        return "no whole answer within " + profiles::duration_text(terms.limit);
    }
    if (error == http::error::body_limit) {
        return "its answer is larger than " + std::to_string(terms.most_bytes >> 10) + " KiB";
    }
    if (error == http::error::header_limit) return "the head of its answer is too large";
    if (error == http::error::end_of_stream || error == http::error::partial_message) {
        return "it ended the connection before its answer was complete";
    }
    if (error == asio::error::connection_refused) return "nothing listens there";
    if (error == asio::error::operation_aborted) return "this program is stopping";
    if (error.category() == http::make_error_code(http::error::bad_version).category()) {
        return "its answer is no HTTP: " + error.message();
    }
    return certs::printable(error.message());
}

std::string words_for_status(const http::response_header<>& head) {
    std::string text = "it answers " + std::to_string(head.result_int());
    if (head.result_int() / 100 == 3) text += ", and redirects are not followed";
    return text;
}

/// Asks on a connection that is there.
net::Task<Fetched> exchange(Connection& connection, const HttpUrl& url, const FetchTerms& terms) {
    net::EventLoop& loop = connection.loop();
    http::request<http::string_body> request = request_for(url, terms);
    auto writing = http::async_write(connection.stream, request, net::UseTask{loop});
    const Error written = std::get<0>(co_await writing);
    if (written) co_return failed(words_for(written, terms));

    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.header_limit(kMostHeaderBytes);
    parser.body_limit(terms.most_bytes);
    auto head = http::async_read_header(connection.stream, buffer, parser, net::UseTask{loop});
    const Error headed = std::get<0>(co_await head);
    if (headed) co_return failed(words_for(headed, terms));
    if (parser.get().result_int() != 200) co_return failed(words_for_status(parser.get().base()));
    auto rest = http::async_read(connection.stream, buffer, parser, net::UseTask{loop});
    const Error read = std::get<0>(co_await rest);
    if (read) co_return failed(words_for(read, terms));
    Fetched fetched{Fetched::End::ok, {}, {}};
    fetched.body = std::move(parser.get().body());
    co_return fetched;
}

/// Those of a name's addresses that may be asked; else why not the first of them.
struct Allowed {
    std::vector<profiles::IpAddress> addresses;
    std::string objection;
};

Allowed allowed_of(
    const std::vector<profiles::IpAddress>& resolved, std::uint16_t port, const FetchRules& rules
) {
    const addresses::AddressGuard guard{rules.addresses, *rules.own_endpoints};
    Allowed allowed;
    for (const profiles::IpAddress& address : resolved) {
        if (auto objection = guard.objection(address, port)) {
            if (allowed.objection.empty()) allowed.objection = std::move(objection->text);
        } else if (allowed.addresses.size() < kMostAddresses) {
            allowed.addresses.push_back(address);
        }
    }
    return allowed;
}

std::string without_full_stop(std::string text) {
    if (text.ends_with('.')) text.pop_back();
    return text;
}

}  // namespace

net::Task<Fetched> fetch(
    net::EventLoop& loop, dns::Resolver& resolver, const FetchRules& rules, FetchTerms terms
) {
    const std::optional<HttpUrl> url = HttpUrl::parse(terms.url);
    if (!url) co_return failed("that is no address that can be asked");
    const net::TimePoint until = net::Clock::now() + terms.limit;
    Result<std::vector<profiles::IpAddress>> resolved = co_await resolver.resolve(url->host, until);
    if (!resolved) co_return failed(without_full_stop(resolved.error().reason()));
    const Allowed allowed = allowed_of(*resolved, url->port, rules);
    if (allowed.addresses.empty()) {
        co_return Fetched{Fetched::End::prohibited, {}, allowed.objection};
    }
    Fetched last;
    for (std::size_t i = 0; i < allowed.addresses.size(); ++i) {
        if (loop.cancelled()) co_return failed(words_for(asio::error::operation_aborted, terms));
        const net::SocketAddress at{allowed.addresses[i], url->port};
        asio::ip::tcp::endpoint endpoint;
        endpoint.resize(at.size());
        std::memcpy(endpoint.data(), at.data(), at.size());
        Connection connection{loop};
        // One that is silent leaves the others their time.
        const auto left = until - net::Clock::now();
        connection.stream.expires_after(left / static_cast<int>(allowed.addresses.size() - i));
        auto connecting = connection.stream.async_connect(endpoint, net::UseTask{loop});
        const Error refused = co_await connecting;
        if (refused) {
            last = failed(words_for(refused, terms));
            continue;
        }
        connection.stream.expires_after(until - net::Clock::now());
        co_return co_await exchange(connection, *url, terms);
    }
    co_return last;
}

}  // namespace countersign::proxy::upstream::revocation
