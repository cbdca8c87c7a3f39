#include "proxy/commands/probe/words_without_profile.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "proxy/probe/verdict.hpp"
#include "proxy/tls/handshake_report.hpp"
#include "proxy/tls/protocol_report.hpp"
#include "proxy/upstream/connect_failure.hpp"

namespace countersign::proxy::commands {
namespace {

/// As a trial without a configuration has them: no profile, and what is by default.
tls::HandshakeFacts facts(bool with_identity = true) {
    tls::HandshakeFacts facts;
    facts.destination = "api.example:443";
    facts.server_name = "api.example";
    facts.announced = "api.example";
    if (with_identity) facts.identity = "CN=acme";
    facts.trust = "the system's authorities";
    return facts;
}

std::vector<Failure> certificates_not_accepted() {
    std::vector<Failure> all;
    for (int error = 1; error <= X509_V_ERR_CA_CERT_MISSING_KEY_USAGE; ++error) {
        for (const int depth : {0, 1}) {
            for (const bool of_trust : {false, true}) {
                tls::CertificateRefused refused;
                refused.error = error;
                refused.depth = depth;
                refused.of_trust = of_trust;
                refused.subject = "CN=one";
                refused.issuer = "CN=other";
                refused.names = {"DNS:other.example"};
                // Of pins and revocation a configuration alone speaks.
                if (error == X509_V_ERR_APPLICATION_VERIFICATION) continue;
                if (error == X509_V_ERR_OCSP_VERIFY_NEEDED) continue;
                tls::TlsFailure failure;
                failure.cause = refused;
                Failure told = tls::report_handshake(failure, facts());
                const bool of_lists = told.reason().find("tls.revocation") != std::string::npos;
                if (!of_lists) all.push_back(std::move(told));
            }
        }
    }
    return all;
}

std::vector<Failure> handshakes_that_ended() {
    std::vector<Failure> all;
    for (const bool identity : {false, true}) {
        for (const bool asked : {false, true}) {
            tls::TlsFailure failure;
            failure.version = "TLSv1.2";
            failure.certificate_requested = asked;
            failure.identity_sent = asked && identity;
            for (int alert = 0; alert <= 120; ++alert) {
                failure.cause = tls::AlertReceived{alert, "bad"};
                all.push_back(tls::report_handshake(failure, facts(identity)));
            }
            failure.cause = tls::ServerClosed{};
            all.push_back(tls::report_handshake(failure, facts(identity)));
            failure.cause = tls::ConnectionReset{"reset"};
            all.push_back(tls::report_handshake(failure, facts(identity)));
            for (const char* const words :
                 {"unsupported protocol", "dh key too small", "wrong signature type",
                  "unsafe legacy renegotiation disabled", "whatever"}) {
                failure.cause = tls::ProtocolError{words};
                all.push_back(tls::report_handshake(failure, facts(identity)));
            }
            all.push_back(tls::report_silence("10s (timeouts.handshake)", failure, facts(identity))
            );
        }
    }
    return all;
}

std::vector<Failure> addresses_not_reached() {
    const upstream::addresses::OriginRules rules;
    const upstream::addresses::Goal goal{"api.example", 443, rules};
    using Rule = upstream::addresses::AddressObjection::Rule;
    upstream::addresses::AddressObjection denied{};
    denied.rule = Rule::deny;
    denied.by_default = true;
    denied.text = "169.254.1.1 is denied";
    std::vector<Failure> all{upstream::prohibited_failure(goal, {denied})};
    for (const int error : {ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH}) {
        all.push_back(upstream::connect_failure(goal, error, 1, {denied}));
    }
    return all;
}

void expect_to_be_followed(const std::string& text) {
    for (const char* const word :
         {"the profile", "hosts of a profile", "key_store", "certificates:", "trust_store_cert",
          "record", "no profile", "raise timeouts", "(timeouts.", "set addresses",
          "change addresses", "command-line"}) {
        EXPECT_EQ(text.find(word), std::string::npos) << word << " in: " << text;
    }
}

TEST(WordsWithoutProfile, SpeakOfNothingThatThisReaderDoesNotHave) {
    std::vector<Failure> all = certificates_not_accepted();
    for (Failure& one : handshakes_that_ended()) all.push_back(std::move(one));
    for (Failure& one : addresses_not_reached()) all.push_back(std::move(one));

    for (Failure& one : all) {
        const Failure told = without_profile(std::move(one));
        expect_to_be_followed(told.reason());
        expect_to_be_followed(told.remedy());
        EXPECT_NE(told.remedy(), "");
    }
}

struct Row {
    const char* name;
    const char* said;
    const char* here;
};

class WordsWithoutProfileOf : public testing::TestWithParam<Row> {};

TEST_P(WordsWithoutProfileOf, AreTheProbesOwn) {
    EXPECT_EQ(without_profile(std::string{GetParam().said}), GetParam().here);
}

INSTANTIATE_TEST_SUITE_P(
    Remedies, WordsWithoutProfileOf,
    testing::Values(
        Row{"Identity",
            "Set key_store in the profile to the record of a certificate that the server accepts.",
            "Give a certificate that the server accepts by --key-store FILE."},
        Row{"SlowAnswer",
            "If the server may take longer, raise timeouts.response_header of the profile. "
            "Otherwise "
            "ask its operator why it is slow.",
            "If the server may take longer, a profile with a longer timeouts.response_header waits "
            "for it. Otherwise ask its operator why it is slow."},
        Row{"Name",
            "Check that the DNS servers in /etc/resolv.conf answer; timeouts.resolve is the "
            "limit.",
            "Check that the DNS servers in /etc/resolv.conf answer."},
        Row{"Truncation",
            "If that cannot be, tls: { danger_accept_truncation: true } in the profile takes what "
            "has come for the whole.",
            "If that cannot be, a profile with tls: { danger_accept_truncation: true } takes what "
            "has come for the whole."},
        Row{"Renegotiation",
            "Add the host to the hosts of a profile, with tls: { renegotiation: once }.",
            "A profile with tls: { renegotiation: once } answers it."},
        Row{"Nothing", "Check host and port.", "Check host and port."}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

}  // namespace
}  // namespace countersign::proxy::commands
