#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/proxy/exchange/core_world.hpp"

namespace countersign::proxy::exchange {

inline constexpr std::string_view kRequestHead = "POST / HTTP/1.1\r\nHost: a\r\n\r\n";

struct Response {
    std::string_view name;
    std::string bytes;
    bool until_close = false;
};

/// One of each kind.
inline const std::vector<Response>& responses() {
    static const std::vector<Response> all{
        {"length", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer"},
        {"none", "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n"},
        {"chunked",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nans\r\n3;x=y\r\nwer\r\n"
         "0\r\nT: u\r\n\r\n"},
        {"interim",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
         "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
        {"until close", "HTTP/1.1 200 OK\r\n\r\nanswer", true},
    };
    return all;
}

inline std::string of(const Response& response, std::size_t at) {
    return std::string{response.name} + ", byte " + std::to_string(at);
}

inline void get(CoreWorld& world) {
    world.begin_get();
    world.settle();
}

/// Feeds all of a response at once.
inline std::string whole(const Response& response) {
    CoreWorld world;
    get(world);
    world.from_server(response.bytes);
    if (response.until_close) world.server_ends(net::IoStatus::closed);
    EXPECT_EQ(world.ending(), Ending::complete) << response.name;
    return world.at_client;
}

/// `text` with one chunk instead of any number: where the server's body is until close, they follow
/// the reads. A last chunk stays.
inline std::string in_one_chunk(const std::string& text) {
    const auto body = text.find("\r\n\r\n") + 4;
    http::ChunkedScanner scanner;
    std::string content;
    std::string_view rest = std::string_view{text}.substr(body);
    while (!rest.empty()) {
        const http::ChunkedScanner::Step step = scanner.step(rest);
        content += step.data;
        rest.remove_prefix(step.size);
        if (step.state == http::ChunkedScanner::State::done) content += "|end";
        if (step.size == 0 || step.state == http::ChunkedScanner::State::done) break;
    }
    return text.substr(0, body) + content + std::string{rest};
}

inline void expect_same(
    const Response& response, const std::string& got, const std::string& where
) {
    if (response.until_close) {
        EXPECT_EQ(in_one_chunk(got), in_one_chunk(whole(response))) << where;
    } else {
        EXPECT_EQ(got, whole(response)) << where;
    }
}

/// A request with a body of which `here` bytes have come with its head.
inline void post(CoreWorld& world, std::string_view body, std::size_t here) {
    world.begin_post(BodyMeter{http::Framing::length, body.size()}, body.substr(0, here));
}

inline constexpr std::string_view kBody = "the body of a request";

}  // namespace countersign::proxy::exchange
