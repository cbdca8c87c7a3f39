#include "certs/lint/certificate_findings.hpp"

#include <openssl/x509v3.h>

#include <cstdint>

#include "certs/certificate.hpp"
#include "certs/edit/certificate_path.hpp"
#include "certs/error.hpp"
#include "certs/make/key_pair.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::certs {
namespace {

constexpr int kLeastRsaBits = 2048;

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
        const bool ours = role_ == Role::client_leaf || role_ == Role::issuer;
        const Severity severity = ours ? Severity::error : Severity::warning;
        const auto begins = not_before_of(certificate_);
        const auto ends = not_after_of(certificate_);
        if (time.now < begins) {
            add(FindingCode::not_yet_valid, severity,
                subject_ + " is not valid before " + to_text(begins) + ".",
                "Wait, or look at this machine's clock.");
        }
        if (time.now > ends) {
            add(FindingCode::expired, severity, subject_ + " expired on " + to_text(ends) + ".",
                renewal());
        } else if (ends - time.now <= time.warn_before) {
            const auto days = static_cast<std::size_t>(days_until(ends, time.now));
            add(FindingCode::expires_soon, Severity::warning,
                subject_ + " expires on " + to_text(ends) + ", in " + counted(days, "day") + ".",
                renewal());
        }
    }

    void strength() {
        const EVP_PKEY* const key = X509_get0_pubkey(certificate_);
        const int kind = key != nullptr ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;
        if ((kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS) &&
            EVP_PKEY_get_bits(key) < kLeastRsaBits) {
            add(FindingCode::weak_key, Severity::error,
                subject_ + " is for a key of " + describe_key(key) +
                    " bits, which today's servers refuse.",
                role_ == Role::client_leaf ? "Make a key of 2048 bits or more, and request anew."
                                           : "Ask the authority for its present certificate.");
        }
        int digest = NID_undef;
        X509_get_signature_info(certificate_, &digest, nullptr, nullptr, nullptr);
        const bool weak = digest == NID_sha1 || digest == NID_md5 || digest == NID_md5_sha1;
        // Nobody checks the signature that a root makes under itself, nor an anchor's.
        const bool checked = role_ == Role::client_leaf || role_ == Role::issuer;
        if (weak && checked && !is_root(certificate_)) {
            add(FindingCode::weak_signature, Severity::error,
                subject_ + " is signed with " + OBJ_nid2sn(digest) +
                    ", which today's servers refuse.",
                "Ask the authority for a certificate that is signed with SHA-256.");
        }
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

    void server_names() {
        // What a client presents needs no host's name, though it may be good for a server as well.
        const std::uint32_t usages = X509_get_extended_key_usage(certificate_);
        const bool says_usages = usages != UINT32_MAX;
        const bool for_servers = says_usages && (usages & XKU_SSL_SERVER) != 0;
        const bool for_clients = says_usages && (usages & XKU_SSL_CLIENT) != 0;
        const bool trusted = role_ == Role::anchor;
        const bool is_server = X509_check_ca(certificate_) != 1 &&
                               (for_servers ? trusted || !for_clients : trusted && !says_usages);
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
        if (remedies_ != nullptr && role_ == Role::issuer) return remedies_->issuer_renewed();
        return "Get the present certificate from whoever gave this one.";
    }

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
    if (role == Role::anchor || role == Role::alone) examination.server_names();
    drain_openssl_errors();
}

}  // namespace countersign::certs
