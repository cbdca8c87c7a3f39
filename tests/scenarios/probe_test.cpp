#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "certs/certificate.hpp"
#include "tests/proxy/json_reader.hpp"
#include "tests/scenarios/probed.hpp"
#include "tests/support/apache.hpp"
#include "tests/support/listening_socket.hpp"

namespace countersign::tests {
namespace {
class Probe : public ProbeTest {};

TEST_F(Probe, TellsStepByStepThatTheServerAcceptsTheIdentity) {
    const Nginx nginx{partner_.nginx()};

    const Told told = probe_by(partner_.configuration(nginx.port()), {url(nginx.port())});

    EXPECT_EQ(told.status, 0) << told.text << told.errors;
    EXPECT_EQ(
        told.value("destination"),
        nginx.authority() + ", profile 'partner', from 127.0.0.1, on listener 'default'"
    );
    EXPECT_EQ(told.value("connect").find(nginx.authority() + " connected after "), 0U);
    EXPECT_EQ(told.value("said").find("-> ClientHello after "), 0U);
    EXPECT_EQ(told.value("chain"), "1 'CN=localhost': accepted");
    EXPECT_EQ(told.value("trusted by"), "'CN=Partner Root'");
    EXPECT_EQ(told.value("asks").find("for a client certificate of "), 0U);
    EXPECT_EQ(told.value("sent").find("'CN=alice', EC P-256"), 0U) << told.text;
    EXPECT_EQ(told.value("answer").find("HEAD: 200 after "), 0U);
    EXPECT_EQ(
        told.value("verdict"),
        "The server's certificate is accepted. It asked for a client certificate, was sent "
        "'CN=alice' and answers 200."
    );
}

TEST_F(Probe, TriesWithoutTheIdentityAndWithOthersWhereItIsRefused) {
    const Nginx nginx{partner_.nginx()};
    const Ca others = Ca::root("Others");
    const Issued stranger = others.issue({.common_name = "stranger"});
    const auto file = partner_.write_identity("stranger", stranger);
    const std::string configuration =
        partner_.certificates() +
        "  - { name: stranger, type: pem_key_store, file: " + file.string() +
        " }\nprofiles:\n  - { name: partner, hosts: [127.0.0.1], ports: [" +
        std::to_string(nginx.port()) + "], key_store: stranger, trust: [partner-ca] }\n";

    const Told told = probe_by(configuration, {url(nginx.port()), "--also", "alice"});

    EXPECT_EQ(told.status, 1);
    EXPECT_EQ(
        told.value("again"),
        "without a client certificate: 400, TLSv1.3, no client certificate sent"
    );
    EXPECT_NE(
        told.text.find("with the identity of record 'alice': 200, TLSv1.3, client certificate sent"
        ),
        std::string::npos
    ) << told.text;
    EXPECT_EQ(
        told.value("failed"),
        "The server's certificate is accepted. It asked for a client certificate, was sent "
        "'CN=stranger' and answers 400, as servers do that finish the handshake first and refuse "
        "the certificate then. With 'CN=alice' it answers 200: the server works, and does not "
        "accept this identity."
    );
    const Told unknown = probe_by(configuration, {url(nginx.port()), "--also", "carol"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_EQ(
        unknown.errors,
        "countersign: --also carol: no active key store of that name stands under certificates in "
        "the configuration\n"
    );
}

/// The whole of it in TLS 1.3: the alert comes when the handshake is over on this side.
TEST_F(Probe, TellsALateRefusalFromAServerThatIsBroken) {
    ScriptedServer::Options strict = partner_.strict_server();
    const Ca others = Ca::root("Others");
    strict.client_ca = partner_.files().write("others.pem", others.certificate_pem());
    const ScriptedServer refusing{strict, [](Peer& peer) {
                                      if (!peer.read_request().empty()) peer.write(ok(""));
                                  }};
    const ScriptedServer broken{partner_.server(), [](Peer& peer) { peer.cut(); }};

    const Told refused = probe_by(partner_.configuration(refusing.port()), {url(refusing.port())});
    const Told cut = probe_by(partner_.configuration(broken.port()), {url(broken.port())});

    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.text.find("<- alert unknown_ca (48) after "), std::string::npos);
    EXPECT_NE(
        refused.value("failed").find(
            "Without a client certificate it refuses, too, and asks for one: the server works, and "
            "does not accept this identity."
        ),
        std::string::npos
    ) << refused.text;
    EXPECT_EQ(cut.status, 1);
    EXPECT_NE(
        cut.value("failed").find("Where there is no identity it does the same"), std::string::npos
    ) << cut.text;
}

/// It asks for some paths only, after the request.
TEST_F(Probe, SeesAServerThatAsksAfterTheRequest) {
    const ScriptedServer::Options files = partner_.strict_server();
    const Apache apache{{files.certificate, files.key, files.client_ca, "TLSv1.3"}};
    const std::string at = "https://" + apache.authority();
    const std::string configuration = partner_.configuration(apache.port());

    const Told open = probe_by(configuration, {at + "/open"});
    const Told secret = probe_by(configuration, {at + "/secret/file"});

    EXPECT_EQ(open.value("asks"), "for no client certificate");
    EXPECT_EQ(
        open.value("remedy"),
        "If it should ask for one, check host, port and path: some servers ask for some paths only."
    );
    EXPECT_EQ(secret.value("asks").find("for a client certificate of "), 0U) << secret.text;
    EXPECT_EQ(secret.value("sent").find("'CN=alice'"), 0U);
    EXPECT_EQ(secret.value("answer").find("HEAD: 200"), 0U);
}

/// A server that lets everybody wait does not hide what came before.
TEST_F(Probe, PrintsEachStepWhenItHappens) {
    const ListeningSocket silent;
    const auto file =
        partner_.files().write("countersign.yaml", partner_.configuration(silent.port()));

    Process process{{countersign_binary(), "probe", url(silent.port()), "-c", file.string()}, {}};
    wait_until("the first message is told", [&] {
        return process.output().find("-> ClientHello after ") != std::string::npos;
    });

    const std::string text = process.output();
    EXPECT_TRUE(process.running()) << "it waits for the server";
    const std::string at = "127.0.0.1:" + std::to_string(silent.port());
    EXPECT_EQ(text.find("destination "), 0U) << text;
    EXPECT_NE(text.find("\nconnect     " + at + " connected after "), std::string::npos) << text;
    EXPECT_NE(text.find("\noffers      TLS 1.2 to 1.3, without a name\n"), std::string::npos);
}

/// And one that is silent behind the handshake not what it has shown in that.
TEST_F(Probe, PrintsTheHandshakeBeforeItWaitsForTheAnswer) {
    const ScriptedServer silent{partner_.strict_server(), [](Peer& peer) {
                                    peer.read_request();
                                    peer.read_request();  // which never comes
                                }};
    const auto file =
        partner_.files().write("countersign.yaml", partner_.configuration(silent.port()));

    Process process{{countersign_binary(), "probe", url(silent.port()), "-c", file.string()}, {}};
    wait_until("what was sent is told", [&] {
        return process.output().find("\nsent        'CN=alice'") != std::string::npos;
    });

    EXPECT_TRUE(process.running()) << "it waits for the server";
    EXPECT_NE(process.output().find("\ntrusted by  'CN=Partner Root'\n"), std::string::npos);
    EXPECT_EQ(process.output().find("\nanswer "), std::string::npos);
}

/// A profile for some methods is tried by one of them that changes nothing, and the probe says so.
TEST_F(Probe, AsksByAMethodThatTheProfileIsFor) {
    const Nginx nginx{partner_.nginx()};
    const std::string get = partner_.configuration(nginx.port(), "methods: [POST, GET]");
    const std::string post = partner_.configuration(nginx.port(), "methods: [POST]");

    const Told by_get = probe_by(get, {url(nginx.port())});
    const Told by_none = probe_by(post, {url(nginx.port())});
    const Told by_post = probe_by(post, {url(nginx.port()), "--method", "POST"});
    const Told by_head = probe_by(post, {url(nginx.port()), "--method", "HEAD"});
    const Told json = probe_by(get, {url(nginx.port()), "--json"});

    EXPECT_EQ(by_get.status, 0) << by_get.text;
    EXPECT_EQ(by_get.value("note"), "GET is asked: profile 'partner' is not for HEAD");
    EXPECT_EQ(by_get.value("answer").find("GET: 200 after "), 0U);
    EXPECT_EQ(by_none.status, 0) << by_none.text;
    EXPECT_EQ(
        by_none.value("note"),
        "no request is sent: profile 'partner' is not for HEAD, GET or OPTIONS, and POST may "
        "change something at the server; --method POST sends one"
    );
    EXPECT_EQ(by_none.value("answer"), "");
    EXPECT_EQ(by_post.value("answer").find("POST: "), 0U) << by_post.text;
    EXPECT_EQ(by_post.value("note"), "");
    EXPECT_EQ(by_head.status, 1) << "who names a method is told what that gets";
    EXPECT_NE(by_head.value("failed").find("HEAD"), std::string::npos) << by_head.text;
    EXPECT_NE(json.text.find("\"method\":\"GET\""), std::string::npos) << json.text;
}

/// A deployment's check that has tried nothing has found nothing to be well.
TEST_F(Probe, IsNotWellWhereNothingWasTried) {
    const Told told = probe_by(
        partner_.certificates() +
            "profiles: [{ name: wild, hosts: [\"*.a.example\"], trust: [partner-ca] }]\n",
        {"--all"}
    );

    EXPECT_EQ(told.status, 1);
    EXPECT_TRUE(told.text.ends_with("nothing was tried: 0 destinations tried, 1 profile not tried\n"
    )) << told.text;
}

/// The proxy would answer 503, whatever the server says.
TEST_F(Probe, TriesNoIdentityThatHasExpired) {
    const Nginx nginx{partner_.nginx()};
    const Issued old = partner_.issuer().issue(
        {.common_name = "old", .not_after = std::chrono::hours{-1}, .client_auth = true}
    );
    const std::string configuration =
        partner_.certificates() + "  - { name: old, type: pem_key_store, file: " +
        partner_.write_identity("old", old).string() +
        " }\nprofiles:\n  - { name: partner, hosts: [127.0.0.1], ports: [" +
        std::to_string(nginx.port()) + "], key_store: old, trust: [partner-ca] }\n";

    const Told one = probe_by(configuration, {url(nginx.port())});
    const Told all = probe_by(configuration, {"--all"});

    for (const Told* told : {&one, &all}) {
        EXPECT_EQ(told->status, 1);
        EXPECT_NE(told->text.find("expired"), std::string::npos) << told->text;
    }
}

/// Some answer 403 to whoever asks so; some to whom they do not like.
TEST_F(Probe, TellsARefusalFromAnAnswerForAnybody) {
    const auto serve = [](Peer& peer, bool anybody) {
        const bool liked = !anybody && peer.client_subject() == "CN=bob";
        while (!peer.read_request().empty()) {
            peer.write(liked ? ok("") : "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        }
    };
    const ScriptedServer choosy{partner_.strict_server(), [&](Peer& peer) { serve(peer, false); }};
    const ScriptedServer closed{partner_.strict_server(), [&](Peer& peer) { serve(peer, true); }};

    const Told refused =
        probe_by(partner_.configuration(choosy.port()), {url(choosy.port()), "--also", "bob"});
    const Told same =
        probe_by(partner_.configuration(closed.port()), {url(closed.port()), "--also", "bob"});

    EXPECT_EQ(refused.status, 1) << refused.text;
    EXPECT_NE(
        refused.value("failed").find("With 'CN=bob' it answers 200: the server works, and does not "
                                     "accept this identity."),
        std::string::npos
    );
    EXPECT_EQ(same.status, 0) << same.text;
}

TEST_F(Probe, WalksAllDestinations) {
    const Nginx nginx{partner_.nginx()};
    const ClosedPort closed;
    const std::string configuration =
        partner_.certificates() + "profiles:\n  - { name: good, hosts: [127.0.0.1], ports: [" +
        std::to_string(nginx.port()) +
        "], key_store: alice, trust: [partner-ca] }\n"
        "  - { name: wild, hosts: [\"*.a.example\"], trust: [partner-ca] }\n"
        "  - { name: told, hosts: [\"*.localhost\"], probe_hosts: [\"a.localhost:" +
        std::to_string(closed.port()) + "\"], trust: [partner-ca] }\n";

    const Told all = probe_by(configuration, {"--all"});
    const Told json = probe_by(configuration, {"--all", "--json"});

    EXPECT_EQ(all.status, 1);
    EXPECT_NE(
        all.text.find("CN=alice  ok: 403, TLSv1.3, client certificate sent\n"), std::string::npos
    ) << all.text;
    EXPECT_NE(
        all.text.find("none      failed: connection refused by a.localhost\n"), std::string::npos
    ) << all.text;
    EXPECT_NE(
        all.text.find("not tried: profile 'wild' has patterns of hosts only; add probe_hosts"),
        std::string::npos
    );
    EXPECT_TRUE(
        all.text.ends_with("1 destination failed: 2 destinations tried, 1 profile not tried\n")
    ) << all.text;
    EXPECT_EQ(json.status, 1);
    EXPECT_NE(json.text.find("\"untried\":[\"profile 'wild' "), std::string::npos);
}

TEST_F(Probe, SavesTheChainForReview) {
    const Nginx nginx{partner_.nginx()};
    const auto saved = partner_.files() / "saved.pem";
    const std::string configuration = partner_.configuration(nginx.port());

    const Told first = probe_by(configuration, {url(nginx.port()), "--save-chain", saved.string()});
    const Told second =
        probe_by(configuration, {url(nginx.port()), "--save-chain", saved.string()});

    EXPECT_EQ(first.status, 0) << first.errors;
    EXPECT_NE(
        run({"openssl", "x509", "-in", saved.string(), "-noout", "-subject"}).find("localhost"),
        std::string::npos
    );
    EXPECT_EQ(first.value("saved"), "the server's certificates, in " + saved.string());
    EXPECT_EQ(second.status, 2) << "what is there is not replaced, and nothing is tried";
    EXPECT_NE(second.errors.find("the file exists already"), std::string::npos);
}

/// For programs: the same, and nothing else on standard output.
TEST_F(Probe, PrintsOneDocument) {
    const Nginx nginx{partner_.nginx()};
    const std::string configuration = partner_.configuration(nginx.port());

    const Told good = probe_by(configuration, {url(nginx.port()), "--json"});
    const Told refused = probe_by(configuration, {"https://unknown.example/", "--json"});

    EXPECT_EQ(good.status, 0);
    for (const char* part :
         {"\"ok\":true", "\"certificate_sent\":true", "\"verdict\":\"accepted\"", "\"answer\":200",
          "\"trusted_by\":\"CN=Partner Root\"", "\"what\":\"ClientHello\"", "\"failure\":null"}) {
        EXPECT_NE(good.text.find(part), std::string::npos) << part << '\n' << good.text;
    }
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.text.find("\"error\":\"http_request_denied\""), std::string::npos);
}

/// What a request would get is what is tried: a refusal by the plan is told as the plan's.
TEST_F(Probe, TriesNothingWhereNoRequestWouldGo) {
    const ScriptedServer server{partner_.server(), [](Peer&) {}};
    const std::string top = "addresses: { deny: [127.0.0.0/8] }\n";

    const Told forbidden =
        probe_by(partner_.configuration(server.port(), {}, top), {url(server.port())});

    EXPECT_EQ(forbidden.status, 1);
    EXPECT_NE(forbidden.value("failed").find("may not be dialled"), std::string::npos);
    EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace countersign::tests
