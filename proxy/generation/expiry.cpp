#include "proxy/generation/expiry.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::generation {

namespace {

using TimePoint = std::chrono::system_clock::time_point;
using Terms = std::vector<CertificateTerm>;

constexpr std::size_t kNamedPerRecord = 5;

CertificateTerm term_of(
    const profiles::CertificateRecord& record, CertificateRole role, const X509* certificate
) {
    return {
        record.name,
        role,
        certs::subject_of(certificate),
        certs::fingerprint_of(certificate),
        certs::Lifetime::of(certificate),
        record.warn_before_expiry,
        record.where,
        {},
        {},
        certs::serial_of(certificate)};
}

/// In front of what is said of a record.
std::string about_record(const CertificateTerm& term) {
    const std::string where = term.where.empty() ? "" : term.where + ": ";
    return where + "certificate record '" + term.record + "': ";
}

std::string about(const CertificateTerm& term) {
    const std::string_view what = term.role == CertificateRole::leaf    ? "the certificate '"
                                  : term.role == CertificateRole::chain ? "of its chain, '"
                                                                        : "the trusted '";
    const std::string file = term.file.empty() ? "" : "in " + term.file + " ";
    return about_record(term) + std::string{what} + term.subject + "' " + file;
}

std::string_view consequence_of(const CertificateTerm& term) {
    switch (term.role) {
        case CertificateRole::leaf:
            if (term.for_admin_alone)
                return "; browsers, and whoever else verifies it, refuse the admin address";
            return "; requests of the profiles that use it are answered with 503";
        case CertificateRole::chain:
            return "; servers that have no other certificate of that authority refuse ours: get "
                   "the renewed one from who issued it";
        case CertificateRole::trusted:
            return "; servers that only it vouches for are refused";
    }
    return {};
}

certs::Standing standing_of(const CertificateTerm& term, TimePoint now) {
    return certs::standing_of(term.life, now, term.warn_before);
}

/// Nullopt: nothing to say.
std::optional<ExpiryFinding> finding_of(const CertificateTerm& term, TimePoint now) {
    const std::string consequence{consequence_of(term)};
    const bool ours = term.role != CertificateRole::trusted;
    const bool is_leaf = term.role == CertificateRole::leaf;
    const std::string what = about(term) + certs::standing_text(term.life, now, term.warn_before);
    // What is said of a client's certificate is not how a server's is renewed.
    const std::string renewal =
        term.for_admin_alone ? "Replace it by one that its authority has renewed" : term.renewal;
    switch (standing_of(term, now)) {
        case certs::Standing::valid:
            return std::nullopt;
        case certs::Standing::not_yet_valid:
            return ExpiryFinding{
                ours, what + consequence + (is_leaf ? ". Check this machine's clock" : "")};
        case certs::Standing::expired:
            return ExpiryFinding{
                ours, what + consequence + (renewal.empty() ? "" : ". " + renewal)};
        case certs::Standing::ends_soon:
            return ExpiryFinding{false, what};
    }
    return std::nullopt;
}

bool is_of_no_use(const CertificateTerm& term, TimePoint now) {
    const certs::Standing standing = standing_of(term, now);
    return term.role == CertificateRole::trusted &&
           (standing == certs::Standing::expired || standing == certs::Standing::not_yet_valid);
}

void add_findings_of_record(
    std::span<const CertificateTerm> terms, TimePoint now, std::vector<ExpiryFinding>& findings
) {
    std::vector<ExpiryFinding> own;
    for (const CertificateTerm& term : terms) {
        if (auto finding = finding_of(term, now)) own.push_back(std::move(*finding));
    }
    // One of several that has ended is a matter of tidiness; all of them, and no server passes.
    const bool none_left = std::ranges::all_of(terms, [now](const CertificateTerm& term) {
        return is_of_no_use(term, now);
    });
    for (ExpiryFinding& finding : own) finding.grave = finding.grave || none_left;
    const std::size_t left_out = own.size() - std::min(own.size(), kNamedPerRecord);
    own.resize(own.size() - left_out);
    std::ranges::move(own, std::back_inserter(findings));
    if (left_out == 0) return;
    findings.push_back(
        {none_left, about_record(terms.front()) + "so it is with " + std::to_string(left_out) +
                        " more of its certificates"}
    );
}

}  // namespace

std::string_view to_text(CertificateRole role) {
    switch (role) {
        case CertificateRole::leaf:
            return "leaf";
        case CertificateRole::chain:
            return "chain";
        case CertificateRole::trusted:
            return "trusted";
    }
    return "?";
}

std::int64_t days_left(const CertificateTerm& term, TimePoint now) {
    return certs::days_until(term.life.not_after, now);
}

std::vector<CertificateTerm> terms_of(
    const profiles::CertificateRecord& record, const certs::Identity& identity, std::string renewal
) {
    Terms terms;
    const auto& source = std::get<certs::KeyStoreSource>(record.source);
    terms.push_back(term_of(record, CertificateRole::leaf, identity.leaf()));
    terms.front().file = certs::where_of(source.file);
    terms.front().renewal = std::move(renewal);
    for (const certs::X509Handle& above : identity.chain()) {
        terms.push_back(term_of(record, CertificateRole::chain, above.get()));
    }
    if (source.send_root && identity.root() != nullptr) {
        terms.push_back(term_of(record, CertificateRole::chain, identity.root()));
    }
    return terms;
}

std::vector<CertificateTerm> terms_of(
    const profiles::CertificateRecord& record, const certs::TrustStore& trust
) {
    Terms terms;
    for (const certs::X509Handle& certificate : trust.certificates()) {
        terms.push_back(term_of(record, CertificateRole::trusted, certificate.get()));
    }
    return terms;
}

std::vector<ExpiryFinding> expiry_findings(const Terms& terms, TimePoint now) {
    std::vector<ExpiryFinding> findings;
    for (auto begin = terms.begin(); begin != terms.end();) {
        const auto end = std::find_if(begin, terms.end(), [begin](const CertificateTerm& term) {
            return term.record != begin->record;
        });
        add_findings_of_record({begin, end}, now, findings);
        begin = end;
    }
    return findings;
}

void log_expiry(const Terms& terms, TimePoint now) {
    for (const ExpiryFinding& finding : expiry_findings(terms, now)) {
        finding.grave ? log::error("{}", finding.sentence) : log::warning("{}", finding.sentence);
    }
}

}  // namespace countersign::proxy::generation
