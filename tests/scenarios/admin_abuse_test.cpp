// What the admin address is abused for: all of it is refused or bounded, and who uses the proxy
// does not notice. What it costs in time is measured by tests/bench/admin_abuse.py.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/scenarios/record_administrator.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Does it again and again, until it is left.
class Meanwhile {
public:
    explicit Meanwhile(std::function<void()> what)
        : thread_{[this, what = std::move(what)] {
              while (!over_) what();
          }} {}
    ~Meanwhile() {
        over_ = true;
        thread_.join();
    }
    Meanwhile(const Meanwhile&) = delete;
    Meanwhile& operator=(const Meanwhile&) = delete;

private:
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

class AdminAbuse : public RecordAdministrator {
protected:
    AdminAbuse() { partner_.write_identity("acme", partner_.issue_client("acme")); }
    std::string under_abuse() const {
        return configuration() + "  - { name: acme, type: pem_key_store, file: " +
               (partner_.files() / "acme.pem").string() +
               " }\nprofiles:\n  - { name: partner, hosts: [localhost, 127.0.0.1], ports: [" +
               std::to_string(server_.port()) +
               "], default_port: " + std::to_string(server_.port()) +
               ", key_store: acme, trust: [by-hand] }\n";
    }
    /// While `abuse` lasts every request of a client is answered, and /healthz within a second.
    template <class Abuse>
    void hold_up(const ProxyUnderTest& proxy, const Abuse& abuse) {
        std::atomic<int> served = 0;
        std::atomic<int> failed = 0;
        std::atomic<int> well = 0;
        std::atomic<int> ill = 0;
        std::atomic<std::int64_t> longest_ms = 0;
        {
            HttpClient client = proxy.connect();
            const Meanwhile uses{[&] {
                const Response got = client.exchange(absolute_get(server_.authority(), "/"));
                ++(got.status == 200 && has(got.body, "CN=acme") ? served : failed);
            }};
            const Meanwhile probes{[&] {
                const auto began = steady_clock::now();
                ++(ask_admin(proxy.admin_port(), "GET", "/healthz").status == 200 ? well : ill);
                const auto took = steady_clock::now() - began;
                longest_ms = std::max<std::int64_t>(
                    longest_ms, std::chrono::duration_cast<milliseconds>(took).count()
                );
            }};
            abuse();
            const int before = served;
            const int probed = well + ill;
            wait_until("both have gone on", [&] {
                return served + failed > before && well + ill > probed;
            });
        }
        EXPECT_EQ(failed, 0) << "of " << served << " that were served";
        EXPECT_EQ(ill, 0) << "of " << well << " times that it was well";
        EXPECT_LT(longest_ms, 1000);
    }
    /// A connection that has sent the head of an upload, by who may.
    HttpClient upload(const ProxyUnderTest& proxy, std::size_t size) const {
        HttpClient client = HttpClient::tcp(proxy.admin_port());
        client.send(
            "POST /api/v1/inspections HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
            "application/json\r\n" +
            bearer() + "Content-Length: " + std::to_string(size) + "\r\n\r\n"
        );
        return client;
    }
    /// It takes a good part of a second to open.
    std::string costly_store() const {
        const std::string file = (partner_.files() / "acme.pem").string();
        const std::string store = (partner_.files() / "costly.p12").string();
        run(
            {"openssl", "pkcs12", "-export", "-in", file, "-passout", "pass:geheim", "-iter",
             "300000", "-out", store}
        );
        return "{\"content\":\"" + base64(read_bytes(store)) + "\",\"password\":\"geheim\"}";
    }
};

TEST_F(AdminAbuse, ByStrangersIsRefused) {
    const ProxyUnderTest proxy{under_abuse()};
    const std::uint16_t port = proxy.admin_port();
    const Response begun =
        call(proxy, "POST", "session", "{\"token\":\"" + std::string{kToken} + "\"}", {});
    const std::string set = begun.field("Set-Cookie").value();
    const std::string cookie = "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
    struct Row {
        const char* method;
        const char* target;
        std::string fields;
        int status;
        const char* words;
    };
    const std::string foreign = "Origin: http://evil.example\r\n";
    const Row rows[] = {
        {"GET", "/api/v1/exchanges", {}, 401, "This call needs the token of admin.token"},
        {"GET", "/api/v1/exchanges", bearer("wrong"), 401, "The token is not the one"},
        {"GET", "/api/v1/exchanges", cookie + "Sec-Fetch-Site: cross-site\r\n", 403,
         "A page of another site asks here"},
        {"GET", "/api/v1/status", cookie + foreign, 403, "A page of another site asks here"},
        {"POST", "/reload", bearer() + foreign, 403, "A page of another site asks here"},
        {"DELETE", "/api/v1/certificates/acme", cookie, 403, "A change wants the session's proof"},
        {"POST", "/drain", cookie, 401, "This call needs the token of admin.token"},
    };
    hold_up(proxy, [&] {
        for (int i = 0; i < 100; ++i) {
            for (const Row& row : rows) {
                const Response got = ask_admin(port, row.method, row.target, row.fields);
                EXPECT_EQ(got.status, row.status) << row.method << " " << row.target << got.body;
                EXPECT_TRUE(has(got.body, row.words)) << got.body;
            }
            HttpClient rebound = HttpClient::tcp(port);
            const Response got = rebound.exchange(
                "GET /api/v1/exchanges HTTP/1.1\r\nHost: evil.example:9901\r\n" + bearer() + "\r\n"
            );
            EXPECT_EQ(got.status, 403);
            EXPECT_TRUE(has(got.body, "The Host 'evil.example:9901' is a name")) << got.body;
        }
    });
}

TEST_F(AdminAbuse, ByAThousandConnectionsKeepsNobodyOut) {
    const ProxyUnderTest proxy{under_abuse()};
    std::vector<HttpClient> crowd;
    hold_up(proxy, [&] {
        for (int i = 0; i < 1000; ++i) crowd.push_back(HttpClient::tcp(proxy.admin_port()));
        EXPECT_TRUE(crowd.front().closed_within(kPatience)) << "the one that has waited longest";
    });
    int open = 0;
    wait_until("64 are left at most", [&] {
        open = 0;
        for (HttpClient& one : crowd) open += one.closed_within(milliseconds{0}) ? 0 : 1;
        return open <= 64;
    });
}

TEST_F(AdminAbuse, BySlowUploadsKeepsNobodyOut) {
    const ProxyUnderTest proxy{under_abuse()};
    std::vector<HttpClient> uploads;
    hold_up(proxy, [&] {
        for (int i = 0; i < 80; ++i) uploads.push_back(upload(proxy, 100'000));
        for (int second = 0; second < 3; ++second) {
            for (HttpClient& one : uploads) one.send_some(" ", milliseconds{0});
            std::this_thread::sleep_for(std::chrono::seconds{1});
        }
    });
    int open = 0;
    for (HttpClient& one : uploads) open += one.closed_within(milliseconds{0}) ? 0 : 1;
    EXPECT_LE(open, 64);
    EXPECT_GE(open, 1) << "who sends slowly has time";
}

TEST_F(AdminAbuse, ByLargeUploadsIsToldSoAndEnds) {
    const ProxyUnderTest proxy{under_abuse()};
    hold_up(proxy, [&] {
        // Who reads while he sends, or afterwards, hears why.
        HttpClient told = upload(proxy, 8 << 20);
        told.send(std::string(8 << 20, ' '));
        const Response got = told.read_response();
        EXPECT_EQ(got.status, 413);
        EXPECT_EQ(got.field("Content-Type"), "application/problem+json");
        EXPECT_TRUE(has(
            got.body,
            "The body is longer than the 3840 KiB that are taken here. A key store, or a list of "
            "certificates, is seldom longer than 100 KiB: see that it is the right file."
        )) << got.body;

        // Who goes on without end is listened to for 64 MiB.
        HttpClient endless = upload(proxy, std::size_t{1} << 40);
        const std::string piece(1 << 20, ' ');
        std::size_t sent = 0;
        try {
            for (std::size_t size = 1; size > 0 && sent < (std::size_t{512} << 20); sent += size) {
                size = endless.send_some(piece, std::chrono::seconds{10});
            }
        } catch (const std::exception&) {  // it has been closed
        }
        EXPECT_GE(sent, std::size_t{32} << 20);
        EXPECT_LE(sent, std::size_t{96} << 20) << "with what is in the sockets' buffers";

        // Who sends little, for five seconds.
        HttpClient slow = upload(proxy, 8 << 20);
        EXPECT_EQ(slow.read_response().status, 413);
        const auto began = steady_clock::now();
        wait_until("it is closed", [&] { return slow.send_some(" ", milliseconds{0}) == 0; });
        EXPECT_GE(steady_clock::now() - began, std::chrono::seconds{4});
        EXPECT_LE(steady_clock::now() - began, std::chrono::seconds{15});
    });
}

TEST_F(AdminAbuse, ByCostlyStoresIsToldToWait) {
    const ProxyUnderTest proxy{under_abuse()};
    const std::string body = costly_store();
    hold_up(proxy, [&] {
        std::vector<HttpClient> every;
        for (int i = 0; i < 12; ++i) {
            every.push_back(upload(proxy, body.size()));
            every.back().send(body);
        }
        int looked_at = 0;
        int told_to_wait = 0;
        for (HttpClient& one : every) {
            const Response got = one.read_response();
            looked_at += got.status == 200 ? 1 : 0;
            told_to_wait += got.status == 429 ? 1 : 0;
            EXPECT_TRUE(
                got.status == 200 ||
                has(got.body, "Others are being looked at just now. Try again in a moment.")
            ) << got.body;
        }
        EXPECT_GE(looked_at, 4);
        EXPECT_EQ(looked_at + told_to_wait, 12);
        EXPECT_GE(told_to_wait, 1) << "four at a time, and each takes its time";
    });
    EXPECT_EQ(call(proxy, "POST", "inspections", body).status, 200) << "and then it is so again";
}

TEST_F(AdminAbuse, ByStreamsLeavesPlaces) {
    const ProxyUnderTest proxy{under_abuse()};
    std::vector<HttpClient> watchers;
    hold_up(proxy, [&] {
        for (int i = 0; i < 100; ++i) {
            watchers.push_back(HttpClient::tcp(proxy.admin_port()));
            watchers.back().send(
                "GET /api/v1/events?exchanges&after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer() +
                "\r\n"
            );
            const Response got = watchers.back().read_head();
            EXPECT_EQ(got.status, i < 16 ? 200 : 503) << i;
        }
        std::this_thread::sleep_for(std::chrono::seconds{2});  // they are told what has ended
    });
    for (int i = 0; i < 16; ++i) {
        EXPECT_FALSE(watchers[static_cast<std::size_t>(i)].closed_within(milliseconds{0})) << i;
    }
}

}  // namespace
}  // namespace countersign::tests
