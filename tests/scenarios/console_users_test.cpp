#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "certs/password_hash.hpp"
#include "tests/scenarios/record_administrator.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

using Clock = std::chrono::steady_clock;

class ConsoleUsers : public RecordAdministrator {
protected:
    static std::string line(
        const std::string& name, const std::string& role, const std::string& password
    ) {
        const auto hash = certs::PasswordHash::of(password, {14, 8, 1});
        return name + ':' + role + ':' + hash->text() + '\n';
    }
    void write_users(const std::string& lines) const { partner_.files().write("users", lines); }
    std::string console() const {
        return "console: { enabled: true, directory: " + folder_.string() +
               ", users: { file: " + (partner_.files() / "users").string() + " } }\n";
    }
    std::string with_users() const {
        return partner_.configuration(server_.port(), {}, admin_with_token(partner_) + console());
    }
    static std::string of(const std::string& user, const std::string& password) {
        return "{\"user\":\"" + user + "\",\"password\":\"" + password + "\"}";
    }
    struct Entered {
        Response answer;
        std::string fields;  ///< the cookie and the proof
    };
    static Entered enter(
        const ProxyUnderTest& proxy, const std::string& user, const std::string& password
    ) {
        Response answer = call(proxy, "POST", "session", of(user, password), {});
        const std::string set = answer.field("Set-Cookie").value_or("");
        std::string fields = "Cookie: " + set.substr(0, set.find(';')) +
                             "\r\nCountersign-Session: " + text_at(answer.body, "proof") + "\r\n";
        return {std::move(answer), std::move(fields)};
    }
    static int status_of(const ProxyUnderTest& proxy, const std::string& fields) {
        return call(proxy, "GET", "profiles", {}, fields).status;
    }
    const std::string both_ =
        line("anna", "view", "anna's long password") + line("bert", "edit", "bert's long password");
};

TEST_F(ConsoleUsers, WithTheRoleViewLookAndChangeNothing) {
    write_users(both_);
    const ProxyUnderTest proxy{with_users()};
    const auto [answer, fields] = enter(proxy, "anna", "anna's long password");
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(
        has(answer.body,
            "{\"signed_in\":true,\"needs_sign_in\":true,\"ways\":[\"password\",\"token\"],\"user\":"
            "\"anna\",\"role\":\"view\",\"by_certificate\":false,\"can_write\":true,\"proof\":\"")
    ) << answer.body;
    EXPECT_TRUE(
        has(call(proxy, "GET", "session", {}, fields).body,
            "\"user\":\"anna\",\"role\":\"view\",\"by_certificate\":false,\"can_write\":true,"
            "\"proof\":null")
    );
    EXPECT_EQ(status_of(proxy, fields), 200);
    for (const char* const path : {"certificates", "inspections"}) {
        const Response refused = call(proxy, "POST", path, draft("carol", "carol"), fields);
        EXPECT_EQ(refused.status, 403);
        EXPECT_TRUE(
            has(refused.body,
                "You are signed in as 'anna', who has the role view, and may look only. Who keeps "
                "console.users can give the role edit; then sign in again.")
        ) << refused.body;
    }
    EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", "/reload", fields).status, 401);
    EXPECT_TRUE(has(proxy.log(), "console: 'anna' has signed in from 127.0.0.1"));
    EXPECT_FALSE(has(proxy.log(), "long password"));
}

TEST_F(ConsoleUsers, WithTheRoleEditChangeAndStandInTheAuditLog) {
    write_users(both_);
    const ProxyUnderTest proxy{with_users()};
    const std::string fields = enter(proxy, "bert", "bert's long password").fields;
    EXPECT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol"), fields).status, 201);
    EXPECT_TRUE(has(read_bytes(folder_ / "audit.log"), "\"who\":\"user:bert\""));
    EXPECT_EQ(call(proxy, "POST", "certificates", draft("dora", "dora")).status, 201);
    EXPECT_TRUE(has(read_bytes(folder_ / "audit.log"), "\"who\":\"token\""));
}

TEST_F(ConsoleUsers, AreSignedOutWhenTheirLineChanges) {
    write_users(both_);
    ProxyUnderTest proxy{with_users()};
    const std::string anna = enter(proxy, "anna", "anna's long password").fields;
    const std::string bert = enter(proxy, "bert", "bert's long password").fields;
    const std::string lines = "# the same, with a word of what they are\n" + both_;
    write_users(lines);
    proxy.reload();
    EXPECT_EQ(status_of(proxy, anna), 200) << "a reload ends no session";

    write_users(line("bert", "edit", "bert's long password"));
    proxy.reload();
    EXPECT_EQ(status_of(proxy, anna), 401) << "her line is gone";
    EXPECT_EQ(status_of(proxy, bert), 401) << "his has another hash";

    const std::string again = enter(proxy, "bert", "bert's long password").fields;
    EXPECT_EQ(status_of(proxy, again), 200);
    std::string demoted = read_bytes(partner_.files() / "users");
    demoted.replace(demoted.find(":edit:"), 6, ":view:");
    write_users(demoted);
    proxy.reload();
    EXPECT_EQ(status_of(proxy, again), 401) << "another role";
    const Response next = enter(proxy, "bert", "bert's long password").answer;
    EXPECT_TRUE(has(next.body, "\"role\":\"view\"")) << next.body;

    write_users("");
    proxy.reload();
    EXPECT_EQ(call(proxy, "GET", "profiles", {}, {}).status, 401) << "nobody left is nobody in";
}

TEST_F(ConsoleUsers, AreTakenOnWhenTheirFileChanges) {
    write_users("");
    const ProxyUnderTest proxy{with_users()};
    write_users(both_);
    wait_until("the file was read by itself", [&] {
        return enter(proxy, "anna", "anna's long password").answer.status == 200;
    });
}

TEST_F(ConsoleUsers, OfAnotherNameAreToldWhatAWrongPasswordIs) {
    write_users(both_);
    const ProxyUnderTest proxy{with_users()};
    const auto cost_of = [&](const std::string& user, Response& answer) {
        const auto before = proxy.process().cpu_time();
        const auto begin = Clock::now();
        answer = call(proxy, "POST", "session", of(user, "another password"), {});
        EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds{950}) << user;
        return proxy.process().cpu_time() - before;
    };
    Response wrong;
    Response unknown;
    const auto of_wrong = cost_of("anna", wrong);
    const auto of_unknown = cost_of("nobody", unknown);
    EXPECT_EQ(wrong.status, 401);
    EXPECT_TRUE(has(wrong.body, "There is no user of that name with that password.")) << wrong.body;
    EXPECT_EQ(wrong.head, unknown.head);
    EXPECT_EQ(wrong.body, unknown.body);
    EXPECT_GT(of_unknown * 3, of_wrong) << "a hash is made for nobody, too";
    EXPECT_TRUE(has(proxy.log(), "refused to sign in 'anna' from 127.0.0.1: wrong password"));
    EXPECT_TRUE(
        has(proxy.log(), "refused to sign in somebody from 127.0.0.1: console.users has no such")
    );
    EXPECT_FALSE(has(proxy.log(), "another password"));
}

TEST_F(ConsoleUsers, WhoGuessKeepNobodyWaiting) {
    write_users(both_);
    const ProxyUnderTest proxy{with_users()};
    wait_until_ready(proxy);
    HttpClient client = proxy.connect();
    ASSERT_TRUE(has(ask(client, server_), "CN=alice"));
    const std::string body = of("anna", "a guess");
    std::vector<HttpClient> guesses;
    const auto begin = Clock::now();
    for (int i = 0; i < 64; ++i) {
        guesses.push_back(HttpClient::tcp(proxy.admin_port()));
        guesses.back().send(
            "POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
            "application/json\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body
        );
    }
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/healthz").status, 200);
    EXPECT_TRUE(has(ask(client, server_), "CN=alice"));
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds{1}) << "before any of them is answered";
    int looked_at = 0;
    for (HttpClient& one : guesses) {
        const Response answer = one.read_response();
        if (answer.status == 401) {
            ++looked_at;
        } else {
            EXPECT_EQ(answer.status, 429);
            EXPECT_EQ(answer.field("Retry-After"), "1");
            EXPECT_TRUE(has(answer.body, "Too many sign in at a time")) << answer.body;
        }
    }
    EXPECT_GE(looked_at, 1);
    EXPECT_LE(looked_at, 4) << "of one address";
    wait_until("the next one may sign in", [&] {
        return enter(proxy, "anna", "anna's long password").answer.status == 200;
    });
}

/// They go on all the time, and are as many as their address may be at a time.
TEST_F(ConsoleUsers, WhoGuessKeepNobodyOfAnotherAddressFromSigningIn) {
    write_users(both_);
    const ProxyUnderTest proxy{with_users()};
    wait_until_ready(proxy);
    static constexpr const char* kGuess =
        "import http.client as h,sys,threading,time\n"
        "def guess():\n"
        "  while True:\n"
        "    c=h.HTTPConnection('127.0.0.1',int(sys.argv[1]),source_address=('127.0.0.9',0))\n"
        "    c.request('POST','/api/v1/session','{\"token\":\"a wrong guess\"}',"
        "{'Content-Type':'application/json'})\n"
        "    print(c.getresponse().status, flush=True); c.close()\n"
        "for _ in range(8): threading.Thread(target=guess,daemon=True).start()\n"
        "time.sleep(300)\n";
    Process guesses{{"python3", "-c", kGuess, std::to_string(proxy.admin_port())}};
    wait_until("they are too many", [&] { return has(guesses.output(), "429"); });

    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(enter(proxy, "anna", "anna's long password").answer.status, 200) << i;
        const std::string token = "{\"token\":\"" + std::string{kToken} + "\"}";
        EXPECT_EQ(call(proxy, "POST", "session", token, {}).status, 200) << i;
    }
    EXPECT_TRUE(has(guesses.output(), "429"));
    guesses.send_signal(SIGKILL);
}

TEST_F(ConsoleUsers, WithTheRoleViewEndNoOthersSession) {
    write_users(both_);
    const ProxyUnderTest proxy{with_users()};
    const std::string berts = enter(proxy, "bert", "bert's long password").fields;
    const std::string first = enter(proxy, "anna", "anna's long password").fields;
    for (int i = 0; i < 16; ++i) {
        ASSERT_EQ(enter(proxy, "anna", "anna's long password").answer.status, 200) << i;
    }
    EXPECT_EQ(status_of(proxy, first), 401);
    EXPECT_EQ(status_of(proxy, berts), 200);
}

TEST_F(ConsoleUsers, HearThatTheirSessionHasEndedWhateverTheySend) {
    write_users(both_);
    const ProxyUnderTest proxy{with_users()};
    const std::string large = "{\"content\":\"" + std::string(200'000, 'A') + "\"}";
    const std::string annas = enter(proxy, "anna", "anna's long password").fields;
    const std::string berts = enter(proxy, "bert", "bert's long password").fields;
    EXPECT_EQ(call(proxy, "POST", "inspections", large, annas).status, 403) << "she may look only";
    EXPECT_EQ(call(proxy, "POST", "inspections", large, {}).status, 401);
    ASSERT_EQ(call(proxy, "DELETE", "session", {}, berts).status, 204);
    EXPECT_EQ(call(proxy, "POST", "inspections", large, berts).status, 401);
    const Response too_long = call(proxy, "POST", "session", large, {});
    EXPECT_EQ(too_long.status, 413);
    EXPECT_TRUE(has(too_long.body, "The body is longer than the 64 KiB that are taken here."))
        << too_long.body;
}

TEST_F(ConsoleUsers, AreEnoughWithoutAToken) {
    write_users(both_);
    const ProxyUnderTest proxy{partner_.configuration(
        server_.port(), {}, "admin: { address: 127.0.0.1:0 }\n" + console()
    )};
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/console/").status, 200);
    const Response none = call(proxy, "GET", "profiles", {}, {});
    EXPECT_EQ(none.status, 401);
    EXPECT_TRUE(has(none.body, "Sign in first: POST /api/v1/session")) << none.body;
    const Response token = call(proxy, "POST", "session", "{\"token\":\"0123456789abcdef\"}", {});
    EXPECT_EQ(token.status, 401);
    EXPECT_TRUE(has(token.body, "There is no admin.token to sign in with.")) << token.body;
    const auto [answer, fields] = enter(proxy, "bert", "bert's long password");
    EXPECT_TRUE(has(answer.body, "\"ways\":[\"password\"]")) << answer.body;
    EXPECT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol"), fields).status, 201);
    EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", "/reload", fields).status, 403);
}

TEST_F(ConsoleUsers, AreNotAskedForWhereThereAreNone) {
    const ProxyUnderTest proxy{configuration()};
    const Response nobody = call(proxy, "POST", "session", of("anna", "anna's long password"), {});
    EXPECT_EQ(nobody.status, 401);
    EXPECT_TRUE(has(nobody.body, "There are no console.users to sign in as.")) << nobody.body;
    for (const char* const body :
         {"{\"user\":\"anna\"}", "{\"password\":\"x\"}", "{}",
          "{\"user\":\"a\",\"password\":\"b\","
          "\"token\":\"c\"}",
          "{\"user\":1,\"password\":\"b\"}"}) {
        const Response wrong = call(proxy, "POST", "session", body, {});
        EXPECT_EQ(wrong.status, 400) << body;
        EXPECT_TRUE(has(wrong.body, "as a JSON object.")) << wrong.body;
    }
}

TEST_F(ConsoleUsers, ThatAreWrongAreRefusedWithTheirLine) {
    write_users("# users\nanna:view:geheim-4711\n");
    const RefusedStart start = start_expecting_refusal(with_users());
    EXPECT_EQ(start.status, 1);
    EXPECT_TRUE(
        has(start.message,
            "users:2: user 'anna' has no password: the hash is none: it begins with $scrypt$; "
            "`countersign console user NAME --role ROLE` makes a line")
    ) << start.message;
    EXPECT_FALSE(has(start.message, "geheim")) << start.message;
}

TEST_F(ConsoleUsers, HaveALineOfTheCommand) {
    const auto file = partner_.files().write("password", "correct horse battery\n");
    Process made{
        {countersign_binary(), "console", "user", "Anna Smith", "--role", "view", "--password-file",
         file.string()}};
    EXPECT_EQ(made.wait_for_exit(), 0) << made.errors();
    EXPECT_TRUE(made.output().starts_with("Anna Smith:view:$scrypt$ln=14,r=8,p=5$"));
    write_users(made.output());
    const ProxyUnderTest proxy{with_users()};
    EXPECT_EQ(enter(proxy, "Anna Smith", "correct horse battery").answer.status, 200);
}

TEST_F(ConsoleUsers, HaveNoShortPassword) {
    const auto file = partner_.files().write("password", "sesame-4711\n");
    Process made{
        {countersign_binary(), "console", "user", "anna", "--role", "view", "--password-file",
         file.string()}};
    EXPECT_EQ(made.wait_for_exit(), 1);
    EXPECT_EQ(made.output(), "");
    EXPECT_TRUE(
        has(made.errors(),
            "countersign console user: the password is shorter than 12 bytes, so it can "
            "be guessed. Take a longer one: a few words do.")
    ) << made.errors();
    Process lonely{
        {"setsid", "-w", countersign_binary(), "console", "user", "anna", "--role", "view"}};
    EXPECT_EQ(lonely.wait_for_exit(), 1);
    EXPECT_TRUE(has(lonely.errors(), "there is no terminal to ask for the password at."))
        << lonely.errors();
}

}  // namespace
}  // namespace countersign::tests
