#include "certs/trust_store.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "certs/anchor_fault.hpp"
#include "certs/certificate.hpp"
#include "certs/file.hpp"
#include "certs/pem.hpp"
#include "certs/printable.hpp"
#include "certs/system_trust.hpp"
#include "certs/text/phrase.hpp"
#include "certs/trust_file.hpp"

namespace countersign::certs {
namespace {

using Certificates = std::vector<X509Handle>;

LoadResult<Certificates> from_pem(ByteView text, const std::string& where) {
    if (text.size() > kMaxStoreBytes) {
        return LoadError{
            LoadErrorCode::too_much, where,
            "more than " + std::to_string(kMaxStoreBytes) + " bytes"};
    }
    LoadResult<PemContent> content = read_pem(text, where);
    if (!content) return content.error();
    if (content->certificates.empty()) {
        return LoadError{LoadErrorCode::no_certificate, where, "it holds " + content->describe()};
    }
    return std::move(content->certificates);
}

}  // namespace

/// What a store has already, while it is filled.
struct TrustStore::Seen {
    std::set<std::string> fingerprints;
    std::set<std::string> subjects;
};

LoadResult<TrustStore> TrustStore::load(const std::vector<TrustSource>& sources) {
    if (sources.empty()) {
        return LoadError{
            LoadErrorCode::no_certificate, "an empty list of trust", "nothing is named in it"};
    }
    TrustStore trust;
    trust.store_.reset(X509_STORE_new());
    X509_STORE_set_flags(trust.store(), X509_V_FLAG_PARTIAL_CHAIN);
    Seen seen;
    for (const TrustSource& source : sources) {
        const auto add = [&](const auto& each) { return trust.add(each, seen); };
        if (auto error = std::visit(add, source)) return *error;
    }
    return trust;
}

std::optional<LoadError> TrustStore::add(const TrustFile& file, Seen& seen) {
    LoadResult<TrustedCertificates> found = read_trusted(file);
    if (!found) return found.error();
    std::ranges::move(found->notes, std::back_inserter(notes_));
    return add_anchors(found->certificates, where_of(file.path), seen);
}

std::optional<LoadError> TrustStore::add(const TrustInlinePem& pem, Seen& seen) {
    const std::string where = "certificate record " + printable(pem.name);
    const LoadResult<Certificates> certificates = from_pem(as_bytes(pem.text), where);
    if (!certificates) return certificates.error();
    return add_anchors(*certificates, where, seen);
}

std::optional<LoadError> TrustStore::add(const TrustSystem&, Seen&) {
    if (includes_system_) return std::nullopt;
    includes_system_ = true;
    system_state_ = system_trust_state();
    return add_system_trust(store());
}

std::optional<LoadError> TrustStore::add_anchors(
    const std::vector<X509Handle>& certificates, const std::string& where, Seen& seen
) {
    for (const X509Handle& certificate : certificates) {
        if (!seen.fingerprints.insert(fingerprint_of(certificate.get())).second) continue;
        // OpenSSL compares each certificate of a store with all others of its name.
        if (certificates_.size() == kMostAnchors) {
            return LoadError{
                LoadErrorCode::too_much, where,
                "more than " + std::to_string(kMostAnchors) +
                    " certificates would be trusted together"};
        }
        // OpenSSL reads the extensions when it first needs them, and keeps what they say: now, and
        // not when several threads begin their handshakes.
        X509_check_purpose(certificate.get(), -1, 0);
        X509_STORE_add_cert(store(), certificate.get());
        certificates_.push_back(share(certificate.get()));
        if (const auto fault = anchor_fault_of(certificate.get())) {
            faults_.push_back(
                where + ": " + in_quotes(subject_of(certificate.get())) + " " + fault->says + ". " +
                fault->remedy
            );
        }
        std::string subject = subject_of(certificate.get());
        if (seen.subjects.insert(subject).second) anchors_.push_back(std::move(subject));
    }
    drain_openssl_errors();
    return std::nullopt;
}

std::string TrustStore::describe() const {
    constexpr std::size_t kNamed = 2;
    const std::string text = printable_list(anchors_, ", ", kNamed);
    if (!includes_system_) return text;
    return text.empty() ? "the system's trust store" : text + ", and the system's trust store";
}

bool TrustStore::has_content_of(const TrustStore& other) const {
    return includes_system_ == other.includes_system_ && system_state_ == other.system_state_ &&
           same(certificates_, other.certificates_);
}

}  // namespace countersign::certs
