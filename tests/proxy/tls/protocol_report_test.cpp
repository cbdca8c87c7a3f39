#include "proxy/tls/protocol_report.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "proxy/tls/handshake_report.hpp"
#include "tests/proxy/brief_bound.hpp"
#include "tests/proxy/tls/handshake_failures.hpp"

namespace countersign::proxy::tls {
namespace {

class ProtocolReport : public testing::Test {
protected:
    void report(const TlsFailure& failure) {
        out_ = report_handshake(failure, facts_);
        expect_bounded_brief(*out_);
    }

    HandshakeFacts facts_ = facts();
    std::optional<Failure> out_;
};

TEST_F(ProtocolReport, ACloseBeforeAnAnswerIsAboutNoCertificate) {
    TlsFailure failure;
    failure.cause = ServerClosed{};

    report(failure);

    EXPECT_EQ(out_->code(), FailureCode::tls_protocol);
    EXPECT_EQ(
        out_->reason(),
        "The server closed the connection during the TLS handshake, without saying why, before "
        "it had answered anything. Nothing had been asked of this side by then, no "
        "client certificate either."
    );
    EXPECT_EQ(
        out_->remedy(),
        "Servers do this that admit known addresses only, that do not know the name "
        "'api.partner.example', or that want another TLS version or cipher suite; so does a load "
        "balancer with nobody behind it. Check host and port, and ask the server's operator."
    );
}

TEST_F(ProtocolReport, ACloseBehindACertificateMayBeItsRefusal) {
    TlsFailure failure;
    failure.cause = ServerClosed{};
    failure.version = "TLSv1.2";
    failure.certificate_requested = failure.identity_sent = true;
    failure.accepted_issuers = {"CN=Client CA"};
    failure.issuers_named = 1;
    facts_.identity_issuers = {"CN=Other CA"};

    report(failure);

    EXPECT_EQ(
        out_->reason(),
        "The server closed the connection during the TLS handshake, without saying why, after it "
        "had asked for a client certificate, and was sent 'CN=acme, O=Acme'. It says that it "
        "accepts certificates of: CN=Client CA. This one's authorities are none of them: CN=Other "
        "CA."
    );
    EXPECT_EQ(
        out_->remedy(),
        "Some servers refuse a client certificate that way. Ask the operator whether this one is "
        "registered there, and of which authorities it accepts certificates."
    );
}

TEST_F(ProtocolReport, ACloseWhereNoneWasSentSaysWhyNoneWas) {
    TlsFailure failure;
    failure.cause = ServerClosed{};
    failure.version = "TLSv1.2";
    failure.certificate_requested = true;

    report(failure);
    EXPECT_NE(
        out_->reason().find(
            "and was sent none: it takes no signature of such a key as that of 'CN=acme, O=Acme'."
        ),
        std::string::npos
    ) << out_->reason();

    facts_.identity.clear();
    report(failure);
    EXPECT_NE(
        out_->reason().find("and was sent none: profile 'partner' has no key_store."),
        std::string::npos
    ) << out_->reason();

    facts_.profile.clear();
    report(failure);
    EXPECT_NE(out_->reason().find("and was sent none: the host has no profile."), std::string::npos)
        << out_->reason();
}

TEST_F(ProtocolReport, AResetBeforeAnAnswerPointsAtThePort) {
    TlsFailure failure;
    failure.cause = ConnectionReset{"Connection reset by peer"};

    report(failure);

    EXPECT_EQ(out_->code(), FailureCode::tls_protocol);
    EXPECT_EQ(
        out_->reason(),
        "The connection broke during the TLS handshake (Connection reset by peer), before the "
        "server had answered anything."
    );
    EXPECT_EQ(
        out_->remedy(),
        "A firewall, or a server that does not speak TLS on this port, does this: check the port "
        "of api.partner.example:443."
    );
}

TEST_F(ProtocolReport, AResetBehindAnAnswerDoesNot) {
    TlsFailure failure;
    failure.cause = ConnectionReset{"Connection reset by peer"};
    failure.version = "TLSv1.3";

    report(failure);

    EXPECT_EQ(
        out_->reason(),
        "The connection broke during the TLS handshake (Connection reset by peer), after the "
        "server had answered (TLSv1.3). It had not asked for a client certificate."
    );
    EXPECT_EQ(out_->remedy(), "The log of the server's operator says why.");
}

TEST_F(ProtocolReport, SilenceSaysHowFarItCame) {
    TlsFailure failure;
    EXPECT_EQ(
        report_silence("10s (timeouts.handshake)", failure, facts_).reason(),
        "api.partner.example:443 accepted the connection, and did not finish the TLS handshake "
        "within 10s (timeouts.handshake): it answered nothing."
    );

    failure.version = "TLSv1.2";
    const Failure answered = report_silence("10s (timeouts.handshake)", failure, facts_);
    EXPECT_EQ(
        answered.reason(),
        "api.partner.example:443 accepted the connection, and did not finish the TLS handshake "
        "within 10s (timeouts.handshake): it fell silent after it had answered (TLSv1.2). It had "
        "not asked for a client certificate."
    );
    EXPECT_EQ(
        answered.remedy(),
        "It speaks TLS on this port. If it is slow, raise timeouts.handshake of the profile; "
        "otherwise ask its operator."
    );
}

TEST_F(ProtocolReport, SaysWhatIsNotAcceptedOfAServerAndNotInOpenSslsWordsAlone) {
    for (const auto& [words, reason] :
         {std::pair{"dh key too small", "Diffie-Hellman group is too small"},
          std::pair{"unsafe legacy renegotiation disabled", "secure renegotiation (RFC 5746)"},
          std::pair{"excessive message size", "larger than is accepted"},
          std::pair{"wrong signature type", "an algorithm that is not accepted"},
          std::pair{"bad signature", "not that of its certificate's key"}}) {
        TlsFailure failure;
        failure.cause = ProtocolError{std::string{"error:0A000000:SSL routines::"} + words};

        report(failure);

        EXPECT_NE(out_->reason().find(reason), std::string::npos) << out_->reason();
        EXPECT_NE(out_->reason().find(words), std::string::npos) << out_->reason();
        EXPECT_EQ(out_->remedy().find("stricter"), std::string::npos) << out_->remedy();
    }
}

TEST_F(ProtocolReport, SaysThatWhatAnsweredIsNotTls) {
    TlsFailure failure;
    failure.cause = ProtocolError{"error:0A00010B:SSL routines::wrong version number"};

    report(failure);

    EXPECT_EQ(out_->code(), FailureCode::tls_protocol);
    EXPECT_EQ(
        out_->reason(),
        "What answers at api.partner.example:443 does not speak TLS (error:0A00010B:SSL "
        "routines::wrong version number)."
    );
    EXPECT_EQ(out_->remedy(), "Check host and port: the server has to speak TLS (HTTPS) there.");
}

TEST_F(ProtocolReport, GivesAnythingElseInTheLibrarysWords) {
    TlsFailure failure;
    failure.cause = ProtocolError{"error:0A0000C1:SSL routines::no shared cipher"};

    report(failure);

    EXPECT_EQ(
        out_->reason(), "The TLS handshake failed: error:0A0000C1:SSL routines::no shared cipher."
    );
    EXPECT_EQ(
        out_->remedy(),
        "Show this to the server's operator. The TLS rules of profile 'partner' (tls:) may also be "
        "stricter than the server."
    );
}

}  // namespace
}  // namespace countersign::proxy::tls
