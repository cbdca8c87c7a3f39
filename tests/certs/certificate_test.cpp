#include "certs/certificate.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/ca.hpp"

namespace countersign::tests {
namespace {

using namespace std::chrono_literals;
using certs::X509Handle;
using std::chrono::system_clock;

X509Handle named(const std::vector<std::pair<const char*, std::string>>& attributes, int set = 0) {
    X509Handle certificate{X509_new()};
    for (const auto& [type, value] : attributes) {
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(certificate.get()), type, MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>(value.data()), static_cast<int>(value.size()),
            -1, set
        );
    }
    return certificate;
}

TEST(SubjectOf, PutsTheMostSpecificPartFirst) {
    EXPECT_EQ(
        certs::subject_of(named({{"C", "DE"}, {"O", "Acme"}, {"CN", "Müller"}}).get()),
        "CN=Müller, O=Acme, C=DE"
    );
    EXPECT_EQ(certs::subject_of(named({{"CN", "a"}, {"UID", "7"}}, -1).get()), "UID=7 + CN=a");
    EXPECT_EQ(certs::subject_of(named({{"1.2.3.4.5", "x"}}).get()), "1.2.3.4.5=x");
    EXPECT_EQ(certs::subject_of(named({}).get()), "?");
}

TEST(SubjectOf, CannotForgeALineNorAnAttribute) {
    EXPECT_EQ(certs::subject_of(named({{"CN", "a\nlevel=error"}}).get()), "CN=a\\x0alevel=error");
    EXPECT_EQ(certs::subject_of(named({{"CN", "a, O=Acme"}}).get()), "CN=a\\, O=Acme");
    EXPECT_EQ(certs::subject_of(named({{"CN", std::string{"a\0b", 3}}}).get()), "CN=a\\x00b");
}

TEST(SubjectAltNamesOf, KeepsTheOrderAndTheKinds) {
    const Issued issued = Ca::root("Root").issue(
        {.common_name = "server",
         .dns_names = {"a.example", "*.b.example"},
         .ip_addresses = {"127.0.0.1", "2001:db8::1"},
         .uris = {"spiffe://example/a"}}
    );

    EXPECT_EQ(
        certs::subject_alt_names_of(issued.certificate.get()),
        (std::vector<std::string>{
            "DNS:a.example", "DNS:*.b.example", "IP:127.0.0.1", "IP:2001:db8::1",
            "URI:spiffe://example/a"})
    );
    EXPECT_TRUE(certs::subject_alt_names_of(issued.chain[0].get()).empty());
}

TEST(NotAfterOf, AgreesWithTheCertificate) {
    const auto now = system_clock::now();
    const Issued issued =
        Ca::root("Root").issue({.common_name = "client", .not_before = -2h, .not_after = 48h});

    EXPECT_LT(std::chrono::abs(certs::not_before_of(issued.certificate.get()) - (now - 2h)), 5s);
    EXPECT_LT(std::chrono::abs(certs::not_after_of(issued.certificate.get()) - (now + 48h)), 5s);
}

TEST(NotAfterOf, StopsAtTheEndOfTheClockWhereACertificateHasNoEnd) {
    const X509Handle certificate{X509_new()};
    ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "99991231235959Z");
    ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), "00010101000000Z");

    EXPECT_EQ(certs::not_after_of(certificate.get()), system_clock::time_point::max());
    EXPECT_EQ(certs::not_before_of(certificate.get()), system_clock::time_point::min());
}

TEST(NotAfterOf, MakesACertificateWithoutReadableTimesNeverValid) {
    const X509Handle certificate{X509_new()};
    ASN1_STRING_set(X509_getm_notBefore(certificate.get()), "soon", 4);
    ASN1_STRING_set(X509_getm_notAfter(certificate.get()), "late", 4);

    EXPECT_GT(certs::not_before_of(certificate.get()), certs::not_after_of(certificate.get()));
}

TEST(IsSelfIssued, ComparesTheNames) {
    const Issued issued = Ca::root("Root").issue({.common_name = "client"});

    EXPECT_FALSE(certs::is_self_issued(issued.certificate.get()));
    EXPECT_TRUE(certs::is_self_issued(issued.chain[0].get()));
}

TEST(FingerprintOf, IsSixtyFourLowerCaseDigits) {
    const Issued issued = Ca::root("Root").issue({.common_name = "client"});

    const std::string fingerprint = certs::fingerprint_of(issued.certificate.get());
    const std::string serial = certs::serial_of(issued.certificate.get());

    EXPECT_EQ(fingerprint.size(), 64u);
    EXPECT_EQ(fingerprint.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(serial.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(serial, "");
}

TEST(ToText, IsReadableAndInUtc) {
    EXPECT_EQ(
        certs::to_text(system_clock::time_point{} + std::chrono::seconds{1795442700}),
        "2026-11-23 14:05:00 UTC"
    );
    EXPECT_EQ(certs::to_text(system_clock::time_point{} - 1s), "1969-12-31 23:59:59 UTC");
}

TEST(ToText, SaysTheFirstAndTheLastMomentOfTheClock) {
    using Clock = std::chrono::system_clock;

    EXPECT_EQ(certs::to_text(Clock::time_point::min()), "1677-09-21 00:12:43 UTC");
    EXPECT_EQ(certs::to_text(Clock::time_point::max()), "2262-04-11 23:47:16 UTC");
}

TEST(DateText, IsTheDayOfTheMoment) {
    EXPECT_EQ(certs::date_text(system_clock::time_point{} + 24h - 1s), "1970-01-01");
    EXPECT_EQ(certs::date_text(system_clock::time_point{} + 24h), "1970-01-02");
}

TEST(DaysUntil, CountsWholeOnesRoundedDown) {
    const system_clock::time_point end{std::chrono::days{20'000}};
    EXPECT_EQ(certs::days_until(end, end - 48h), 2);
    EXPECT_EQ(certs::days_until(end, end - 48h + 1ns), 1);
    EXPECT_EQ(certs::days_until(end, end), 0);
    EXPECT_EQ(certs::days_until(end, end + 1ns), -1);
    EXPECT_LT(certs::days_until(system_clock::time_point::min(), end), -100'000);
}

TEST(Holds, ComparesCertificatesByWhatTheyAre) {
    const Ca root = Ca::root("Root");
    const Issued issued = root.issue({.common_name = "a"});
    const Issued other = root.issue({.common_name = "b"});
    std::vector<X509Handle> owned;
    owned.push_back(certs::share(issued.certificate.get()));
    const std::vector<X509*> pointers{issued.certificate.get()};

    EXPECT_TRUE(certs::holds(owned, issued.certificate.get()));
    EXPECT_FALSE(certs::holds(owned, other.certificate.get()));
    EXPECT_TRUE(certs::holds(pointers, issued.certificate.get()));
    EXPECT_FALSE(certs::holds(pointers, other.certificate.get()));
}

TEST(QuotedSubjectsOf, StandInTheirOrder) {
    std::vector<X509Handle> certificates;
    certificates.push_back(named({{"CN", "b"}}));
    certificates.push_back(named({{"CN", "a"}}));
    EXPECT_EQ(certs::quoted_subjects_of(certificates), "'CN=b', 'CN=a'");
}

}  // namespace
}  // namespace countersign::tests
