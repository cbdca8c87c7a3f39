#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "certs/source.hpp"

namespace countersign::profiles {

/// One named entry under `certificates:` — a key store, or trusted certificates.
struct CertificateRecord {
    std::string name;
    bool active = true;
    std::string description;
    /// TrustSystem never stands here.
    std::variant<certs::KeyStoreSource, certs::TrustSource> source;
    std::chrono::hours warn_before_expiry{30 * 24};
    std::string where;  ///< file:line:column

    bool is_key_store() const { return source.index() == 0; }
};

}  // namespace countersign::profiles
