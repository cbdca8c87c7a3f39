#include "certs/lint/certificate_findings.hpp"

#include <openssl/x509v3.h>

#include <cstdint>

#include "certs/anchor_fault.hpp"
#include "certs/certificate.hpp"
#include "certs/edit/certificate_path.hpp"
#include "certs/error.hpp"
#include "certs/lifetime.hpp"
#include "certs/strength.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::certs {
namespace {

/// The findings of one certificate.
class Examination {
public:
    Examination(
        X509* certificate, Role role, const std::string& where, std::vector<Finding>& findings,
        const Remedies* remedies
    )
        : certificate_{certificate},
          role_{role},
          where_{where},
          subject_{in_quotes(subject_of(certificate))},
          findings_{findings},
          remedies_{remedies} {}

    void times(const LintTime& time) {
        // One authority of many that has ended stops nobody who does not need it.
        const bool ours = is_leaf() || role_ == Role::issuer;
        const Severity severity = ours ? Severity::error : Severity::warning;
        const Lifetime life = Lifetime::of(certificate_);
        const std::string what =
            subject_ + " " + standing_text(life, time.now, time.warn_before) + ".";
        switch (standing_of(life, time.now, time.warn_before)) {
            case Standing::valid:
                break;
            case Standing::not_yet_valid:
                add(FindingCode::not_yet_valid, severity, what,
                    "Wait, or look at this machine's clock.");
                break;
            case Standing::expired:
                add(FindingCode::expired, severity, what, renewal());
                break;
            case Standing::ends_soon:
                add(FindingCode::expires_soon, Severity::warning, what, renewal());
                break;
        }
    }

    void strength() {
        // Nobody checks the signature under what is trusted by itself.
        const bool checked = is_leaf() || role_ == Role::issuer;
        for (const Weakness& each : weaknesses_of(certificate_, checked)) {
            const bool is_key = each.part == Weakness::Part::key;
            add(is_key ? FindingCode::weak_key : FindingCode::weak_signature, Severity::error,
                subject_ + " " + each.says + ".", remedy_of(each, is_leaf()));
        }
    }

    void server_usages() {
        const std::uint32_t usages = X509_get_extended_key_usage(certificate_);
        if (usages == UINT32_MAX || (usages & XKU_SSL_SERVER) != 0) return;
        add(FindingCode::no_server_auth, Severity::error,
            subject_ +
                " is not for servers: it lacks the extended key usage serverAuth, so browsers and "
                "other clients refuse it.",
            "Ask the authority for one with serverAuth, and with the names by which it is asked "
            "as alternative names.");
    }

    void client_usages() {
        if (usage_wanted(certificate_) == UsageWanted::client) {
            const bool is_server =
                (X509_get_extended_key_usage(certificate_) & XKU_SSL_SERVER) != 0;
            add(FindingCode::no_client_auth, Severity::error,
                subject_ + (is_server ? " is a server's certificate" : " is not for clients") +
                    ": it lacks the extended key usage clientAuth, so servers that check this "
                    "refuse it.",
                remedies_ != nullptr
                    ? remedies_->request_for_clients()
                    : "Ask an authority that the partner names for one with clientAuth.");
        }
        const std::uint32_t usage = X509_get_key_usage(certificate_);
        if (usage != UINT32_MAX && (usage & KU_DIGITAL_SIGNATURE) == 0) {
            add(FindingCode::no_digital_signature, Severity::error,
                subject_ +
                    " has key usages without digitalSignature, with which a client proves that it "
                    "has the key.",
                "Ask the authority for one with digitalSignature.");
        }
        if (X509_check_ca(certificate_) == 1) {
            add(FindingCode::authority_as_leaf, Severity::warning,
                subject_ +
                    " is an authority's certificate, and stands where a client's belongs: whoever "
                    "gets this key can issue certificates, and many servers refuse it.",
                "Issue a certificate for the client with it, and use that.");
        }
    }

    void vouching() {
        if (const auto fault = anchor_fault_of(certificate_)) {
            add(FindingCode::not_an_authority, Severity::warning,
                subject_ + " " + fault->says + ".", fault->remedy);
        }
    }

    void server_names() {
        // What a client presents needs no host's name, though it may be good for a server as well.
        const std::uint32_t usages = X509_get_extended_key_usage(certificate_);
        const bool for_servers = usages != UINT32_MAX && (usages & XKU_SSL_SERVER) != 0;
        const bool is_server = X509_check_ca(certificate_) == 0 &&
                               (role_ == Role::anchor ? for_servers : is_for_servers(certificate_));
        if (!is_server || !subject_alt_names_of(certificate_).empty()) return;
        add(FindingCode::name_only_in_cn, Severity::warning,
            subject_ +
                " is a server's certificate without alternative names: most clients do not look "
                "into the CN any more.",
            "Ask for one with the host's name as a DNS alternative name.");
    }

private:
    std::string renewal() const {
        if (remedies_ != nullptr && role_ == Role::client_leaf) {
            return remedies_->renewal(usage_wanted(certificate_));
        }
        if (remedies_ != nullptr && role_ == Role::server_leaf) {
            return remedies_->renewal(UsageWanted::as_before);
        }
        if (remedies_ != nullptr && role_ == Role::issuer) return remedies_->issuer_renewed();
        return "Get the present certificate from whoever gave this one.";
    }

    bool is_leaf() const { return role_ == Role::client_leaf || role_ == Role::server_leaf; }

    void add(FindingCode code, Severity severity, std::string what, std::string remedy) {
        findings_.push_back({code, severity, where_, std::move(what), std::move(remedy)});
    }

    X509* certificate_;
    Role role_;
    const std::string& where_;
    std::string subject_;
    std::vector<Finding>& findings_;
    const Remedies* remedies_;
};

}  // namespace

void find_in_certificate(
    X509* certificate, Role role, const std::string& where, const LintTime& time,
    std::vector<Finding>& findings, const Remedies* remedies
) {
    Examination examination{certificate, role, where, findings, remedies};
    examination.times(time);
    examination.strength();
    if (role == Role::client_leaf) examination.client_usages();
    if (role == Role::server_leaf) examination.server_usages();
    // Alone, only who signs itself was surely made to be trusted; a client's may lie there as well.
    if (role == Role::anchor ||
        (role == Role::alone && is_self_issued(certificate) && !is_for_clients(certificate))) {
        examination.vouching();
    }
    if (role == Role::anchor || role == Role::alone || role == Role::server_leaf)
        examination.server_names();
    drain_openssl_errors();
}

}  // namespace countersign::certs
