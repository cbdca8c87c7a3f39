#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/proxy/client/session_world.hpp"

// What RFC 9112 wants of a server with a client's connection, rule by rule: what stands there
// before, between and behind requests. That more than 100 empty lines are refused is in
// session_test.cpp; that a server's connection on which something came unasked (9.2) is not used
// again, in tests/proxy/upstream/upstream_pool_unasked_test.cpp.

namespace countersign::proxy::client {
namespace {

struct Row {
    std::string_view rule;
    std::string says;     ///< the client, all at once
    std::string answers;  ///< status and body of each, and whether it says close
    std::string reached;  ///< the paths that the server was asked for
};

/// "200 /1, 403, 400 close": without the bodies of the proxy's own answers.
std::string told(std::string_view heard) {
    std::string all;
    while (heard.starts_with("HTTP/1.1 ")) {
        const std::size_t end = heard.find("\r\n\r\n");
        if (end == heard.npos) break;
        const std::string_view head = heard.substr(0, end + 2);
        constexpr std::string_view kLength = "\r\nContent-Length: ";
        const std::size_t length = head.find(kLength);
        if (length == head.npos) break;
        const std::size_t size = std::stoul(std::string{head.substr(length + kLength.size())});
        const std::string_view body = heard.substr(end + 4, size);
        if (!all.empty()) all += ", ";
        all += head.substr(9, 3);
        if (body.starts_with('/')) (all += ' ').append(body);
        if (head.find("\r\nConnection: close\r\n") != head.npos) all += " close";
        heard.remove_prefix(end + 4 + body.size());
    }
    return heard.empty() ? all : all + " and " + std::string{heard.substr(0, 80)};
}

class RfcOfConnections : public testing::Test {
protected:
    RfcOfConnections() {
        log_rules_.access = (partner_.directory() / "access.log").string();
        configuration_.certificates = {partner_.trust(), partner_.key_store("acme")};
        configuration_.profiles = {Partner::profile("partner", {"127.0.0.1"}, "acme")};
    }

    /// Answers with the path that it is asked for.
    void serve(tests::Peer& peer) {
        for (;;) {
            const std::string asked = peer.read_request();
            if (asked.empty()) return;
            const std::size_t path = asked.find(' ') + 1;
            const std::string body = asked.substr(path, asked.find(' ', path) - path);
            {
                const std::lock_guard lock{mutex_};
                if (!reached_.empty()) reached_ += ' ';
                reached_ += body;
            }
            if (!peer.write(tests::ok(body))) return;
        }
    }
    void expect(const std::vector<Row>& rows) {
        for (const Row& row : rows) {
            reached_.clear();
            std::string heard;
            {
                log::AccessLog log{log_rules_};
                SessionWorld world{configuration_, log};
                world.run(say_and_hear_all(world.client(), row.says, heard));
            }

            EXPECT_EQ(told(heard), row.answers) << row.rule;
            const std::lock_guard lock{mutex_};
            EXPECT_EQ(reached_, row.reached) << row.rule;
        }
    }

    std::string message(
        const std::string& start, const std::string& fields = {}, const std::string& body = {},
        const std::string& version = "HTTP/1.1"
    ) const {
        const std::size_t path = start.find('/');
        return start.substr(0, path) + "http://" + server_.authority() + start.substr(path) + ' ' +
               version + "\r\nHost: " + server_.authority() + "\r\n" + fields + "\r\n" + body;
    }

    Partner partner_;
    profiles::LogRules log_rules_;
    profiles::Configuration configuration_;
    std::mutex mutex_;
    std::string reached_;  ///< guarded by mutex_
    tests::ScriptedServer server_{partner_.server(), [this](tests::Peer& peer) { serve(peer); }};
};

const std::string kClose = "Connection: close\r\n";
const std::string kToNobody = "GET http://nobody.example/ HTTP/1.1\r\nHost: nobody.example\r\n";

TEST_F(RfcOfConnections, HoldsForPipelines) {
    const std::string length = "Content-Length: 2\r\n";
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string last = message("GET /3", kClose);
    expect({
        {"9112 9.3.2 answers come in the order of the requests",
         message("GET /1") + message("GET /2") + last, "200 /1, 200 /2, 200 /3 close", "/1 /2 /3"},
        {"9112 9.3.2 the proxy's own among them", message("GET /1") + kToNobody + "\r\n" + last,
         "200 /1, 403, 200 /3 close", "/1 /3"},
        {"9112 6.3 a request begins where the one before has ended",
         message("POST /1", length, "ok") + message("POST /2", chunked, "2\r\nok\r\n0\r\n\r\n") +
             last,
         "200 /1, 200 /2, 200 /3 close", "/1 /2 /3"},
        {"9112 9.3.2 none is read behind what is no request",
         message("GET /1") + "hello\r\n\r\n" + last, "200 /1, 400 close", "/1"},
        {"9112 6.1 nor behind two lengths", message("POST /1", chunked + length, "ok") + last,
         "400 close", ""},
        {"9112 7.1 nor behind chunks that are none",
         message("POST /1", chunked, "2\r\nokay") + last, "400 close", ""},
    });
}

TEST_F(RfcOfConnections, HoldsForEmptyLines) {
    const std::string last = message("GET /3", kClose);
    expect({
        {"9112 2.2 empty lines before a request are nothing", "\r\n\r\n" + last, "200 /3 close",
         "/3"},
        {"9112 2.2 nor between two", message("GET /1") + "\r\n" + last, "200 /1, 200 /3 close",
         "/1 /3"},
        {"9112 2.2 nor what an old client puts behind a body",
         message("POST /1", "Content-Length: 2\r\n", "ok") + "\r\n" + last, "200 /1, 200 /3 close",
         "/1 /3"},
        {"9112 2.2 a line with a blank is not empty", " \r\n" + last, "400 close", ""},
        {"9112 2.2 a LF alone is no line", "\n" + last, "400 close", ""},
    });
}

// 9112 2.2: the verdict is the same wherever they, and the head behind them, are cut into reads.
TEST_F(RfcOfConnections, HoldsForEmptyLinesHoweverTheyAreCut) {
    for (const auto& pieces : cuts_of("\r\n\r\n" + kToNobody + kClose + "\r\n")) {
        std::string heard;
        {
            log::AccessLog log{log_rules_};
            SessionWorld world{configuration_, log};
            world.run(say_in_pieces_and_hear_all(world, pieces, heard));
        }

        EXPECT_EQ(told(heard), "403 close") << "behind " << pieces.front().size() << ": " << heard;
    }
}

TEST_F(RfcOfConnections, HoldsForTheirEnd) {
    const std::string next = message("GET /2");
    expect({
        {"9112 9.6 behind close no request is read, and the answer says so",
         message("GET /1", kClose) + next, "200 /1 close", "/1"},
        {"9112 9.6 so does the proxy's own", kToNobody + kClose + "\r\n" + next, "403 close", ""},
        {"9112 9.3 nor behind one of HTTP/1.0", message("GET /1", {}, {}, "HTTP/1.0") + next,
         "200 /1 close", "/1"},
        {"9112 9.6 what is not read takes no answer from the client",
         "hello\r\n\r\n" + std::string(1U << 20U, 'a'), "400 close", ""},
    });
}

}  // namespace
}  // namespace countersign::proxy::client
