#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "profiles/response_leniency.hpp"

// What careless servers answer. Each leniency is one that nginx 1.22 and HAProxy 2.6 have passed
// on.

namespace countersign::proxy::exchange {

using namespace std::string_literals;
using enum profiles::ResponseLeniency;

struct CarelessAnswer {
    std::string_view name;
    std::string bytes;
    std::string_view problem;                 ///< by default; empty: it passes
    profiles::ResponseLeniencies needs = {};  ///< none: it never passes, or always
    std::string client = {};  ///< what that gets, without Via; empty: it never passes
    bool until_close = false;
};

inline const std::string kOk = "HTTP/1.1 200 OK\r\n";
inline const std::string kLength = "Content-Length: 2\r\n";
inline const std::string kChunked = "Transfer-Encoding: chunked\r\n";
inline const std::string kTwo = kOk + kLength + "\r\nok";
inline const std::string kTwoAndField = kOk + "X-A: b c\r\n" + kLength + "\r\nok";
inline const std::string kChunks = kOk + kChunked + "\r\n";
inline const std::string kInChunks = kChunks + "2\r\nok\r\n0\r\n\r\n";
inline const std::string kOld = "HTTP/1.0 200 OK\r\n";
inline constexpr std::string_view kStatusLine =
    "status line: not HTTP/1.x STATUS REASON, with one space in between";
inline constexpr std::string_view kEncoding =
    "field 1 'Transfer-Encoding': something else than a single 'chunked' in an HTTP/1.1 message";
inline constexpr std::string_view kExtension = "chunk 1: extension that is not ';' NAME [= VALUE]";
inline constexpr std::string_view kConnection =
    "field 1 'Connection': lists something that is no token";

inline std::string field(const std::string& line) { return kOk + line + kLength + "\r\nok"; }
inline std::string chunks(const std::string& body) { return kChunks + body; }

inline std::vector<CarelessAnswer> that_pass() {
    return {
        {"no reason",
         "HTTP/1.1 200\r\n" + kLength + "\r\nok",
         "",
         {},
         "HTTP/1.1 200 \r\n" + kLength + "\r\nok"},
        {"HTTP/1.2", "HTTP/1.2 200 OK\r\n" + kLength + "\r\nok", "", {}, kTwo},
        {"blank in the reason",
         "HTTP/1.1 200  OK\r\n" + kLength + "\r\nok",
         "",
         {},
         "HTTP/1.1 200  OK\r\n" + kLength + "\r\nok"},
        {"reason beyond ASCII",
         "HTTP/1.1 200 \xc3\xa4\r\n" + kLength + "\r\nok",
         "",
         {},
         "HTTP/1.1 200 \xc3\xa4\r\n" + kLength + "\r\nok"},
        {"status 600",
         "HTTP/1.1 600 OK\r\n" + kLength + "\r\nok",
         "",
         {},
         "HTTP/1.1 600 OK\r\n" + kLength + "\r\nok"},
        {"value beyond ASCII", field("X-A: \xc3\xa4\r\n"), "", {}, field("X-A: \xc3\xa4\r\n")},
        {"length twice", field(kLength), "", {}, kTwo},
        {"length as a list", kOk + "Content-Length: 2, 2\r\n\r\nok", "", {}, kTwo},
        {"length with a nought", kOk + "Content-Length: 02\r\n\r\nok", "", {}, kTwo},
        {"Chunked",
         kOk + "Transfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
         "",
         {},
         kInChunks},
        {"204 with a body",
         "HTTP/1.1 204 No\r\n" + kLength + "\r\nok",
         "",
         {},
         "HTTP/1.1 204 No\r\n\r\n"},
        {"204 with chunks",
         "HTTP/1.1 204 No\r\n" + kChunked + "\r\n0\r\n\r\n",
         "",
         {},
         "HTTP/1.1 204 No\r\n\r\n"},
        {"size with noughts",
         chunks("00000000000000000000002\r\nok\r\n0000\r\n\r\n"),
         "",
         {},
         chunks("00000000000000000000002\r\nok\r\n0000\r\n\r\n")},
        {"more than its length", kTwo + "\r\n", "", {}, kTwo},
        {"more than its chunks", kInChunks + "\r\n", "", {}, kInChunks},
        {"trailer",
         chunks("2\r\nok\r\n0\r\nX-T: u\r\n\r\n"),
         "",
         {},
         chunks("2\r\nok\r\n0\r\nX-T: u\r\n\r\n")},
        {"trailer that frames",
         chunks("2\r\nok\r\n0\r\nX-T: u\r\nContent-Length: 3\r\n\r\n"),
         "",
         {},
         chunks("2\r\nok\r\n0\r\nX-T: u\r\n\r\n")},
        {"until close", kOk + "\r\nok", "", {}, kOk + kChunked + "\r\n2\r\nok\r\n0\r\n\r\n", true},
    };
}

inline std::vector<CarelessAnswer> with_careless_heads() {
    return {
        {"all lines with LF", "HTTP/1.1 200 OK\nX-A: b c\nContent-Length: 2\n\nok",
         "status line: LF without CR at the end of the line", bare_lf, kTwoAndField},
        {"a field with LF", kOk + "X-A: b c\n" + kLength + "\r\nok",
         "field 1 'X-A': LF without CR at the end of the line", bare_lf, kTwoAndField},
        {"the head's end with LF", kOk + kLength + "\nok",
         "end of the head: LF without CR at the end of the line", bare_lf, kTwo},
        {"status line with LF", "HTTP/1.1 200 OK\n" + kLength + "\r\nok",
         "status line: LF without CR at the end of the line", bare_lf, kTwo},
        {"an interim response with LF", "HTTP/1.1 100 Continue\n\n" + kTwo,
         "status line: LF without CR at the end of the line", bare_lf,
         "HTTP/1.1 100 Continue\r\n\r\n" + kTwo},
        {"two blanks in front of the status", "HTTP/1.1  200 OK\r\n" + kLength + "\r\nok",
         kStatusLine, status_line_blanks, kTwo},
        {"a tab there", "HTTP/1.1\t200 OK\r\n" + kLength + "\r\nok", kStatusLine,
         status_line_blanks, kTwo},
        {"0x01 in a value",
         field("X-A: b\x01"
               "c\r\n"),
         "field 1 'X-A': control character 0x01", control_characters, kTwoAndField},
        {"escape in a value",
         field("X-A: b\x1b"
               "c\r\n"),
         "field 1 'X-A': control character 0x1b", control_characters, kTwoAndField},
        {"DEL in a value",
         field("X-A: b\x7f"
               "c\r\n"),
         "field 1 'X-A': control character 0x7f", control_characters, kTwoAndField},
        {"0x01 in the reason", "HTTP/1.1 200 O\x01K\r\n" + kLength + "\r\nok", kStatusLine,
         control_characters, "HTTP/1.1 200 O K\r\n" + kLength + "\r\nok"},
        {"keep alive in two words", field("Connection: keep alive\r\n"), kConnection,
         connection_options, kTwo},
        {"close in quotes", field("Connection: \"close\"\r\n"), kConnection, connection_options,
         kTwo},
        {"close with a semicolon", field("Connection: close;\r\n"), kConnection, connection_options,
         kTwo},
        {"HTTP/1.0 with chunks", kOld + kChunked + "\r\n2\r\nok\r\n0\r\n\r\n", kEncoding,
         http10_chunked, kOk + kChunked + "Via: 1.0 countersign\r\n\r\n2\r\nok\r\n0\r\n\r\n"},
        {"that would go on", kOld + kChunked + "Connection: keep-alive\r\n\r\n2\r\nok\r\n0\r\n\r\n",
         kEncoding, http10_chunked,
         kOk + kChunked + "Via: 1.0 countersign\r\n\r\n2\r\nok\r\n0\r\n\r\n"},
        {"several at once",
         "HTTP/1.0  200 OK\nTransfer-Encoding: chunked\r\nX-A: \x02\r\n\n2 \nok\r\n0\r\n\r\n",
         "status line: LF without CR at the end of the line",
         profiles::ResponseLeniencies{bare_lf} | http10_chunked | status_line_blanks |
             control_characters | chunk_blanks,
         kOk + kChunked + "X-A:  \r\nVia: 1.0 countersign\r\n\r\n2\r\nok\r\n0\r\n\r\n"},
    };
}

inline std::vector<CarelessAnswer> with_careless_chunks() {
    return {
        {"blank behind the size", chunks("2 \r\nok\r\n0\r\n\r\n"), "chunk 1: blank behind the size",
         chunk_blanks, kInChunks},
        {"blanks", chunks("2      \r\nok\r\n0   \r\n\r\n"), "chunk 1: blank behind the size",
         chunk_blanks, kInChunks},
        {"behind the last", chunks("2\r\nok\r\n0 \r\n\r\n"), "chunk 2: blank behind the size",
         chunk_blanks, kInChunks},
        {"tab", chunks("2\t\r\nok\r\n0\r\n\r\n"), "chunk 1: blank behind the size", chunk_blanks,
         kInChunks},
        {"blank behind an extension", chunks("2;a=b \r\nok\r\n0\r\n\r\n"),
         "chunk 1: blank behind the extension", chunk_blanks, kInChunks},
        {"empty extension", chunks("2;\r\nok\r\n0\r\n\r\n"), kExtension, chunk_extensions,
         kInChunks},
        {"extension without value", chunks("2;a=\r\nok\r\n0\r\n\r\n"), kExtension, chunk_extensions,
         kInChunks},
        {"extension of all sorts", chunks("2;@{}[] \r\nok\r\n0\r\n\r\n"), kExtension,
         chunk_extensions, kInChunks},
        {"extension with an open quote", chunks("2;a=\"b\r\nok\r\n0\r\n\r\n"), kExtension,
         chunk_extensions, kInChunks},
        {"extension beyond ASCII", chunks("2;\xc3\xa4\r\nok\r\n0\r\n\r\n"), kExtension,
         chunk_extensions, kInChunks},
        {"extension with 0x01",
         chunks("2;a\x01"
                "b\r\nok\r\n0\r\n\r\n"),
         kExtension, chunk_extensions, kInChunks},
        {"LF behind an extension", chunks("2;a\nok\r\n0\r\n\r\n"),
         "chunk 1: LF without CR behind the size", bare_lf, kInChunks},
        {"LF behind the size", chunks("2\nok\r\n0\r\n\r\n"),
         "chunk 1: LF without CR behind the size", bare_lf, kInChunks},
        {"LF behind the content", chunks("2\r\nok\n0\r\n\r\n"),
         "chunk 1: LF without CR behind the content", bare_lf, kInChunks},
        {"LF behind the last size", chunks("2\r\nok\r\n0\n\r\n"),
         "chunk 2: LF without CR behind the size", bare_lf, kInChunks},
        {"LF at the end", chunks("2\r\nok\r\n0\r\n\n"), "end of the body: LF without CR", bare_lf,
         kInChunks},
        {"LF everywhere", chunks("2\nok\n0\n\n"), "chunk 1: LF without CR behind the size", bare_lf,
         kInChunks},
        {"LF behind a trailer", chunks("2\r\nok\r\n0\r\nX-T: u\n\r\n"),
         "trailer 1 'X-T': LF without CR at its end", bare_lf,
         chunks("2\r\nok\r\n0\r\nX-T: u\r\n\r\n")},
        {"0x01 in a trailer", chunks("2\r\nok\r\n0\r\nX-T: u\x01\r\n\r\n"),
         "trailer 1 'X-T': control character", control_characters,
         chunks("2\r\nok\r\n0\r\nX-T: u \r\n\r\n")},
    };
}

/// nginx and HAProxy do not agree, or agree to refuse; or it is a question where the message ends.
inline std::vector<CarelessAnswer> that_never_pass() {
    return {
        {"CR in a value", field("X-A: b\rc\r\n"), "field 1 'X-A': CR without LF"},
        {"CR CR LF", field("X-A: b\r\r\n"), "field 1 'X-A': CR without LF"},
        {"NUL in a value", field("X-A: b\0c\r\n"s), "field 1 'X-A': control character 0x00"},
        {"0x01 in a length", kOk + "Content-Length: 2\x01\r\n\r\nok",
         "field 1 'Content-Length': control character 0x01"},
        {"0x01 in a name", field("X-A\x01: b\r\n"), "field 1: control character 0x01"},
        {"blank in front of the status line", " " + kTwo, kStatusLine},
        {"empty lines first", "\r\n\r\n" + kTwo, kStatusLine},
        {"http in lower case", "http/1.1 200 OK\r\n" + kLength + "\r\nok", kStatusLine},
        {"ICY", "ICY 200 OK\r\n" + kLength + "\r\nok", kStatusLine},
        {"status of four digits", "HTTP/1.1 2000 OK\r\n" + kLength + "\r\nok", kStatusLine},
        {"status 099", "HTTP/1.1 099 OK\r\n" + kLength + "\r\nok", kStatusLine},
        {"HTTP/2.0", "HTTP/2.0 200 OK\r\n" + kLength + "\r\nok",
         "status line: neither HTTP/1.0 nor HTTP/1.1"},
        {"HTTP/1.10", "HTTP/1.10 200 OK\r\n" + kLength + "\r\nok", kStatusLine},
        {"HTTP/0.9", "hello\r\n", kStatusLine},
        {"folded field", field("X-A: b\r\n c\r\n"),
         "field 1 'X-A': folded over two lines, which HTTP/1.1 forbids"},
        {"folded status line", kOk + " X-A: b\r\n" + kLength + "\r\nok",
         "field 1: folded over two lines, which HTTP/1.1 forbids"},
        {"blank in front of a colon", field("X-A : b\r\n"),
         "field 1 'X-A': white space in front of its colon"},
        {"blank in a name", field("X-B: 1\r\nX A: b\r\n"),
         "field 2: character in its name that no name may have"},
        {"no colon", field("secret\r\n"), "field 1: no colon"},
        {"no name", field(": b\r\n"), "field 1: no name in front of the colon"},
        {"@ in a name", field("X@A: b\r\n"),
         "field 1: character in its name that no name may have"},
        {"name beyond ASCII", field("X\xc3\xa4: b\r\n"),
         "field 1: character in its name that no name may have"},
        {"lengths that differ", field("Content-Length: 3\r\n"),
         "field 2 'Content-Length': several values, so that the body's end is ambiguous"},
        {"length with a sign", kOk + "Content-Length: +2\r\n\r\nok",
         "field 1 'Content-Length': no number, or too large"},
        {"empty length", kOk + "Content-Length:\r\n\r\nok",
         "field 1 'Content-Length': no number, or too large"},
        {"negative length", kOk + "Content-Length: -1\r\n\r\nok",
         "field 1 'Content-Length': no number, or too large"},
        {"length with a semicolon", kOk + "Content-Length: 2;\r\n\r\nok",
         "field 1 'Content-Length': no number, or too large"},
        {"length and chunks", field(kChunked),
         "field 2 'Content-Length': both Content-Length and Transfer-Encoding are there, so that "
         "the body's end is ambiguous"},
        {"the same in HTTP/1.0", kOld + kChunked + kLength + "\r\n2\r\nok\r\n0\r\n\r\n", kEncoding},
        {"identity", kOk + "Transfer-Encoding: identity\r\n\r\nok", kEncoding},
        {"gzip, chunked", kOk + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
         kEncoding},
        {"chunked, chunked",
         kOk + "Transfer-Encoding: chunked, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", kEncoding},
        {"chunked twice", kOk + kChunked + kChunked + "\r\n2\r\nok\r\n0\r\n\r\n",
         "field 2 'Transfer-Encoding': something else than a single 'chunked' in an HTTP/1.1 "
         "message"},
        {"comma, chunked", kOk + "Transfer-Encoding: ,chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
         kEncoding},
        {"chunked, comma", kOk + "Transfer-Encoding: chunked,\r\n\r\n2\r\nok\r\n0\r\n\r\n",
         kEncoding},
        {"chunked with a parameter",
         kOk + "Transfer-Encoding: chunked;q=1\r\n\r\n2\r\nok\r\n0\r\n\r\n", kEncoding},
        {"chunked in quotes", kOk + "Transfer-Encoding: \"chunked\"\r\n\r\n2\r\nok\r\n0\r\n\r\n",
         kEncoding},
        {"no coding", kOk + "Transfer-Encoding:\r\n" + kLength + "\r\nok", kEncoding},
        {"blank in front of a size", chunks(" 2\r\nok\r\n0\r\n\r\n"),
         "chunk 1: blank in front of the size"},
        {"0x", chunks("0x2\r\nok\r\n0\r\n\r\n"),
         "chunk 1: something else than hexadecimal digits in the size"},
        {"size with a sign", chunks("+2\r\nok\r\n0\r\n\r\n"), "chunk 1: no hexadecimal size"},
        {"text behind a size", chunks("2 x\r\nok\r\n0\r\n\r\n"), "chunk 1: text behind the size"},
        {"NUL in an extension", chunks("2;\0\r\nok\r\n0\r\n\r\n"s), kExtension},
        {"CR behind a size", chunks("2\rok\r\n0\r\n\r\n"),
         "chunk 1: CR without LF behind the size"},
        {"nothing behind the content", chunks("2\r\nok0\r\n\r\n"),
         "chunk 1: longer than its size says, or no CR LF behind the content"},
        {"too long a chunk", chunks("1\r\na\r\n2\r\nokk\r\n0\r\n\r\n"),
         "chunk 2: longer than its size says, or no CR LF behind the content"},
        {"empty line first", chunks("\r\n2\r\nok\r\n0\r\n\r\n"),
         "chunk 1: empty line where its size should stand"},
        {"empty line in between", chunks("2\r\nok\r\n\r\n0\r\n\r\n"),
         "chunk 2: empty line where its size should stand"},
        {"folded trailer", chunks("2\r\nok\r\n0\r\nX-T: u\r\n v\r\n\r\n"),
         "trailer 1 'X-T': folded over two lines"},
        {"trailer without colon", chunks("2\r\nok\r\n0\r\nsecret\r\n\r\n"), "trailer 1: no colon"},
        {"blank in front of a trailer's colon", chunks("2\r\nok\r\n0\r\nX-T : u\r\n\r\n"),
         "trailer 1: blank in its name, or in front of the colon"},
    };
}

}  // namespace countersign::proxy::exchange
