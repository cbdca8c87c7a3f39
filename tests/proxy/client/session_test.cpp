#include "proxy/client/session.hpp"

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <thread>

#include "tests/proxy/client/session_world.hpp"

namespace countersign::proxy::client {
namespace {

class SessionTest : public testing::Test {
protected:
    SessionTest() {
        log_rules_.access = (partner_.directory() / "access.log").string();
        configuration_.certificates = {partner_.trust(), partner_.key_store("acme")};
        configuration_.profiles = {Partner::profile("partner", {"127.0.0.1"}, "acme")};
    }

    Partner partner_;
    profiles::LogRules log_rules_;
    profiles::Configuration configuration_;
};

std::string request(std::uint16_t port) {
    const std::string authority = "127.0.0.1:" + std::to_string(port);
    return "GET http://" + authority + "/ HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
}

net::Task<void> say_and_hear(net::PlainStream& client, std::string said, std::string& heard) {
    std::array<char, 4096> into;
    const std::string_view answer = co_await call(client, said, "}\n", into);
    heard = answer;
}

std::string empty_lines(int count) {
    std::string lines;
    while (count-- > 0) lines += "\r\n";
    return lines;
}

// Without a bound, a client that sends nothing else keeps its worker for itself.
TEST_F(SessionTest, EmptyLinesInFrontOfARequestAreNothingUpToABound) {
    std::string few;
    std::string many;
    log::AccessLog log{log_rules_};
    {
        SessionWorld world{configuration_, log};
        world.run(say_and_hear(world.client(), empty_lines(100) + request(1), few));
    }
    {
        SessionWorld world{configuration_, log};
        world.run(say_and_hear(world.client(), empty_lines(101) + request(1), many));
    }

    EXPECT_TRUE(few.starts_with("HTTP/1.1 502 ")) << few;
    EXPECT_TRUE(many.starts_with("HTTP/1.1 400 ")) << many;
    EXPECT_NE(many.find("empty lines stand in front of it"), std::string::npos) << many;
}

// It is one whether its first bytes came alone or behind another request.
TEST_F(SessionTest, AHeadThatBeganBehindARequestHasTheTimeOfAHead) {
    configuration_.limits.client_head = std::chrono::milliseconds{200};
    std::string heard;
    {
        tests::ScriptedServer server{partner_.server(), [](tests::Peer& peer) {
                                         peer.read_request();
                                         peer.write(tests::ok("answer"));
                                         peer.read_request();
                                     }};
        log::AccessLog log{log_rules_};
        SessionWorld world{configuration_, log};
        world.run(say_and_hear_all(world.client(), request(server.port()) + "GET http://", heard));
    }

    EXPECT_TRUE(heard.starts_with("HTTP/1.1 200 ")) << heard;
    EXPECT_NE(heard.find("answerHTTP/1.1 408 "), std::string::npos) << heard;
}

net::Task<void> call_twice(net::PlainStream& client, std::string request, std::string& second) {
    std::array<char, 4096> into;
    co_await call(client, request, "answer", into);
    const std::string_view answer = co_await call(client, request, "}\n", into);
    second = answer;
}

/// A server that stops as a whole when its second request comes.
class StoppingServer {
public:
    explicit StoppingServer(const Partner& partner) {
        server_.emplace(partner.server(), [this](tests::Peer& peer) {
            peer.read_request();
            peer.write(tests::ok("answer"));
            peer.read_request();
            asked_.set_value();
            peer.read_some();
        });
        port_ = server_->port();
        stopper_ = std::thread{[this] {
            asked_.get_future().wait();
            server_.reset();
        }};
    }
    ~StoppingServer() { stopper_.join(); }
    std::uint16_t port() const { return port_; }

private:
    std::promise<void> asked_;
    std::optional<tests::ScriptedServer> server_;
    std::uint16_t port_ = 0;
    std::thread stopper_;
};

// The connection of the first attempt is gone when the second attempt finds no other.
TEST_F(SessionTest, ARepeatedRequestThatFindsNobodyIsAnsweredAndLogged) {
    configuration_.profiles.front().retry = profiles::RetryRule::idempotent;
    std::string answer;
    {
        const StoppingServer server{partner_};
        log::AccessLog log{log_rules_};
        SessionWorld world{configuration_, log};
        world.run(call_twice(world.client(), request(server.port()), answer));
    }

    EXPECT_TRUE(answer.starts_with(
        "HTTP/1.1 502 connection refused by 127.0.0.1\r\n"
        "Proxy-Status: countersign; error=connection_refused; details=\"connection refused by "
        "127.0.0.1\"\r\n"
    )) << answer;
    const std::string lines = tests::read_bytes(log_rules_.access);
    const std::string second = lines.substr(lines.find('\n') + 1);
    EXPECT_NE(second.find(" tls=- resumed=no reused=no status=502 "), std::string::npos) << second;
    EXPECT_NE(
        second.find(" error=connection_refused side=upstream cause=\"connection refused by "
                    "127.0.0.1\" request_id="),
        std::string::npos
    ) << second;
}

net::Task<void> call_once(
    net::PlainStream& client, std::string request, std::string_view end, std::string& answer
) {
    std::array<char, 4096> into;
    answer = co_await call(client, request, end, into);
}

TEST_F(SessionTest, AnExchangeIsForwardedAndLogged) {
    std::string seen;
    std::string answer;
    std::uint16_t port = 0;
    {
        tests::ScriptedServer server{partner_.server(), [&](tests::Peer& peer) {
                                         seen = peer.read_request();
                                         peer.write(tests::ok("answer"));
                                         peer.read_request();
                                     }};
        port = server.port();
        log::AccessLog log{log_rules_};
        SessionWorld world{configuration_, log};
        world.run(call_once(world.client(), request(port), "answer", answer));
    }

    const std::string authority = "127.0.0.1:" + std::to_string(port);
    EXPECT_EQ(seen, "GET / HTTP/1.1\r\nHost: " + authority + "\r\nVia: 1.1 countersign\r\n\r\n");
    EXPECT_EQ(answer, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nVia: 1.1 countersign\r\n\r\nanswer");
    const std::string line = tests::read_bytes(log_rules_.access);
    const std::string where = std::to_string(port);
    EXPECT_NE(
        line.find(
            " client=unix uid=0 method=GET host=127.0.0.1 port=" + where +
            " path=/ address=127.0.0.1:" + where +
            " profile=partner identity=\"CN=acme\" fingerprint="
        ),
        std::string::npos
    ) << line;
    EXPECT_NE(
        line.find(
            " tls=TLSv1.3 resumed=no reused=no status=200 bytes_in=0 bytes_out=" +
            std::to_string(answer.size()) + " "
        ),
        std::string::npos
    ) << line;
}

TEST_F(SessionTest, ARequestForNobodyIsAnsweredOnAConnectionThatIsKept) {
    log::AccessLog log{log_rules_};
    SessionWorld world{configuration_, log};
    std::string answer;

    world.run(call_once(
        world.client(), "GET http://nobody.example/ HTTP/1.1\r\nHost: nobody.example\r\n\r\n",
        "}\n", answer
    ));

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 403 no profile for nobody.example\r\n")) << answer;
    EXPECT_EQ(answer.find("Connection: close"), std::string::npos);
}

}  // namespace
}  // namespace countersign::proxy::client
