#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// The certificates that a server is checked against. Never empty; immutable; the X509_STORE is
/// shared by reference count with the TLS contexts that use it. Any certificate in it is an anchor,
/// also an intermediate or a single server certificate (X509_V_FLAG_PARTIAL_CHAIN). The system's
/// store is there only where TrustSystem was named.
class TrustStore {
public:
    /// Reads every source. Error: the first that fails; no_certificate where one gives none;
    /// too_much beyond kMostAnchors. The
    /// system's directory is looked into by hash when a server is verified, not parsed at load (140
    /// certificates cost 17 ms).
    static constexpr std::size_t kMostAnchors = 2000;
    static LoadResult<TrustStore> load(const std::vector<TrustSource>& sources);

    X509_STORE* store() const { return store_.get(); }

    /// The anchors themselves, without duplicates; the system's are not among them.
    const std::vector<X509Handle>& certificates() const { return certificates_; }
    /// What was left out of files and directories, and why.
    const std::vector<std::string>& notes() const { return notes_; }
    /// Of the anchors that vouch for nobody, a sentence each, as lint has it: see
    /// `anchor_fault_of`.
    const std::vector<std::string>& faults() const { return faults_; }

    /// "CN=Partner Root CA" or "CN=A, CN=B and 3 more, and the system's trust store".
    std::string describe() const;

    /// Whether both vouch for the same servers: the same anchors in the same order, and the
    /// system's store, as far as it belongs to them, has not changed between the two.
    bool has_content_of(const TrustStore& other) const;

private:
    TrustStore() = default;

    struct Seen;

    std::optional<LoadError> add(const TrustFile& file, Seen& seen);
    std::optional<LoadError> add(const TrustInlinePem& pem, Seen& seen);
    std::optional<LoadError> add(const TrustSystem&, Seen& seen);
    std::optional<LoadError> add_anchors(
        const std::vector<X509Handle>& certificates, const std::string& where, Seen& seen
    );

    X509StoreHandle store_;
    std::vector<X509Handle> certificates_;
    std::vector<std::string> anchors_;  ///< their subjects, each once
    std::vector<std::string> notes_;
    std::vector<std::string> faults_;
    bool includes_system_ = false;
    std::string system_state_;  ///< system_trust_state(), where it is included
};

}  // namespace countersign::certs
