#include "certs/trust_store.hpp"

#include <algorithm>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/file.hpp"
#include "certs/java/java_key_store.hpp"
#include "certs/pem.hpp"
#include "certs/pkcs12.hpp"
#include "certs/printable.hpp"
#include "certs/system_trust.hpp"

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

// One certificate after the other, as `cat a.der b.der` makes them.
LoadResult<Certificates> from_der(ByteView bytes, const std::string& where) {
    Certificates certificates;
    const unsigned char* data = bytes.data();
    const unsigned char* const end = data + bytes.size();
    while (data != end) {
        X509Handle certificate{d2i_X509(nullptr, &data, end - data)};
        const std::string reason = drain_openssl_errors();
        if (!certificate && certificates.empty()) {
            return LoadError{
                LoadErrorCode::not_recognised, where,
                "certificates in PEM or DER are expected (" + reason + ")"};
        }
        if (!certificate) {
            return LoadError{
                LoadErrorCode::malformed, where,
                "after certificate " + std::to_string(certificates.size()) + ": " + reason};
        }
        certificates.push_back(std::move(certificate));
    }
    return certificates;
}

LoadResult<Certificates> read_certificates(ByteView bytes, const std::string& where) {
    if (bytes.empty()) {
        return LoadError{LoadErrorCode::no_certificate, where, "the file is empty"};
    }
    if (is_java_key_store(bytes) || is_pkcs12(bytes)) {
        return LoadError{
            LoadErrorCode::unsupported, where,
            "it is a key store; export its trusted certificates as PEM, with "
            "`keytool -exportcert -rfc` or `openssl pkcs12 -nokeys`"};
    }
    return is_pem(bytes) ? from_pem(bytes, where) : from_der(bytes, where);
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
    const LoadResult<SecretBytes> bytes = read_file(file.path, kMaxStoreBytes);
    if (!bytes) return bytes.error();
    const LoadResult<Certificates> certificates = read_certificates(*bytes, where_of(file.path));
    if (!certificates) return certificates.error();
    add_anchors(*certificates);
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
        X509_STORE_add_cert(store(), certificate.get());
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
