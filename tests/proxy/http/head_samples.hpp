#pragma once

#include <array>
#include <string_view>

namespace countersign::proxy::http {

/// Heads as real programs send them, and some at the border of what is allowed. All are accepted.
struct HeadSample {
    std::string_view name;
    std::string_view bytes;
};

inline constexpr std::array kRequestSamples = std::to_array<HeadSample>({
    {"CurlThroughAProxy",
     "GET http://api.partner.example/v1/accounts?page=2 HTTP/1.1\r\n"
     "Host: api.partner.example\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
     "Proxy-Connection: Keep-Alive\r\n\r\n"},
    {"JavaPost",
     "POST http://api.partner.example:8443/orders HTTP/1.1\r\n"
     "Content-Type: application/json\r\nAccept: application/json\r\nUser-Agent: Java/17.0.9\r\n"
     "Host: api.partner.example:8443\r\nProxy-Connection: keep-alive\r\nContent-Length: "
     "17\r\n\r\n"},
    {"PythonOldStyle", "GET /status HTTP/1.0\r\n\r\n"},
    {"OldButKept",
     "GET /status HTTP/1.0\r\nHost: a.example\r\nConnection: Keep-Alive\r\nKeep-Alive: "
     "300\r\n\r\n"},
    {"ChunkedUpload",
     "PUT https://a.example/file HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n"
     "Expect: 100-continue\r\nTrailer: X-Checksum\r\nTE: trailers\r\nConnection: TE\r\n\r\n"},
    {"OddNames",
     "GET / HTTP/1.1\r\nhOsT:a.example\r\nX!#$%&'*+-.^_`|~9: odd\r\nx_under_score:\t1 \r\n"
     "Empty:\r\nBlank:   \r\n\r\n"},
    {"NotAscii", "GET / HTTP/1.1\r\nHost: a.example\r\nX-Name: J\xc3\xbcrgen \xa4\r\n\r\n"},
    {"OptionsOfTheServer", "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n"},
    {"Connect", "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n"},
    {"LongLines",
     "GET /0123456789abcdef0123456789abcdef0123456789abcdef?q=0123456789abcdef HTTP/1.1\r\n"
     "Host: a.example\r\nCookie: a=0123456789abcdef0123456789abcdef; b=0123456789abcdef\r\n"
     "X-A-Name-Of-More-Than-Thirty-Two-Characters: and a value\r\n\r\n"},
});

inline constexpr std::array kResponseSamples = std::to_array<HeadSample>({
    {"Nginx",
     "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 02 Jun 2025 10:00:00 GMT\r\n"
     "Content-Type: application/json\r\nContent-Length: 200\r\nConnection: keep-alive\r\n"
     "ETag: \"683d6a10-c8\"\r\nAccept-Ranges: bytes\r\n\r\n"},
    {"Chunked",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nVary: Accept-Encoding\r\n"
     "Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2; Path=/\r\n\r\n"},
    {"UntilClose", "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"},
    {"NoReason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"},
    {"ReasonNotAscii", "HTTP/1.1 404 Nicht gefund\xe9n\r\nContent-Length: 0\r\n\r\n"},
    {"Continue", "HTTP/1.1 100 Continue\r\n\r\n"},
    {"NoContent", "HTTP/1.1 204 No Content\r\nServer: x\r\nConnection: close\r\n\r\n"},
    {"NotModified", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 12\r\n\r\n"},
    {"ProxyChallenge",
     "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a, b\"\r\n"
     "Proxy-Authenticate: Basic\r\nContent-Length: 3\r\nVia: 1.1 edge\r\n\r\n"},
});

}  // namespace countersign::proxy::http
