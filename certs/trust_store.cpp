#include "certs/trust_store.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/pem.hpp"
#include "certs/printable.hpp"
#include "certs/system_trust.hpp"
#include "certs/trust_file.hpp"

namespace countersign::certs {
namespace {

using Certificates = std::vector<X509Handle>;

LoadResult<Certificates> from_pem(ByteView text, const std::string& where) {
    LoadResult<PemContent> content = read_pem(text, where);
    if (!content) return content.error();
    if (content->certificates.empty()) {
        return LoadError{LoadErrorCode::no_certificate, where, "it holds " + content->describe()};
    }
    return std::move(content->certificates);
}

}  // namespace

LoadResult<TrustStore> TrustStore::load(const std::vector<TrustSource>& sources) {
    if (sources.empty()) {
        return LoadError{
            LoadErrorCode::no_certificate, "an empty list of trust", "nothing is named in it"};
    }
    TrustStore trust;
    trust.store_.reset(X509_STORE_new());
    X509_STORE_set_flags(trust.store(), X509_V_FLAG_PARTIAL_CHAIN);
    for (const TrustSource& source : sources) {
        if (auto error = std::visit([&](const auto& each) { return trust.add(each); }, source)) {
            return *error;
        }
    }
    return trust;
}

std::optional<LoadError> TrustStore::add(const TrustFile& file) {
    LoadResult<TrustedCertificates> found = read_trusted(file);
    if (!found) return found.error();
    add_anchors(found->certificates);
    std::ranges::move(found->notes, std::back_inserter(notes_));
    return std::nullopt;
}

std::optional<LoadError> TrustStore::add(const TrustInlinePem& pem) {
    const LoadResult<Certificates> certificates =
        from_pem(as_bytes(pem.text), "certificate record " + printable(pem.name));
    if (!certificates) return certificates.error();
    add_anchors(*certificates);
    return std::nullopt;
}

std::optional<LoadError> TrustStore::add(const TrustSystem&) {
    if (includes_system_) return std::nullopt;
    includes_system_ = true;
    return add_system_trust(store());
}

void TrustStore::add_anchors(const std::vector<X509Handle>& certificates) {
    for (const X509Handle& certificate : certificates) {
        const bool known = std::ranges::any_of(certificates_, [&](const X509Handle& other) {
            return X509_cmp(other.get(), certificate.get()) == 0;
        });
        if (known) continue;
        X509_STORE_add_cert(store(), certificate.get());
        certificates_.push_back(share(certificate.get()));
        std::string subject = subject_of(certificate.get());
        if (std::ranges::find(anchors_, subject) != anchors_.end()) continue;
        anchors_.push_back(std::move(subject));
    }
}

std::string TrustStore::describe() const {
    constexpr std::size_t kNamed = 2;
    std::string text;
    for (std::size_t i = 0; i < std::min(anchors_.size(), kNamed); ++i) {
        text += (i > 0 ? ", " : "") + anchors_[i];
    }
    if (anchors_.size() > kNamed) {
        text += " and " + std::to_string(anchors_.size() - kNamed) + " more";
    }
    if (!includes_system_) return text;
    return text.empty() ? "the system's trust store" : text + ", and the system's trust store";
}

}  // namespace countersign::certs
