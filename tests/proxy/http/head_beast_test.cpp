#include <gtest/gtest.h>

#include <algorithm>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/proxy/http/head_samples.hpp"
#include "tests/proxy/http/parsed_head.hpp"

// A second opinion. What we accept Boost.Beast accepts as well, and reads in the same way: a head
// that two independent readers frame differently is what request smuggling is made of. The reverse
// does not hold, and is not asked: Beast takes obs-fold, for one.

namespace countersign::proxy::http {
namespace {

namespace beast = boost::beast::http;

using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMutationsPerSample = 4000;

constexpr std::string_view kPieces[] = {
    "\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    ":",
    ",",
    ";",
    "0",
    "5",
    "-",
    "+",
    "chunked",
    "identity",
    "close",
    "HTTP/1.0",
    "HTTP/1.1",
    "\x80",
    "\x7f",
    std::string_view("\0", 1),
    "Content-Length: 5\r\n",
    "Content-Length: 5, 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip\r\n",
    "Host: b\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Connection: x\r\n",
    "A: b\r\n c\r\n",
    "\r\n\r\n",
};

template <typename Text>
Text at_random(const Text& text, std::size_t& at, std::mt19937& random) {
    at = std::uniform_int_distribution<std::size_t>(0, text.size())(random);
    const auto size = std::uniform_int_distribution<std::size_t>(0, 12)(random);
    return text.substr(at, size);
}

void mutate(std::string& bytes, std::mt19937& random) {
    std::size_t at = 0;
    const std::string some = at_random(bytes, at, random);
    std::uniform_int_distribution<int> octet(0, 255);
    switch (random() % 4) {
        case 0:
            bytes.insert(at, kPieces[random() % std::size(kPieces)]);
            break;
        case 1:
            bytes.erase(at, some.size());
            break;
        case 2:
            bytes.insert(random() % (bytes.size() + 1), some);
            break;
        default:
            if (at < bytes.size()) bytes[at] = static_cast<char>(octet(random));
    }
}

template <typename Parser>
Parser& permissive(Parser& parser) {
    parser.eager(false);
    parser.header_limit(1 << 20);
    parser.body_limit(boost::none);
    return parser;
}

/// Beast puts fields of one name together, so both sides are sorted, stably.
Fields sorted(Fields fields) {
    for (auto& [name, value] : fields) {
        std::transform(name.begin(), name.end(), name.begin(), [](char c) {
            return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        });
    }
    std::stable_sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) {
        return a.first < b.first;
    });
    return fields;
}

Fields fields_of(const Head& head) {
    Fields fields;
    for (const Field& field : head.fields) fields.emplace_back(field.name, field.value);
    return sorted(std::move(fields));
}

template <typename Message>
Fields fields_of_beast(const Message& message) {
    Fields fields;
    for (const auto& field : message) fields.emplace_back(field.name_string(), field.value());
    return sorted(std::move(fields));
}

template <typename Parser>
void expect_same_reading(const ParsedHead& ours, std::string_view bytes, Parser& parser) {
    boost::system::error_code error;
    const std::size_t size = permissive(parser).put(boost::asio::buffer(bytes), error);
    ASSERT_FALSE(error) << error.message();
    ASSERT_TRUE(parser.is_header_done());
    const auto& message = parser.get();
    EXPECT_EQ(size, ours.result.size);
    EXPECT_EQ(message.version() % 10, ours.head.minor_version);
    EXPECT_EQ(fields_of_beast(message), fields_of(ours.head));
    const bool is_bodiless_response = ours.head.status != 0 && ours.head.framing == Framing::none;
    if (!is_bodiless_response) {  // of which Beast tells the fields, whatever they mean there
        EXPECT_EQ(parser.chunked(), ours.head.framing == Framing::chunked);
    }
    if (ours.head.framing == Framing::length) {
        EXPECT_EQ(parser.content_length().value_or(~0ULL), ours.head.content_length);
    }
}

/// Known, and meant: Beast refuses a status line that ends with the status, as many servers send.
bool has_no_space_after_status(const Head& head) {
    return head.start_line.size() == std::string_view("HTTP/1.1 200\r\n").size();
}

/// Known, and meant: Beast refuses a minor version above 1, which RFC 9110 2.5 has us read as 1.
bool is_later_minor_version(const Head& head) {
    const auto at = head.start_line.find("HTTP/1.");
    return at != std::string_view::npos && head.start_line[at + 7] > '1';
}

/// Known, and meant: in a response Proxy-Connection is nobody's, and Beast reads it as Connection.
bool has_proxy_connection(const Head& head) {
    return std::any_of(head.fields.begin(), head.fields.end(), [](const Field& field) {
        return field.id == FieldName::proxy_connection;
    });
}

bool compare_request(const std::string& bytes) {
    const auto ours = ParsedHead::request(bytes);
    if (!ours.complete() || is_later_minor_version(ours.head)) return false;
    SCOPED_TRACE(testing::PrintToString(bytes));
    beast::request_parser<beast::empty_body> parser;
    expect_same_reading(ours, bytes, parser);
    EXPECT_EQ(std::string_view(parser.get().method_string()), ours.head.method);
    EXPECT_EQ(std::string_view(parser.get().target()), ours.head.target);
    return true;
}

bool compare_response(const std::string& bytes) {
    const auto ours = ParsedHead::response(bytes);
    if (!ours.complete() || is_later_minor_version(ours.head)) return false;
    if (has_no_space_after_status(ours.head) || has_proxy_connection(ours.head)) return false;
    SCOPED_TRACE(testing::PrintToString(bytes));
    beast::response_parser<beast::empty_body> parser;
    expect_same_reading(ours, bytes, parser);
    EXPECT_EQ(parser.get().result_int(), ours.head.status);
    // Where the reason is empty Beast answers with the registered one.
    if (!ours.head.reason.empty()) {
        EXPECT_EQ(std::string_view(parser.get().reason()), ours.head.reason);
    }
    return true;
}

template <std::size_t kSize>
void compare_mutations(
    const std::array<HeadSample, kSize>& samples, bool (*compare)(const std::string&)
) {
    std::size_t accepted = 0;
    for (const HeadSample& sample : samples) {
        EXPECT_TRUE(compare(std::string(sample.bytes))) << sample.name;
        std::mt19937 random(static_cast<std::mt19937::result_type>(sample.bytes.size()));
        for (std::size_t round = 0; round < kMutationsPerSample; ++round) {
            std::string bytes(sample.bytes);
            for (auto times = random() % 3 + 1; times > 0; --times) mutate(bytes, random);
            accepted += compare(bytes) ? 1 : 0;
            if (testing::Test::HasFailure()) return;
        }
    }
    // Mutations that are all refused would compare nothing.
    EXPECT_GT(accepted, kSize * kMutationsPerSample / 10);
}

TEST(RequestHead, IsReadByBeastInTheSameWay) {
    compare_mutations(kRequestSamples, compare_request);
}

TEST(ResponseHead, IsReadByBeastInTheSameWay) {
    compare_mutations(kResponseSamples, compare_response);
}

}  // namespace
}  // namespace countersign::proxy::http
