#include "proxy/http/chunked.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::http {
namespace {

using State = ChunkedScanner::State;
using namespace std::string_literals;

struct Walk {
    State state = State::more;
    std::size_t size = 0;
    std::string data;
};

/// Feeds `bytes` in pieces of `piece` bytes, step by step, until the scanner has enough.
Walk walk(std::string_view bytes, std::size_t piece = std::string::npos) {
    ChunkedScanner scanner;
    Walk walked;
    while (walked.size < bytes.size() && walked.state == State::more) {
        std::string_view rest = bytes.substr(walked.size, piece);
        while (!rest.empty() && walked.state == State::more) {
            const auto step = scanner.step(rest);
            EXPECT_LE(step.size, rest.size());
            walked.data += step.data;
            walked.size += step.size;
            walked.state = step.state;
            rest.remove_prefix(step.size);
        }
    }
    EXPECT_EQ(scanner.content(), walked.data.size());
    return walked;
}

struct Body {
    std::string_view name;
    std::string bytes;
    std::string data;
};

std::vector<Body> good_bodies() {
    return {
        {"empty", "0\r\n\r\n", ""},
        {"one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello"},
        {"several", "5\r\nhello\r\n1\r\n \r\n6\r\nworld!\r\n0\r\n\r\n", "hello world!"},
        {"line ends in content", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"},
        {"hexadecimal", "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n",
         "01234567890123456789a"},
        {"leading zeros", "0005\r\nhello\r\n000\r\n\r\n", "hello"},
        {"extension", "5;a\r\nhello\r\n0;b=c\r\n\r\n", "hello"},
        {"extensions", "5 ; a = \"x;\\\"y\" ; b=c;d\r\nhello\r\n0\r\n\r\n", "hello"},
        {"trailers", "0\r\nX-Checksum: 1\r\nExpires:\r\n\r\n", ""},
        {"trailer with a long name", "0\r\nX-A-Very-Long-Name-Of-A-Trailer: \xc3\xa4\t\r\n\r\n",
         ""},
    };
}

TEST(ChunkedScanner, GivesContentWithoutItsChunks) {
    for (const Body& body : good_bodies()) {
        const Walk walked = walk(body.bytes);

        EXPECT_EQ(walked.state, State::done) << body.name;
        EXPECT_EQ(walked.size, body.bytes.size()) << body.name;
        EXPECT_EQ(walked.data, body.data) << body.name;
    }
}

TEST(ChunkedScanner, StopsAtTheLastByteOfTheBody) {
    for (const Body& body : good_bodies()) {
        ChunkedScanner scanner;

        const auto skipped = scanner.skip(body.bytes + "GET / HTTP/1.1\r\n");

        EXPECT_EQ(skipped.state, State::done) << body.name;
        EXPECT_EQ(skipped.size, body.bytes.size()) << body.name;
        EXPECT_EQ(scanner.content(), body.data.size()) << body.name;
        EXPECT_EQ(scanner.skip("5\r\n").size, 0U) << body.name;
    }
}

TEST(ChunkedScanner, GivesTheSameInPiecesOfAnySize) {
    for (const Body& body : good_bodies()) {
        for (std::size_t piece = 1; piece <= body.bytes.size(); ++piece) {
            const Walk walked = walk(body.bytes, piece);

            EXPECT_EQ(walked.state, State::done) << body.name << ' ' << piece;
            EXPECT_EQ(walked.size, body.bytes.size()) << body.name << ' ' << piece;
            EXPECT_EQ(walked.data, body.data) << body.name << ' ' << piece;
        }
    }
}

TEST(ChunkedScanner, WantsMoreAtEveryPlaceBeforeTheEnd) {
    for (const Body& body : good_bodies()) {
        for (std::size_t at = 0; at < body.bytes.size(); ++at) {
            ChunkedScanner scanner;

            const auto first = scanner.skip(std::string_view(body.bytes).substr(0, at));
            const auto second = scanner.skip(std::string_view(body.bytes).substr(at));

            EXPECT_EQ(first.state, State::more) << body.name << ' ' << at;
            EXPECT_EQ(first.size, at) << body.name << ' ' << at;
            EXPECT_EQ(second.state, State::done) << body.name << ' ' << at;
        }
    }
}

TEST(ChunkedScanner, RefusesWhatIsNotExactlyAChunkedBody) {
    struct Row {
        std::string_view name;
        std::string bytes;
        std::size_t good;  ///< bytes before the one that is wrong
        std::string_view problem;
    };
    for (const Row& row : {
             Row{"no size", "\r\n", 0, "chunk 1: empty line where its size should stand"},
             Row{"no digit", "g\r\n", 0, "chunk 1: no hexadecimal size"},
             Row{"space before", " 5\r\n", 0, "chunk 1: blank in front of the size"},
             Row{"space behind", "5 \r\n", 2, "chunk 1: blank behind the size"},
             Row{"plus", "+5\r\n", 0, "chunk 1: no hexadecimal size"},
             Row{"minus", "-1\r\n", 0, "chunk 1: no hexadecimal size"},
             Row{"prefix", "0x5\r\n", 1,
                 "chunk 1: something else than hexadecimal digits in the size"},
             Row{"bare LF after size", "5\nhello", 1, "chunk 1: LF without CR behind the size"},
             Row{"CR alone after size", "5\rhello", 2, "chunk 1: CR without LF behind the size"},
             Row{"NUL after size", "5\0\r\n"s, 1,
                 "chunk 1: something else than hexadecimal digits in the size"},
             Row{"2^63", "8000000000000000\r\n", 15, "chunk 1: size above 2^63 - 1"},
             Row{"2^64", "10000000000000000\r\n", 16, "chunk 1: size above 2^63 - 1"},
             Row{"no extension", "5;\r\n", 2, "chunk 1: extension that is not ';' NAME [= VALUE]"},
             Row{"extension without name", "5;=a\r\n", 2,
                 "chunk 1: extension that is not ';' NAME [= VALUE]"},
             Row{"extension without value", "5;a=\r\n", 4,
                 "chunk 1: extension that is not ';' NAME [= VALUE]"},
             Row{"extension open", "5;a=\"b\r\n", 6,
                 "chunk 1: extension that is not ';' NAME [= VALUE]"},
             Row{"extension ends in space", "5;a=b \r\n", 6, "chunk 1: blank behind the extension"},
             Row{"bare LF in extension", "5;a\nb\r\n", 3, "chunk 1: LF without CR behind the size"},
             Row{"bare CR in extension", "5;a\rb\r\n", 4, "chunk 1: CR without LF behind the size"},
             Row{"CR in quotes", "5;a=\"\\\r\"\r\n", 6,
                 "chunk 1: extension that is not ';' NAME [= VALUE]"},
             Row{"control in quotes", "5;a=\"\x01\"\r\n", 5,
                 "chunk 1: extension that is not ';' NAME [= VALUE]"},
             Row{"control behind a backslash", "5;a=\"\\\x01\"\r\n", 6,
                 "chunk 1: extension that is not ';' NAME [= VALUE]"},
             Row{"extension that goes on in the next line", "1;a\r\nx\r\n1=b\r\n", 9,
                 "chunk 2: something else than hexadecimal digits in the size"},
             Row{"text after quotes", "5;a=\"b\"c\r\n", 7,
                 "chunk 1: extension that is not ';' NAME [= VALUE]"},
             Row{"content too long", "2\r\nabc\r\n", 5,
                 "chunk 1: longer than its size says, or no CR LF behind the content"},
             Row{"content without CR", "2\r\nab\n", 5, "chunk 1: LF without CR behind the content"},
             Row{"content without LF", "2\r\nab\r0", 6,
                 "chunk 1: CR without LF behind the content"},
             Row{"bare LF at the end", "0\r\n\n", 3, "end of the body: LF without CR"},
             Row{"CR alone at the end", "0\r\n\rx", 4, "end of the body: CR without LF"},
             Row{"trailer without colon", "0\r\nabc\r\n", 6, "trailer 1: no colon"},
             Row{"trailer without name", "0\r\n: a\r\n", 3,
                 "trailer 1: no name in front of the colon"},
             Row{"trailer with space before colon", "0\r\na : b\r\n", 4,
                 "trailer 1: blank in its name, or in front of the colon"},
             Row{"trailer folded", "0\r\na: b\r\n c\r\n", 9,
                 "trailer 1 'a': folded over two lines"},
             Row{"bare LF in trailer", "0\r\na: b\nc", 7,
                 "trailer 1 'a': LF without CR at its end"},
             Row{"bare CR in trailer", "0\r\na: b\rc", 8,
                 "trailer 1 'a': CR without LF at its end"},
             Row{"NUL in trailer", "0\r\na: \0"s, 6, "trailer 1 'a': control character"},
         }) {
        const Walk whole = walk(row.bytes);
        const Walk bytewise = walk(row.bytes, 1);
        ChunkedScanner scanner;
        const auto skipped = scanner.skip(row.bytes);

        EXPECT_EQ(whole.state, State::invalid) << row.name;
        EXPECT_EQ(whole.size, row.good) << row.name;
        EXPECT_EQ(bytewise.state, State::invalid) << row.name;
        EXPECT_EQ(bytewise.size, row.good) << row.name;
        EXPECT_EQ(skipped.state, State::invalid) << row.name;
        EXPECT_EQ(skipped.size, row.good) << row.name;
        EXPECT_EQ(scanner.problem(), row.problem) << row.name;
        EXPECT_EQ(scanner.skip("0\r\n\r\n").state, State::invalid) << row.name;
    }
}

TEST(ChunkedScanner, KeepsTrailersHoweverTheyAreCut) {
    const std::string body = "1;a\r\nx\r\n0\r\nX-Sum:  1\r\nContent-Length: 5\r\nA:\r\n\r\n";
    for (std::size_t cut = 0; cut <= body.size(); ++cut) {
        ChunkedScanner scanner;
        scanner.skip(std::string_view{body}.substr(0, cut));
        scanner.skip(std::string_view{body}.substr(cut));

        EXPECT_EQ(scanner.trailers(), "X-Sum:  1\r\nContent-Length: 5\r\nA:\r\n") << cut;
        EXPECT_EQ(scanner.trailer_bytes(), scanner.trailers().size() + 2) << cut;
    }
}

TEST(ChunkedScanner, HasNoTrailersWhereThereAreNone) {
    ChunkedScanner scanner;
    scanner.skip("1\r\nx\r\n0\r\n\r\n");

    EXPECT_EQ(scanner.trailers(), "");
    EXPECT_EQ(scanner.trailer_bytes(), 0U);
}

TEST(ChunkedScanner, TakesTheLargestSizeAndNoLarger) {
    ChunkedScanner scanner;

    const auto step = scanner.step("7fffffffffffffff\r\nabc");

    EXPECT_EQ(step.state, State::more);
    EXPECT_EQ(step.data, "abc");
}

TEST(ChunkedScanner, BoundsSizeLinesAndTrailers) {
    const std::string trailer = "A: " + std::string(1019, 'b') + "\r\n";  // 1 KiB
    std::string trailers;
    for (int i = 0; i < 15; ++i) trailers += trailer;

    EXPECT_EQ(walk("0;" + std::string(4000, 'a') + "\r\n\r\n").state, State::done);
    EXPECT_EQ(walk("0;" + std::string(5000, 'a') + "\r\n\r\n").state, State::invalid);
    EXPECT_EQ(walk(std::string(5000, '0') + "\r\n\r\n").state, State::invalid);
    EXPECT_EQ(walk("0\r\n" + trailers + "\r\n").state, State::done);
    EXPECT_EQ(walk("0;" + std::string(4000, 'a') + "\r\n" + trailers + "\r\n").state, State::done);
    EXPECT_EQ(walk("0\r\n" + trailers + trailer + trailer + "\r\n").state, State::invalid);
}

TEST(ChunkedScanner, BoundsEachSizeLineAndNotTheirSum) {
    std::string bytes;
    for (int i = 0; i < 10; ++i) bytes += "1;" + std::string(3000, 'a') + "\r\nx\r\n";

    const Walk walked = walk(bytes + "0\r\n\r\n");

    EXPECT_EQ(walked.state, State::done);
    EXPECT_EQ(walked.data, std::string(10, 'x'));
}

TEST(ChunkedScanner, EndsAStepWhereContentEnds) {
    ChunkedScanner scanner;

    const auto first = scanner.step("2\r\nab\r\n1\r\nc");
    const auto second = scanner.step("\r\n1\r\nc");

    EXPECT_EQ(first.size, 5U);
    EXPECT_EQ(first.data, "ab");
    EXPECT_EQ(second.size, 6U);
    EXPECT_EQ(second.data, "c");
}

}  // namespace
}  // namespace countersign::proxy::http
