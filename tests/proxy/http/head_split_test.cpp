#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proxy/http/head_reader.hpp"
#include "tests/proxy/http/head_samples.hpp"
#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::http {
namespace {

HeadResult parse(bool is_request, std::string_view bytes, std::size_t scanned, Head& head) {
    return is_request ? parse_request_head(bytes, scanned, kManyFields, head)
                      : parse_response_head(bytes, scanned, kManyFields, false, head);
}

/// What a reader does that gets `bytes` in pieces that end at `ends`.
HeadResult parse_in_pieces(
    bool is_request, std::string_view bytes, const std::vector<std::size_t>& ends, Head& head
) {
    std::size_t scanned = 0;
    HeadResult result;
    for (const std::size_t end : ends) {
        result = parse(is_request, bytes.substr(0, end), scanned, head);
        if (result.state != HeadResult::State::incomplete) return result;
        scanned = end;
    }
    return result;
}

void expect_same(
    const HeadResult& result, const Head& head, const HeadResult& whole_result, const Head& whole
) {
    EXPECT_EQ(result.state, whole_result.state);
    EXPECT_EQ(result.size, whole_result.size);
    EXPECT_EQ(result.error, whole_result.error);
    if (whole_result.state != HeadResult::State::complete) return;
    EXPECT_EQ(head.start_line, whole.start_line);
    EXPECT_EQ(head.framing, whole.framing);
    ASSERT_EQ(head.fields.size(), whole.fields.size());
    for (std::size_t i = 0; i < head.fields.size(); ++i) {
        EXPECT_EQ(head.fields[i].line, whole.fields[i].line);
        EXPECT_EQ(head.fields[i].value, whole.fields[i].value);
    }
}

void expect_same_however_split(bool is_request, std::string_view bytes) {
    Head whole;
    const HeadResult whole_result = parse(is_request, bytes, 0, whole);
    Head head;
    std::vector<std::size_t> every;
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
        every.push_back(at);
        SCOPED_TRACE("split at " + std::to_string(at) + ": " + testing::PrintToString(bytes));

        const auto result = parse_in_pieces(is_request, bytes, {at, bytes.size()}, head);

        expect_same(result, head, whole_result, whole);
    }
    expect_same(parse_in_pieces(is_request, bytes, every, head), head, whole_result, whole);
}

TEST(SplitHead, GivesWhatTheWholeGives) {
    for (const HeadSample& sample : kRequestSamples) expect_same_however_split(true, sample.bytes);
    for (const HeadSample& sample : kResponseSamples) {
        expect_same_however_split(false, sample.bytes);
    }
}

TEST(SplitHead, IsRefusedAsTheWholeIs) {
    for (const std::string_view bytes :
         {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\rX\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nA: \x01\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\n\rx", "GET / HTTP/3.1\r\n"}) {
        expect_same_however_split(true, bytes);
    }
}

TEST(SplitHead, LeavesWhatFollowsAlone) {
    const std::string bytes = std::string(kRequestSamples[0].bytes) + "\r\nGET \x01";
    Head head;

    const auto result = parse(true, bytes, 0, head);

    EXPECT_EQ(result.state, HeadResult::State::complete);
    EXPECT_EQ(result.size, kRequestSamples[0].bytes.size());
}

}  // namespace
}  // namespace countersign::proxy::http
