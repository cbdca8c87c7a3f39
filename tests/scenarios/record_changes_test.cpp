#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/scenarios/record_administrator.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

namespace fs = std::filesystem;

class RecordChanges : public RecordAdministrator {};

TEST_F(RecordChanges, MakeAnIdentityThatServesAndSayNoSecret) {
    ProxyUnderTest proxy{configuration()};
    const Response made = call(proxy, "POST", "certificates", draft("carol", "carol"));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(text_at(made.body, "type"), "pkcs12_key_store");
    EXPECT_FALSE(has(made.body, "geheim"));
    proxy.reload(with_profile("carol"));
    HttpClient client = proxy.connect();
    EXPECT_TRUE(has(ask(client, server_), "CN=carol"));
    for (const std::string& name : files()) {
        struct stat status {};
        ASSERT_EQ(::stat((folder_ / name).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600U) << name;
    }
    const std::string audit = read_bytes(folder_ / "audit.log");
    EXPECT_TRUE(
        has(audit,
            "\"what\":\"create\",\"record\":\"carol\",\"who\":\"token\","
            "\"from\":\"127.0.0.1\"")
    ) << audit;
    EXPECT_TRUE(has(audit, "\"result\":\"in force\"")) << audit;
    EXPECT_FALSE(has(audit + proxy.log(), "geheim"));
}

TEST_F(RecordChanges, RenewAnIdentityUnderLoadWithoutALostRequest) {
    ProxyUnderTest proxy{configuration()};
    ASSERT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol")).status, 201);
    proxy.reload(with_profile("carol"));
    std::atomic<bool> stop = false;
    std::atomic<int> lost = 0;
    std::atomic<int> answered = 0;
    std::vector<std::jthread> clients;
    for (int i = 0; i < 4; ++i) {
        clients.emplace_back([&] {
            HttpClient client = proxy.connect();
            while (!stop) {
                const Response got = client.exchange(absolute_get(server_.authority(), "/"));
                ++(got.status == 200 ? answered : lost);
            }
        });
    }
    wait_until("requests are answered", [&] { return answered > 20; });
    const Response before = call(proxy, "GET", "certificates/carol");
    const Response after =
        call(proxy, "PUT", "certificates/carol", draft("carol-renewed"), seen(before));
    const int then = answered;
    wait_until("requests are answered after it", [&] { return answered > then + 20; });
    stop = true;
    clients.clear();
    EXPECT_EQ(after.status, 200) << after.body;
    EXPECT_EQ(lost, 0);
    HttpClient client = proxy.connect();
    EXPECT_TRUE(has(ask(client, server_), "CN=carol-renewed"));
    const auto left = files();
    EXPECT_EQ(left.size(), 5U) << "the YAML, a store, a password, the audit log, the lock";
}

TEST_F(RecordChanges, AreNotMadeOfWhatWouldNotServe) {
    const ProxyUnderTest proxy{configuration()};
    const std::string wrong = "{\"name\":\"carol\",\"content\":\"" +
                              base64(partner_.issue_client("carol").pkcs12("right one", "carol")) +
                              "\",\"password\":\"wrong one\"}";
    const Response refused = call(proxy, "POST", "certificates", wrong);
    EXPECT_EQ(refused.status, 422);
    EXPECT_TRUE(has(refused.body, "carol is not opened by the password given")) << refused.body;
    const Response lone = call(
        proxy, "POST", "certificates",
        "{\"name\":\"x\",\"type\":\"trust_store_cert\",\"content\":\"" +
            base64(partner_.issue_client("carol").key_pem()) + "\"}"
    );
    EXPECT_EQ(lone.status, 422);
    EXPECT_TRUE(
        has(lone.body,
            "x holds a private key, and a trust_store_cert holds certificates "
            "alone. Choose pem_key_store.")
    ) << lone.body;
    EXPECT_EQ(files().size(), 0U) << "nothing was begun";
}

TEST_F(RecordChanges, LeaveARecordThatIsUsed) {
    ProxyUnderTest proxy{configuration()};
    const Response made = call(proxy, "POST", "certificates", draft("carol", "carol"));
    ASSERT_EQ(made.status, 201);
    proxy.reload(with_profile("carol"));
    // The log tells of a reload a moment before who answers here knows of it.
    wait_until("the API knows the profile", [&] {
        return has(call(proxy, "GET", "certificates/carol").body, "\"used_by\":[\"partner\"]");
    });
    const Response gone = call(proxy, "DELETE", "certificates/carol", {}, seen(made));
    EXPECT_EQ(gone.status, 409);
    EXPECT_TRUE(has(gone.body, "'carol' is used by profile partner, and is not deleted"))
        << gone.body;
    const Response off =
        call(proxy, "PATCH", "certificates/carol", "{\"active\":false}", seen(made));
    EXPECT_EQ(off.status, 409);
    EXPECT_TRUE(has(off.body, "is not deactivated")) << off.body;
}

TEST_F(RecordChanges, OfTwoAtOnceTheSecondHasToLookAgain) {
    const ProxyUnderTest proxy{configuration()};
    const Response made = call(proxy, "POST", "certificates", draft("carol", "carol"));
    const std::string edit = "{\"description\":\"mine\"}";
    EXPECT_EQ(call(proxy, "PATCH", "certificates/carol", edit, seen(made)).status, 200);
    const Response late = call(proxy, "PATCH", "certificates/carol", edit, seen(made));
    EXPECT_EQ(late.status, 412);
    EXPECT_TRUE(has(late.body, "has been changed since you looked at it")) << late.body;
    const Response blind = call(proxy, "PATCH", "certificates/carol", edit);
    EXPECT_EQ(blind.status, 428);
    EXPECT_TRUE(has(blind.body, "Say which version of 'carol' you have seen")) << blind.body;
}

TEST_F(RecordChanges, AreNotMadeOfWhatNobodyCouldNameAgain) {
    const ProxyUnderTest proxy{configuration()};
    const std::string pem = R"(,"pem":"x"})";
    const Response name =
        call(proxy, "POST", "certificates", "{\"name\":\"" + std::string(201, 'n') + "\"" + pem);
    EXPECT_EQ(name.status, 400);
    EXPECT_TRUE(has(name.body, "name is longer than 200 bytes. Shorten it.")) << name.body;
    for (const char* const text : {"a\\u0000b", "\\u0085", "a\\nb", "\\u007f"}) {
        const Response got =
            call(proxy, "POST", "certificates", "{\"name\":\"" + std::string{text} + "\"" + pem);
        EXPECT_EQ(got.status, 400) << text;
        EXPECT_TRUE(has(got.body, "name has a control character. Take it out.")) << got.body;
    }
    for (const std::string text :
         {"a\\u202eb", "\\u2066a", "a\\u200f", "\\u061ca", "\xe2\x80\xae"}) {
        for (const std::string key : {"name", "description"}) {
            const std::string field = "{\"" + key + "\":\"" + text + "\"";
            const std::string told =
                key + " has a character that turns the direction of writing. Take it out.";
            for (const char* const path : {"certificates", "key-pairs"}) {
                const bool is_pair = path == std::string{"key-pairs"};
                const Response got = call(proxy, "POST", path, field + (is_pair ? "}" : pem));
                EXPECT_EQ(got.status, 400) << path << text;
                EXPECT_TRUE(has(got.body, told)) << got.body;
            }
        }
    }
    const Response type = call(proxy, "POST", "inspections", R"({"type":"colour","pem":"x"})");
    EXPECT_EQ(type.status, 400);
    EXPECT_TRUE(has(type.body, "type is java_key_store, pkcs12_key_store, pem_key_store or"))
        << type.body;
    EXPECT_EQ(files().size(), 0U);
}

TEST_F(RecordChanges, WantTheProofOfASession) {
    const ProxyUnderTest proxy{configuration()};
    const Response entered =
        call(proxy, "POST", "session", "{\"token\":\"" + std::string{kToken} + "\"}", {});
    const std::string set = entered.field("Set-Cookie").value();
    const std::string cookie = "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
    EXPECT_TRUE(has(entered.body, "\"role\":\"edit\"")) << entered.body;
    const std::string body = draft("carol", "carol");
    const Response without = call(proxy, "POST", "certificates", body, cookie);
    EXPECT_EQ(without.status, 403);
    EXPECT_TRUE(has(without.body, "A change wants the session's proof")) << without.body;
    const std::string wrong = cookie + "Countersign-Session: 0123\r\n";
    EXPECT_EQ(call(proxy, "POST", "certificates", body, wrong).status, 403);
    const std::string proof = "Countersign-Session: " + text_at(entered.body, "proof") + "\r\n";
    EXPECT_EQ(call(proxy, "POST", "certificates", body, proof).status, 401) << "no cookie";
    EXPECT_EQ(
        call(
            proxy, "POST", "certificates", body, cookie + proof + "Origin: http://evil.example\r\n"
        )
            .status,
        403
    );
    EXPECT_EQ(call(proxy, "POST", "certificates", body, cookie + proof).status, 201);
    EXPECT_TRUE(has(read_bytes(folder_ / "audit.log"), "\"who\":\"token\""));
    EXPECT_TRUE(has(call(proxy, "GET", "session", {}, cookie).body, "\"proof\":null"))
        << "the cookie alone does not lead to it";
}

TEST_F(RecordChanges, NeedAFolder) {
    const ProxyUnderTest proxy{yaml("console: { enabled: true }\n")};
    const Response refused = call(proxy, "POST", "certificates", draft("carol", "carol"));
    EXPECT_EQ(refused.status, 409);
    EXPECT_TRUE(has(refused.body, "The console changes nothing, since it has no folder"))
        << refused.body;
    EXPECT_EQ(call(proxy, "POST", "inspections", draft("carol")).status, 200)
        << "to look is no change";
    EXPECT_TRUE(has(call(proxy, "GET", "session").body, "\"can_write\":false"));
}

TEST_F(RecordChanges, TakeALargeBodyOnlyOfWhoMayMakeThem) {
    const ProxyUnderTest proxy{configuration()};
    const std::string large = "{\"pem\":\"" + std::string(1 << 20, 'A') + "\"}";
    EXPECT_EQ(call(proxy, "POST", "inspections", large).status, 200);
    EXPECT_EQ(call(proxy, "POST", "inspections", large, {}).status, 401) << "who is that?";
    EXPECT_EQ(call(proxy, "POST", "explain", large).status, 413);
    const std::string huge = "{\"pem\":\"" + std::string(5 << 20, 'A') + "\"}";
    EXPECT_EQ(call(proxy, "POST", "inspections", huge).status, 413);
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/healthz").status, 200);
}

TEST_F(RecordChanges, WaitForEachOther) {
    const ProxyUnderTest proxy{configuration()};
    std::vector<HttpClient> clients;
    for (int i = 0; i < 8; ++i) {
        const std::string body = draft("carol", "c" + std::to_string(i));
        clients.push_back(HttpClient::tcp(proxy.admin_port()));
        clients.back().send(
            "POST /api/v1/certificates HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
            "application/json\r\n" +
            bearer() + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body
        );
    }
    int made = 0;
    for (HttpClient& one : clients) {
        const Response got = one.read_response();
        made += got.status == 201 ? 1 : 0;
        EXPECT_TRUE(
            got.status == 201 ||
            (got.status == 409 && has(got.body, "Another change is being made"))
        ) << got.body;
    }
    EXPECT_GE(made, 1);
    std::size_t there = 0;
    for (int i = 0; i < 8; ++i) {
        there += call(proxy, "GET", "certificates/c" + std::to_string(i)).status == 200 ? 1 : 0;
    }
    EXPECT_EQ(there, static_cast<std::size_t>(made));
}

}  // namespace
}  // namespace countersign::tests
