#include "proxy/tls/revocation_report.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/proxy/brief_bound.hpp"
#include "tests/proxy/tls/handshake_failures.hpp"

namespace countersign::proxy::tls {
namespace {

/// What is said of a certificate that is refused for its revocation.
struct RevocationRow {
    const char* name;
    int error;
    int depth;
    RevocationObjection found;
    Side side;
    const char* reason;
    const char* remedy;
};

const RevocationObjection kRevoked{
    .source = "the CRL a.crl of 'CN=Other Root'",
    .since = "2026-11-20 14:05:00 UTC",
    .reason = "key compromise"};
const RevocationObjection kOfList{
    .source = "the CRL a.crl of 'CN=Other Root'",
    .from = "2026-11-19 00:00:00 UTC",
    .until = "2026-11-20 00:00:00 UTC",
    .published_at = {"http://a.example/1.crl"}};

const RevocationRow kRows[] = {
    {"Revoked", X509_V_ERR_CERT_REVOKED, 0, kRevoked, Side::upstream,
     "The server's certificate was not accepted: 'CN=api.partner.example' was revoked on "
     "2026-11-20 14:05:00 UTC (key compromise), says the CRL a.crl of 'CN=Other Root'.",
     "Its key may be in other hands, and somebody else may have answered. The server's operator "
     "has to get another certificate, and set it up."},
    {"AuthorityRevoked", X509_V_ERR_CERT_REVOKED, 1, kRevoked, Side::upstream,
     "The server's certificate was not accepted: its authority 'CN=api.partner.example' was "
     "revoked on 2026-11-20 14:05:00 UTC (key compromise), says the CRL a.crl of 'CN=Other Root'.",
     "What it has issued is not to be trusted, and somebody else may have answered. The server's "
     "operator has to get a certificate from another authority."},
    {"NoList",
     X509_V_ERR_UNABLE_TO_GET_CRL,
     0,
     {},
     Side::proxy,
     "The server's certificate was not accepted: whether 'CN=api.partner.example' is revoked is "
     "not known: no list of 'CN=Other Root' that would have it is in tls.crl of profile 'partner'. "
     "With tls.revocation: hard that is refused.",
     "Get the CRL of 'CN=Other Root', and name its file in tls.crl of profile 'partner'. With "
     "soft, only what is known to be revoked is refused."},
    {"NoListOfTheAuthority",
     X509_V_ERR_UNABLE_TO_GET_CRL,
     1,
     {.published_at = {"http://a.example/1.crl", "ldap://b.example"}},
     Side::proxy,
     "The server's certificate was not accepted: whether its authority 'CN=api.partner.example' is "
     "revoked is not known: no list of 'CN=Other Root' that would have it is in tls.crl of profile "
     "'partner'. With tls.revocation: hard that is refused.",
     "Get the CRL of 'CN=Other Root', which is at http://a.example/1.crl, ldap://b.example, and "
     "name its file in tls.crl of profile 'partner'. With soft, only what is known to be revoked "
     "is refused."},
    {"NoListAndNoAnswer",
     X509_V_ERR_UNABLE_TO_GET_CRL,
     0,
     {.answer = "the server sent no OCSP answer"},
     Side::proxy,
     "The server's certificate was not accepted: whether 'CN=api.partner.example' is revoked is "
     "not known: no list of 'CN=Other Root' that would have it is in tls.crl of profile 'partner', "
     "and the server sent no OCSP answer. With tls.revocation: hard that is refused.",
     "Get the CRL of 'CN=Other Root', and name its file in tls.crl of profile 'partner'. Or let "
     "the server's operator turn on OCSP stapling. With soft, only what is known to be revoked is "
     "refused."},
    {"NobodySaysIt",
     X509_V_ERR_UNABLE_TO_GET_CRL,
     0,
     {.answer = "the server sent no OCSP answer",
      .asked =
          {"http://a.example/ (OCSP): nothing listens there",
           "http://b.example/ (CRL): it "
           "answers 404"}},
     Side::upstream,
     "The server's certificate was not accepted: whether 'CN=api.partner.example' is revoked is "
     "not known: those that the certificate names for it did not say: http://a.example/ (OCSP): "
     "nothing listens there; http://b.example/ (CRL): it answers 404, and the server sent no OCSP "
     "answer. With tls.revocation: hard that is refused.",
     "Those are servers of the authority 'CN=Other Root', not the server itself: look whether they "
     "can be reached from this machine, or tell who runs them. Or get its CRL, and name its file "
     "in tls.crl of profile 'partner'. Or let the server's operator turn on OCSP stapling. With "
     "soft, only what is known to be revoked is refused."},
    {"NobodySaysItAndTheFileIsOld",
     X509_V_ERR_CRL_HAS_EXPIRED,
     1,
     {.source = "the CRL a.crl of 'CN=Other Root'",
      .until = "2026-11-20 00:00:00 UTC",
      .published_at = {"http://b.example/"},
      .asked = {"http://b.example/ (CRL): it answers 404"}},
     Side::upstream,
     "The server's certificate was not accepted: whether its authority 'CN=api.partner.example' is "
     "revoked is not known: the CRL a.crl of 'CN=Other Root' ended on 2026-11-20 00:00:00 UTC, and "
     "those that the certificate names for it did not say: http://b.example/ (CRL): it answers "
     "404. With tls.revocation: hard that is refused.",
     "Those are servers of the authority 'CN=Other Root', not the server itself: look whether they "
     "can be reached from this machine, or tell who runs them. Or get its CRL, which is at "
     "http://b.example/, and name its file in tls.crl of profile 'partner'. With soft, only what "
     "is known to be revoked is refused."},
    {"NobodyToAsk",
     X509_V_ERR_UNABLE_TO_GET_CRL,
     0,
     {.answer = "the server sent no OCSP answer", .asks_nobody = true},
     Side::proxy,
     "The server's certificate was not accepted: whether 'CN=api.partner.example' is revoked is "
     "not known: no list of 'CN=Other Root' that would have it is in tls.crl of profile 'partner', "
     "and the certificate names nobody who could be asked by http, and the server sent no OCSP "
     "answer. With tls.revocation: hard that is refused.",
     "Get the CRL of 'CN=Other Root', and name its file in tls.crl of profile 'partner'. Or let "
     "the server's operator turn on OCSP stapling. With soft, only what is known to be revoked is "
     "refused."},
    {"MustStaple",
     X509_V_ERR_OCSP_VERIFY_NEEDED,
     0,
     {.answer = "the server sent no OCSP answer"},
     Side::upstream,
     "The server's certificate was not accepted: 'CN=api.partner.example' says that its server "
     "brings an OCSP answer (must-staple), and the server sent no OCSP answer.",
     "The server's operator has to turn on OCSP stapling, and look why it brings no answer of "
     "today. Until then such a certificate is accepted with tls.revocation: off alone."},
    {"Ended", X509_V_ERR_CRL_HAS_EXPIRED, 0, kOfList, Side::proxy,
     "The server's certificate was not accepted: whether 'CN=api.partner.example' is revoked is "
     "not known: the CRL a.crl of 'CN=Other Root' ended on 2026-11-20 00:00:00 UTC. With "
     "tls.revocation: hard that is refused.",
     "Get the present one of 'CN=Other Root', which is at http://a.example/1.crl, and put it in "
     "that file's place: a changed file is read at once. If it is the present one, check this "
     "machine's clock. With soft, only what is known to be revoked is refused."},
    {"WithoutEnd",
     X509_V_ERR_CRL_HAS_EXPIRED,
     0,
     {.source = "the CRL a.crl of 'CN=Other Root'"},
     Side::proxy,
     "The server's certificate was not accepted: whether 'CN=api.partner.example' is revoked is "
     "not known: the CRL a.crl of 'CN=Other Root' does not say how long it holds. With "
     "tls.revocation: hard that is refused.",
     "Get the present one of 'CN=Other Root', and put it in that file's place: a changed file is "
     "read at once. If it is the present one, check this machine's clock. With soft, only what is "
     "known to be revoked is refused."},
    {"NotYet", X509_V_ERR_CRL_NOT_YET_VALID, 0, kOfList, Side::proxy,
     "The server's certificate was not accepted: whether 'CN=api.partner.example' is revoked is "
     "not known: the CRL a.crl of 'CN=Other Root' begins only on 2026-11-19 00:00:00 UTC. With "
     "tls.revocation: hard that is refused.",
     "Check this machine's clock; if it is right, tell who publishes the list. With soft, only "
     "what is known to be revoked is refused."},
    {"Foreign",
     X509_V_ERR_CRL_SIGNATURE_FAILURE,
     0,
     {.source = "the CRL a.crl of 'CN=Other Root'"},
     Side::proxy,
     "The server's certificate was not accepted: whether 'CN=api.partner.example' is revoked is "
     "not known: the CRL a.crl of 'CN=Other Root' is not signed by the authority of that name that "
     "the server's chain has. With tls.revocation: hard that is refused.",
     "Get the present one of 'CN=Other Root', and name its file in tls.crl of profile 'partner'. "
     "Lists of both may stand there, where an authority has changed its key. With soft, only what "
     "is known to be revoked is refused."},
};

class RevocationReport : public testing::TestWithParam<RevocationRow> {};

TEST_P(RevocationReport, SaysWhatIsKnownAndWhatToDo) {
    const RevocationRow& row = GetParam();
    TlsFailure failure;
    CertificateRefused refused = certificate(row.error, row.depth);
    refused.revocation = row.found;
    failure.cause = refused;

    const Failure out = report_handshake(failure, facts());

    expect_bounded_brief(out);
    EXPECT_EQ(out.code(), FailureCode::server_certificate);
    EXPECT_EQ(out.side(), row.side);
    EXPECT_EQ(out.reason(), row.reason);
    EXPECT_EQ(out.remedy(), row.remedy);
}

INSTANTIATE_TEST_SUITE_P(Kinds, RevocationReport, testing::ValuesIn(kRows), [](const auto& row) {
    return row.param.name;
});

}  // namespace
}  // namespace countersign::proxy::tls
