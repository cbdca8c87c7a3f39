#include "proxy/probe/verdict.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace countersign::proxy::probe {
namespace {

/// A server that was reached, asked for a certificate, and answers.
Trial reached(std::uint16_t status, bool sent = true) {
    Trial trial;
    trial.report.complete = true;
    trial.asked = true;
    trial.sent = sent;
    if (sent) trial.report.identity = "CN=acme";
    trial.status = status;
    return trial;
}

Trial unasked(std::uint16_t status, std::string identity = "CN=acme") {
    Trial trial = reached(status, false);
    trial.asked = false;
    trial.report.identity = std::move(identity);
    return trial;
}

Trial refused(const char* reason, bool sent = true) {
    Trial trial = reached(0, sent);
    trial.failure = Failure::of_upstream(FailureCode::alert_received, reason, "Ask its operator.");
    return trial;
}

std::vector<OtherTrial> without(Trial trial) {
    trial.report.identity.clear();
    std::vector<OtherTrial> others;
    others.push_back({"without a client certificate", std::move(trial)});
    return others;
}

struct Row {
    const char* name;
    std::function<Verdict()> verdict;
    bool good;
    const char* text;
    const char* remedy;
};

class Judge : public testing::TestWithParam<Row> {};

TEST_P(Judge, SaysWhoDidWhat) {
    const Verdict verdict = GetParam().verdict();

    EXPECT_EQ(verdict.good, GetParam().good);
    EXPECT_EQ(verdict.text, GetParam().text);
    EXPECT_EQ(verdict.remedy, GetParam().remedy);
}

constexpr const char* kNoRemedy = "";
constexpr const char* kAskAboutCertificate =
    "Ask the server's operator whether this certificate is registered there and which authorities "
    "it accepts; the server's log has the reason. If the request itself is wrong for this server, "
    "try another path, or the method GET.";

INSTANTIATE_TEST_SUITE_P(
    Rows, Judge,
    testing::Values(
        Row{"accepted", [] { return judge(reached(200), {}); }, true,
            "The server's certificate is accepted. It asked for a client certificate, was sent "
            "'CN=acme' and answers 200.",
            kNoRemedy},
        Row{"accepted_and_not_asked_anything", [] { return judge(reached(0), {}); }, true,
            "The server's certificate is accepted. It asked for a client certificate, was sent "
            "'CN=acme' and did not refuse it.",
            kNoRemedy},
        Row{"asks_for_none", [] { return judge(unasked(200), {}); }, true,
            "The server's certificate is accepted. It asks for no client certificate ('CN=acme' "
            "was not used) and answers 200.",
            "If it should ask for one, check host, port and path: some servers ask for some paths "
            "only."},
        Row{"asks_for_none_and_there_is_none", [] { return judge(unasked(204, ""), {}); }, true,
            "The server's certificate is accepted. It asks for no client certificate and answers "
            "204.",
            kNoRemedy},
        Row{"does_without", [] { return judge(reached(200, false), {}); }, true,
            "The server's certificate is accepted. It asked for a client certificate, got none and "
            "answers 200.",
            kNoRemedy},
        Row{"answers_403", [] { return judge(reached(403), {}); }, true,
            "The server's certificate is accepted. It asked for a client certificate, was sent "
            "'CN=acme' and answers 403.",
            "If 403 is not what this path answers to who has no further credentials, the server "
            "may not accept the identity: its operator can say."},
        Row{"answers_503", [] { return judge(reached(503), {}); }, true,
            "The server's certificate is accepted. It asked for a client certificate, was sent "
            "'CN=acme' and answers 503.",
            "The server has a trouble of its own: show its operator the status."},
        Row{"refuses_in_http", [] { return judge(reached(400), without(reached(400, false))); },
            false,
            "The server's certificate is accepted. It asked for a client certificate, was sent "
            "'CN=acme' and answers 400, as servers do that finish the handshake first and refuse "
            "the certificate then. Without one it answers the same, as it would where it refuses "
            "both.",
            kAskAboutCertificate},
        Row{"refuses_in_http_and_takes_another",
            [] {
                std::vector<OtherTrial> others = without(reached(400, false));
                Trial bob = reached(200);
                bob.report.identity = "CN=bob";
                others.push_back({"with bob", std::move(bob)});
                return judge(reached(495), others);
            },
            false,
            "The server's certificate is accepted. It asked for a client certificate, was sent "
            "'CN=acme' and answers 495, as servers do that finish the handshake first and refuse "
            "the certificate then. With 'CN=bob' it answers 200: the server works, and does not "
            "accept this identity.",
            kAskAboutCertificate},
        Row{"answers_403_and_fine_without",
            [] { return judge(reached(403), without(reached(200, false))); }, false,
            "The server's certificate is accepted. It asked for a client certificate, was sent "
            "'CN=acme' and answers 403. Without a client certificate it answers 200: the server "
            "works, and does not accept this identity.",
            "If 403 is not what this path answers to who has no further credentials, the server "
            "may not accept the identity: its operator can say."},
        Row{"answers_403_to_all", [] { return judge(reached(403), without(reached(403, false))); },
            true,
            "The server's certificate is accepted. It asked for a client certificate, was sent "
            "'CN=acme' and answers 403.",
            "If 403 is not what this path answers to who has no further credentials, the server "
            "may not accept the identity: its operator can say."},
        Row{"refused_and_in_trouble_without",
            [] { return judge(refused("It was refused."), without(reached(503, false))); }, false,
            "It was refused. Without one it answers 503.", "Ask its operator."},
        Row{"any_server",
            [] {
                Trial trial = reached(200);
                trial.is_verified = false;
                return judge(trial, {});
            },
            true,
            "The server's certificate is not looked at (tls.danger_accept_any_server). It asked "
            "for a client certificate, was sent 'CN=acme' and answers 200.",
            kNoRemedy},
        Row{"wants_one_in_http", [] { return judge(reached(496, false), {}); }, false,
            "The server's certificate is accepted. It asked for a client certificate, got none and "
            "answers 496, as servers do that finish the handshake first and refuse the certificate "
            "then.",
            "Set key_store in the profile to the record of a certificate that the server accepts."},
        Row{"refused_and_fine_without",
            [] { return judge(refused("It was refused."), without(reached(200, false))); }, false,
            "It was refused. Without a client certificate it answers 200: the server works, and "
            "does not accept this identity.",
            "Ask its operator."},
        Row{"refused_and_wanted",
            [] {
                return judge(
                    refused("It was refused."), without(refused("It wants a certificate.", false))
                );
            },
            false,
            "It was refused. Without a client certificate it refuses, too, and asks for one: the "
            "server works, and does not accept this identity.",
            "Ask its operator."},
        Row{"the_same_without",
            [] { return judge(refused("It broke."), without(refused("It broke.", false))); }, false,
            "It broke. Without a client certificate it does the same: the reason may be another "
            "than the identity.",
            "Ask its operator."},
        Row{"the_same_without_and_none_was_sent",
            [] {
                Trial trial = refused("It broke.", false);
                trial.report.identity = "CN=acme";
                return judge(trial, without(refused("It broke.", false)));
            },
            false, "It broke. Where there is no identity it does the same: that is not the reason.",
            "Ask its operator."},
        Row{"something_else_without",
            [] {
                Trial other = refused("It fell silent.", false);
                other.asked = false;
                return judge(refused("It was refused."), without(std::move(other)));
            },
            false, "It was refused. Without a client certificate: It fell silent.",
            "Ask its operator."}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(Comparison, IsMadeWhereTheServerMayHaveRefusedTheIdentity) {
    const auto failed = [](Failure failure) {
        Trial trial = reached(0);
        trial.failure = std::move(failure);
        return trial;
    };
    EXPECT_TRUE(asks_for_comparison(refused("no")));
    EXPECT_TRUE(asks_for_comparison(reached(403)));
    EXPECT_TRUE(
        asks_for_comparison(failed(Failure::of_upstream(FailureCode::response_incomplete, "x")))
    );
    EXPECT_FALSE(asks_for_comparison(reached(200)));
    EXPECT_FALSE(asks_for_comparison(unasked(403))) << "none was asked for";
    EXPECT_FALSE(asks_for_comparison(refused("no", false))) << "there is none";
    EXPECT_FALSE(
        asks_for_comparison(failed(Failure::of_upstream(FailureCode::server_certificate, "x")))
    ) << "it is this side that refuses";
    EXPECT_FALSE(
        asks_for_comparison(failed(Failure::of_upstream(FailureCode::connection_refused, "x")))
    );
}

TEST(Outcome, IsToldInAFewWords) {
    EXPECT_EQ(outcome_text(reached(200), "a.example"), "200, client certificate sent");
    EXPECT_EQ(
        outcome_text(reached(0, false), "a.example"), "handshake, no client certificate sent"
    );
    EXPECT_EQ(outcome_text(unasked(404), "a.example"), "404, no client certificate asked for");
    EXPECT_EQ(outcome_text(refused("no"), "a.example"), "TLS handshake ended by a.example");
}

}  // namespace
}  // namespace countersign::proxy::probe
