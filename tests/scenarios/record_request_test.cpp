#include <gtest/gtest.h>

#include <string>

#include "tests/scenarios/record_administrator.hpp"

namespace countersign::tests {
namespace {

/// The five steps of an administrator who begins with nothing: a key pair, its request, the
/// authority's reply, what is missing, and the identity in use.
class RecordRequests : public RecordAdministrator {
protected:
    static std::string json_of(const std::string& text) {
        std::string out;
        for (const char letter : text) out += letter == '\n' ? "\\n" : std::string{letter};
        return out;
    }
    static std::string of_json(const std::string& text) {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool is_end = text.compare(i, 2, "\\n") == 0;
            if (!is_end && text[i] == '\\') continue;
            out += is_end ? '\n' : text[i];
            if (is_end) ++i;
        }
        return out;
    }
    Response make(const ProxyUnderTest& proxy, const std::string& more = {}) const {
        return call(
            proxy, "POST", "key-pairs",
            "{\"name\":\"acme\",\"subject\":\"CN=acme, O=Acme\"" + more + "}"
        );
    }
    /// What the authority issues for the request.
    std::string issued(const ProxyUnderTest& proxy) const {
        const Response request = call(proxy, "GET", "certificates/acme/request");
        EXPECT_EQ(request.status, 200) << request.body;
        const std::string pem = of_json(text_at(request.body, "pem"));
        return partner_.issuer().issue_for(pem, "acme issued").certificate_pem();
    }
    std::string authorities() const {
        return partner_.root().certificate_pem() + partner_.issuer().certificate_pem();
    }
    Response reply(const ProxyUnderTest& proxy, const std::string& files) const {
        const Response record = call(proxy, "GET", "certificates/acme");
        return call(
            proxy, "POST", "certificates/acme/reply", "{\"files\":[" + files + "]}", seen(record)
        );
    }
};

TEST_F(RecordRequests, LeadFromNothingToARequestOverMutualTls) {
    ProxyUnderTest proxy{configuration()};
    const Response made = make(proxy);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_TRUE(has(made.body, "\"active\":false")) << made.body;
    const std::string leaf = issued(proxy);
    const Response alone =
        reply(proxy, "{\"file_name\":\"acme.crt\",\"pem\":\"" + json_of(leaf) + "\"}");
    EXPECT_EQ(alone.status, 422) << "its issuer is missing";
    EXPECT_TRUE(has(alone.body, "add its file to the reply")) << alone.body;
    EXPECT_FALSE(has(alone.body, "--incomplete")) << alone.body;
    const std::string all = json_of(authorities() + leaf);
    const Response taken = reply(proxy, "{\"pem\":\"" + all + "\"}");
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_TRUE(has(taken.body, "\"active\":true")) << taken.body;
    proxy.reload(with_profile("acme"));
    HttpClient client = proxy.connect();
    EXPECT_TRUE(has(ask(client, server_), "CN=acme issued"));
}

TEST_F(RecordRequests, NeverSayTheKeyAndKeepItForItsOwnerAlone) {
    ProxyUnderTest proxy{configuration()};
    const Response made = make(proxy);
    const Response request = call(proxy, "GET", "certificates/acme/request");
    EXPECT_FALSE(has(made.body + request.body + proxy.log(), "PRIVATE KEY"));
    int keys = 0;
    for (const std::string& name : files()) {
        if (has(read_bytes(folder_ / name), "PRIVATE KEY")) ++keys;
    }
    EXPECT_EQ(keys, 1);
    EXPECT_TRUE(has(read_bytes(folder_ / "audit.log"), "\"what\":\"create\",\"record\":\"acme\""));
}

TEST_F(RecordRequests, TakeNoReplyForAnotherKey) {
    ProxyUnderTest proxy{configuration()};
    ASSERT_EQ(make(proxy).status, 201);
    const Response refused = reply(
        proxy, "{\"pem\":\"" + json_of(partner_.issue_client("carol").certificate_pem()) + "\"}"
    );
    EXPECT_EQ(refused.status, 422);
    EXPECT_TRUE(has(
        refused.body,
        "no certificate in the reply belongs to the private key in acme: it has 'CN=carol'. Give "
        "it to the record from which its request was made. If the key of that request is gone, "
        "send the authority a new request. Certificates that are only to be trusted become a "
        "record of their own, of type trust_store_cert."
    )) << refused.body;
    const Response now = call(proxy, "GET", "certificates/acme/request");
    EXPECT_TRUE(has(now.body, "\"awaits_reply\":true")) << now.body;
}

TEST_F(RecordRequests, RenewAKeyStoreWithItsPasswordAndAlias) {
    ProxyUnderTest proxy{configuration()};
    const Issued identity = partner_.issue_client("acme");
    const Response made = call(
        proxy, "POST", "certificates",
        "{\"name\":\"acme\",\"password\":\"geheim-4711\",\"alias\":\"acme\",\"content\":\"" +
            base64(identity.pkcs12("geheim-4711", "acme")) + "\"}"
    );
    ASSERT_EQ(made.status, 201) << made.body;
    proxy.reload(with_profile("acme"));
    const std::string all = json_of(authorities() + issued(proxy));
    const Response taken = reply(proxy, "{\"pem\":\"" + all + "\"}");
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(text_at(taken.body, "type"), "pkcs12_key_store");
    HttpClient client = proxy.connect();
    EXPECT_TRUE(has(ask(client, server_), "CN=acme issued"));
}

TEST_F(RecordRequests, LeaveARecordSwitchedOffThatWasSwitchedOff) {
    ProxyUnderTest proxy{configuration()};
    const Response made = call(proxy, "POST", "certificates", draft("acme", "acme"));
    ASSERT_EQ(made.status, 201) << made.body;
    const Response off =
        call(proxy, "PATCH", "certificates/acme", "{\"active\":false}", seen(made));
    ASSERT_EQ(off.status, 200) << off.body;
    const std::string all = json_of(authorities() + issued(proxy));
    const Response taken = reply(proxy, "{\"pem\":\"" + all + "\"}");
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_TRUE(has(taken.body, "\"active\":false")) << taken.body;
}

TEST_F(RecordRequests, SayWhatIsWrongWithASubjectInTheWordsOfAForm) {
    ProxyUnderTest proxy{configuration()};
    const Response wrong =
        call(proxy, "POST", "key-pairs", "{\"name\":\"acme\",\"subject\":\"acme\"}");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_TRUE(has(
        wrong.body,
        "'acme' is no subject: each part of it has a name, such as CN. Write \\\"CN=acme\\\", or "
        "with more parts: \\\"CN=acme, O=Acme, C=DE\\\"."
    )) << wrong.body;
    const Response name = make(proxy, ",\"names\":[\"DNS:a b\"]");
    EXPECT_TRUE(has(name.body, "each in a line of its own")) << name.body;
    const Response kind = make(proxy, ",\"key\":\"dsa\"");
    EXPECT_TRUE(has(kind.body, "'dsa' is no key that is made here")) << kind.body;
    EXPECT_EQ(files().size(), 0U) << "nothing was begun";
}

}  // namespace
}  // namespace countersign::tests
