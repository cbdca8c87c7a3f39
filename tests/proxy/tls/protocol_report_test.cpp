#include "proxy/tls/protocol_report.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "proxy/tls/handshake_report.hpp"
#include "tests/proxy/tls/handshake_failures.hpp"

namespace countersign::proxy::tls {
namespace {

class ProtocolReport : public ReportTest {};

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
        "Servers do this that admit known addresses only, that do not know the name "
        "'api.partner.example', or that want another TLS version or cipher suite; so does a "
        "firewall, and a server that does not speak TLS on this port. Check host and port of "
        "api.partner.example:443, and ask the server's operator, and whoever runs the firewalls."
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
    EXPECT_EQ(out_->remedy(), "Ask the server's operator: the server's log says why.");
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

TEST_F(ProtocolReport, NamesTheSwitchForASmallGroupWhereThatAcceptsIt) {
    TlsFailure failure;
    failure.cause = ProtocolError{"error:0A00018A:SSL routines::dh key too small"};
    failure.version = "TLSv1.2";

    report(failure);
    EXPECT_EQ(
        out_->remedy(),
        "The server's operator has to use a group of 2048 bits or more, or elliptic curves "
        "(ECDHE). If that cannot be, and its group has 1024 bits or more, tls: { danger_small_dh: "
        "true } in profile 'partner' accepts it, at a price: Diffie-Hellman groups of 1024 bits "
        "are accepted: a wealthy attacker reads what was recorded."
    );

    facts_.dangers.add(profiles::Danger::small_dh);
    report(failure);
    EXPECT_TRUE(out_->reason().starts_with(
        "The server's Diffie-Hellman group is too small for tls.danger_small_dh, too: it has fewer "
        "than 1024 bits."
    )) << out_->reason();
    EXPECT_EQ(out_->remedy().find("danger_"), std::string::npos) << out_->remedy();
}

TEST_F(ProtocolReport, NamesTheSwitchForASignatureBySha1WhereThatAcceptsIt) {
    TlsFailure failure;
    failure.cause = ProtocolError{"error:0A000172:SSL routines::wrong signature type"};
    failure.version = "TLSv1.2";

    report(failure);
    EXPECT_NE(
        out_->remedy().find(" If it signs by SHA-1, and cannot do better, tls: { danger_sha1: true "
                            "} in profile 'partner' accepts it"),
        std::string::npos
    ) << out_->remedy();

    failure.version = "TLSv1.3";  // which has no such signatures
    report(failure);
    EXPECT_EQ(out_->remedy().find("danger_"), std::string::npos) << out_->remedy();

    facts_.limited_by = {"signature_algorithms"};
    report(failure);
    EXPECT_NE(
        out_->reason().find("Accepted are the tls.signature_algorithms of profile 'partner'."),
        std::string::npos
    ) << out_->reason();
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

// It has spoken TLS before.
TEST_F(ProtocolReport, SaysOfWhatAnsweredThatItsTlsIsDamaged) {
    for (const auto& [words, reason] :
         {std::pair{"packet length too long", "a TLS record that is longer than any may be"},
          std::pair{"wrong version number", "is no TLS any more"},
          std::pair{"decryption failed or bad record mac", "cannot be decrypted: it was damaged"},
          std::pair{"unexpected message", "another message of the TLS handshake"},
          std::pair{"unknown cipher returned", "a cipher suite that had not been offered"},
          std::pair{"wrong cipher returned", "a cipher suite that had not been offered"},
          std::pair{"compression disabled", "to compress what is sent"},
          std::pair{"digest check failed", "changed on its way"},
          std::pair{"inappropriate fallback", "the offer did not reach it"},
          std::pair{"wrong tag; ASN1 lib", "What the server sent as its certificate is none"}}) {
        TlsFailure failure;
        failure.cause = ProtocolError{words};
        failure.version = "TLSv1.2";

        report(failure);

        EXPECT_NE(out_->reason().find(reason), std::string::npos) << out_->reason();
        EXPECT_EQ(out_->remedy().find("port"), std::string::npos) << out_->remedy();
    }
}

TEST_F(ProtocolReport, GivesAnythingElseInTheLibrarysWords) {
    TlsFailure failure;
    failure.cause = ProtocolError{"bad extension"};

    report(failure);

    EXPECT_EQ(
        out_->reason(),
        "This side ended the TLS handshake, since it cannot take what the server sent: bad "
        "extension."
    );
    EXPECT_EQ(
        out_->remedy(),
        "The server's TLS software is faulty, or something between the two changes what they send "
        "(a firewall, an inspecting proxy). Show this to the server's operator."
    );
    facts_.limited_by = {"groups"};
    report(failure);
    EXPECT_TRUE(
        out_->remedy().ends_with(" Or its TLS differs from groups under tls: in profile 'partner'.")
    ) << out_->remedy();
}

TEST_F(ProtocolReport, ACloseMayComeOfACallByAnAddress) {
    TlsFailure failure;
    failure.cause = ServerClosed{};
    facts_.announced.clear();

    report(failure);
    EXPECT_NE(out_->remedy().find("that want a name, and not an address, or"), std::string::npos)
        << out_->remedy();

    facts_.silenced = true;
    report(failure);
    EXPECT_NE(out_->remedy().find("(tls.server_name is none here)"), std::string::npos)
        << out_->remedy();
}

}  // namespace
}  // namespace countersign::proxy::tls
