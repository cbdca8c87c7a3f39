#include "proxy/exchange/exchange_request.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "proxy/http/head_reader.hpp"

namespace countersign::proxy::exchange {
namespace {

constexpr std::string_view kHead =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kNext = "GET / HTTP/1.1\r\n";

/// A buffer in which a request arrives in pieces, while nobody sends it on.
class Arrival {
public:
    Arrival() {
        put(kHead);
        http::Head head;
        http::parse_request_head(in.view(), 0, 16, head);
        read_request(head, kHead.size(), {}, in, request);
    }
    void put(std::string_view bytes) {
        bytes.copy(in.tail(), bytes.size());
        in.commit(bytes.size());
    }
    /// As much of it as may be read, in pieces of `most` bytes.
    void take(std::string_view bytes, std::size_t most) {
        while (!request.repeatable && !bytes.empty()) {
            const std::size_t size = std::min({most, room_for_body(in, request), bytes.size()});
            if (size == 0) return;
            const std::size_t before = in.size();
            put(bytes.substr(0, size));
            bytes.remove_prefix(size);
            take_body(in, before, request);
        }
    }
    std::string_view goes_on() const { return in.view().substr(0, request.first_write); }

    net::BufferPool pool{{512, 64}};
    net::Buffer in = pool.take();
    ExchangeRequest request;
};

/// The trailers that may go on are put back when they are complete: what came in between must not
/// have filled the buffer.
TEST(RequestInPieces, HasRoomForItsTrailersWhereverTheBufferEnds) {
    const std::string kept = "X-Sum: 0123456789abcdef\r\n";
    const std::string trailers = kept + "Host: b\r\n\r\n";
    for (std::size_t fill = 1; fill <= 500; ++fill) {
        for (const std::size_t most : {1U, 7U, 30U, 1000U}) {
            Arrival arrival;
            char size[8];
            std::snprintf(size, sizeof size, "%zx\r\n", fill);
            const std::string chunks = size + std::string(fill, 'x') + "\r\n0\r\n";

            arrival.take(chunks + trailers + std::string{kNext}, most);

            const std::string whole = std::string{kHead} + chunks + kept + "\r\n";
            ASSERT_TRUE(whole.starts_with(arrival.goes_on())) << fill << " " << most;
            if (arrival.request.repeatable) {
                EXPECT_EQ(arrival.goes_on(), whole) << fill << " " << most;
                const std::string_view rest = arrival.in.view().substr(whole.size());
                EXPECT_TRUE(kNext.starts_with(rest)) << fill << " " << most;
            }
        }
    }
}

// A stream that sends a head by itself has to be told where it ends.
TEST(RequestInPieces, KnowsWhereItsHeadEndsWhateverTakesItsPlace) {
    const std::string longer =
        "POST /orders HTTP/1.1\r\nHost: partner.example\r\nVia: 1.1 me\r\n\r\n";
    for (const std::string& text : {longer, std::string{"POST / HTTP/1.1\r\nHost: a\r\n\r\n"}}) {
        Arrival arrival;
        arrival.take("3\r\nabc\r\n", 100);
        EXPECT_EQ(arrival.request.head, kHead.size());

        ASSERT_TRUE(replace_head(arrival.in, kHead.size(), text, arrival.request));

        EXPECT_EQ(arrival.request.head, text.size());
        EXPECT_EQ(arrival.goes_on().substr(0, text.size()), text);
        EXPECT_EQ(arrival.goes_on().substr(text.size()), "3\r\nabc\r\n");
    }
}

}  // namespace
}  // namespace countersign::proxy::exchange
