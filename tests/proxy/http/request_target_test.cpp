#include "proxy/http/request_target.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "profiles/host_pattern.hpp"
#include "proxy/http/target_path.hpp"
#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::http {
namespace {

struct Read {
    TargetError error;
    std::string scheme;
    std::string host;
    std::uint16_t port;
    std::string path;
};

Read read(std::string_view request_line, std::string_view host_line = "Host: other.example\r\n") {
    const auto parsed = ParsedHead::request(
        std::string(request_line) + " HTTP/1.0\r\n" + std::string(host_line) + "\r\n"
    );
    EXPECT_TRUE(parsed.complete()) << request_line;
    Destination to;
    const TargetError error = parse_destination(parsed.head, to);
    // Kept as a value, and looked for in bytes that lie elsewhere, it is the same.
    const TargetPath kept{parsed.head.target, to.path};
    EXPECT_EQ(kept.of(std::string{parsed.head.target}), to.path) << request_line;
    return {error, std::string(to.scheme), to.host.text(), to.port, std::string(to.path)};
}

TEST(ParseDestination, ReadsEveryFormThatClientsSend) {
    struct Row {
        std::string_view line;
        std::string_view scheme;
        std::string_view host;
        std::uint16_t port;
        std::string_view path;
    };
    for (const Row& row : {
             Row{"GET http://a.example/b?c=d", "http", "a.example", 0, "/b?c=d"},
             Row{"GET http://a.example", "http", "a.example", 0, "/"},
             Row{"GET http://a.example/", "http", "a.example", 0, "/"},
             Row{"GET http://a.example?x=/1", "http", "a.example", 0, "?x=/1"},
             Row{"GET http://a.example:8080/b", "http", "a.example", 8080, "/b"},
             Row{"GET http://a.example:80/b", "http", "a.example", 0, "/b"},
             Row{"GET http://a.example:443/b", "http", "a.example", 443, "/b"},
             Row{"GET http://a.example:/b", "http", "a.example", 0, "/b"},
             Row{"GET http://a.example:65535/b", "http", "a.example", 65535, "/b"},
             Row{"GET https://a.example:443/b", "https", "a.example", 443, "/b"},
             Row{"GET https://a.example:80/b", "https", "a.example", 80, "/b"},
             Row{"GET HtTp://A.Example./b", "http", "a.example", 0, "/b"},
             Row{"GET ws://a.example/b", "http", "a.example", 0, "/b"},
             Row{"GET WS://a.example:80/b", "http", "a.example", 0, "/b"},
             Row{"GET wss://a.example:444/b", "https", "a.example", 444, "/b"},
             Row{"GET HTTPS://a.example/b", "https", "a.example", 0, "/b"},
             Row{"GET partner://a.example/b", "partner", "a.example", 0, "/b"},
             Row{"GET 3rd-party://a.example/b", "3rd-party", "a.example", 0, "/b"},
             Row{"GET http://192.0.2.7:81/", "http", "192.0.2.7", 81, "/"},
             Row{"GET http://[2001:DB8:0::1]:8443/b", "http", "2001:db8::1", 8443, "/b"},
             Row{"GET http://[::1]/b", "http", "::1", 0, "/b"},
             Row{"GET http://under_score.example/@b:c", "http", "under_score.example", 0, "/@b:c"},
             Row{"OPTIONS http://a.example", "http", "a.example", 0, "*"},
             Row{"OPTIONS http://a.example/", "http", "a.example", 0, "/"},
             Row{"OPTIONS http://a.example?x", "http", "a.example", 0, "?x"},
             Row{"OPTIONS *", "http", "other.example", 0, "*"},
             Row{"GET /b?c", "http", "other.example", 0, "/b?c"},
             Row{"GET //b", "http", "other.example", 0, "//b"},
         }) {
        const Read to = read(row.line);

        EXPECT_EQ(to_text(to.error), to_text(TargetError::none)) << row.line;
        EXPECT_EQ(to.scheme, row.scheme) << row.line;
        EXPECT_EQ(to.host, row.host) << row.line;
        EXPECT_EQ(to.port, row.port) << row.line;
        EXPECT_EQ(to.path, row.path) << row.line;
    }
}

TEST(ParseDestination, RefusesWhatIsNoDestination) {
    struct Row {
        std::string_view line;
        TargetError error;
    };
    for (const Row& row : {
             Row{"GET *", TargetError::bad_target},
             Row{"GET a.example", TargetError::bad_target},
             Row{"GET a.example:443", TargetError::bad_target},
             Row{"GET a.example/b", TargetError::bad_target},
             Row{"GET ?x", TargetError::bad_target},
             Row{"GET http:/a.example/", TargetError::bad_target},
             Row{"GET http:a.example", TargetError::bad_target},
             Row{"GET ://a.example/", TargetError::bad_target},
             Row{"GET ht_tp://a.example/", TargetError::bad_target},
             Row{"GET http://a.example/b#c", TargetError::bad_target},
             Row{"GET /b#c", TargetError::bad_target},
             Row{"GET http://user@a.example/", TargetError::user_info},
             Row{"GET http://user:secret@a.example/", TargetError::user_info},
             Row{"GET http://a.example\\@b.example/", TargetError::user_info},
             Row{"GET http://@a.example/", TargetError::user_info},
             Row{"GET http:///b", TargetError::no_host},
             Row{"GET http://:80/b", TargetError::no_host},
             Row{"GET http://a..example/", TargetError::bad_host},
             Row{"GET http://.example/", TargetError::bad_host},
             Row{"GET http://a%2eexample/", TargetError::bad_host},
             Row{"GET http://a,b/", TargetError::bad_host},
             Row{"GET http://a.example\\b/", TargetError::bad_host},
             Row{"GET http://[::1/", TargetError::bad_host},
             Row{"GET http://[::1]80/", TargetError::bad_host},
             Row{"GET http://[::g]/", TargetError::bad_host},
             Row{"GET http://[a.example]/", TargetError::bad_host},
             Row{"GET http://::1/", TargetError::bad_host},
             Row{"GET http://a.example:0/", TargetError::bad_port},
             Row{"GET http://a.example:65536/", TargetError::bad_port},
             Row{"GET http://a.example:99999999999/", TargetError::bad_port},
             Row{"GET http://a.example:+80/", TargetError::bad_port},
             Row{"GET http://a.example:8o/", TargetError::bad_port},
             Row{"GET http://a.example:80:80/", TargetError::bad_port},
             Row{"CONNECT a.example", TargetError::bad_port},
             Row{"CONNECT a.example:", TargetError::bad_port},
             Row{"CONNECT user@a.example:443", TargetError::user_info},
             Row{"CONNECT /b", TargetError::bad_host},
         }) {
        EXPECT_EQ(to_text(read(row.line).error), to_text(row.error)) << row.line;
    }
}

TEST(ParseDestination, RoutesOriginFormByHost) {
    struct Row {
        std::string_view host_line;
        TargetError error;
        std::string_view host;
        std::uint16_t port;
    };
    for (const Row& row : {
             Row{"Host: A.example:8443\r\n", TargetError::none, "a.example", 8443},
             Row{"Host: a.example:80\r\n", TargetError::none, "a.example", 0},
             Row{"Host: [::1]:80\r\n", TargetError::none, "::1", 0},
             Row{"", TargetError::missing_host, "", 0},
             Row{"Host:\r\n", TargetError::missing_host, "", 0},
             Row{"Host: a b\r\n", TargetError::bad_host, "", 0},
             Row{"Host: http://a.example\r\n", TargetError::bad_port, "", 0},
             Row{"Host: a.example/b\r\n", TargetError::bad_host, "", 0},
             Row{"Host: a.example:x\r\n", TargetError::bad_port, "", 0},
             Row{"Host: u@a.example\r\n", TargetError::user_info, "", 0},
         }) {
        const Read to = read("GET /b", row.host_line);

        EXPECT_EQ(to_text(to.error), to_text(row.error)) << row.host_line;
        EXPECT_EQ(to.scheme, "http") << row.host_line;
        EXPECT_EQ(to.path, "/b") << row.host_line;
        if (row.error != TargetError::none) continue;
        EXPECT_EQ(to.host, row.host) << row.host_line;
        EXPECT_EQ(to.port, row.port) << row.host_line;
    }
}

TEST(ParseDestination, TakesAbsoluteFormWhateverHostSays) {
    EXPECT_EQ(read("GET http://a.example/", "Host: b.example\r\n").host, "a.example");
    EXPECT_EQ(read("GET http://a.example/", "Host:\r\n").error, TargetError::none);
    EXPECT_EQ(read("GET http://a.example/", "").error, TargetError::none);
}

TEST(ParseDestination, WantsAHostOfHostAllTheSame) {
    EXPECT_EQ(read("GET http://a.example/", "Host: a b\r\n").error, TargetError::bad_host);
    EXPECT_EQ(read("GET http://a.example/", "Host: x@b\r\n").error, TargetError::user_info);
    EXPECT_EQ(read("GET http://a.example/", "Host: b:99999\r\n").error, TargetError::bad_port);
    EXPECT_EQ(read("GET http://a.example/", "Host:\r\n").error, TargetError::none);
    EXPECT_EQ(read("GET http://a.example/", "Host: b:8443\r\n").host, "a.example");
    EXPECT_EQ(read("GET http://A.example/", "Host: A.example\r\n").error, TargetError::none);
}

TEST(ParseDestination, NamesHostAndPortOfAConnect) {
    const Read name = read("CONNECT A.example:443");
    const Read address = read("CONNECT [::1]:8443");

    EXPECT_EQ(name.error, TargetError::connect);
    EXPECT_EQ(name.host, "a.example");
    EXPECT_EQ(name.port, 443);
    EXPECT_EQ(address.error, TargetError::connect);
    EXPECT_EQ(address.host, "::1");
    EXPECT_EQ(address.port, 8443);
}

TEST(ParseDestination, KeepsNothingOfTheOneBefore) {
    const auto first = ParsedHead::request("GET partner://a.example:99/b HTTP/1.0\r\n\r\n");
    const auto second = ParsedHead::request("GET * HTTP/1.0\r\n\r\n");
    Destination to;

    parse_destination(first.head, to);
    parse_destination(second.head, to);

    EXPECT_EQ(to.scheme, "");
    EXPECT_EQ(to.host, "");
    EXPECT_EQ(to.port, 0);
    EXPECT_EQ(to.path, "");
}

TEST(ParseDestination, ReadsAHostAsProfilesDo) {
    const std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                std::string(63, 'c') + "." + std::string(61, 'd');
    for (const std::string& host :
         {std::string("a"),
          std::string("a.b"),
          std::string("a-b.c"),
          std::string("a_b.c"),
          std::string("A.B"),
          std::string("a.b."),
          std::string("a.b.."),
          std::string("-a.b"),
          std::string("a-.b"),
          std::string("a.1"),
          std::string("1.a"),
          std::string("0x7f.1"),
          std::string("2130706433"),
          std::string("127.0.0.1"),
          std::string("127.0.0.1."),
          std::string("0177.0.0.1"),
          std::string("xn--a-0ga.example"),
          longest,
          longest + "d",
          longest + "."}) {
        const auto normal = profiles::normalise_host(host);

        const Read to = read("GET http://" + host + "/");

        EXPECT_EQ(to.error, normal ? TargetError::none : TargetError::bad_host) << host;
        EXPECT_EQ(to.host, normal.value_or(to.host)) << host;
    }
}

TEST(TargetErrorText, IsASentenceForEveryError) {
    for (int code = 0; code <= static_cast<int>(TargetError::missing_host); ++code) {
        EXPECT_NE(to_text(static_cast<TargetError>(code)), "unknown error") << code;
    }
}

}  // namespace
}  // namespace countersign::proxy::http
