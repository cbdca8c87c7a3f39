#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "certs/source.hpp"

namespace countersign::profiles {

/// The type of a record with trusted certificates; certs/source.hpp has those of key stores.
inline constexpr std::string_view kTrustRecord = "trust_store_cert";

/// One named entry under `certificates:` — a key store, or trusted certificates.
struct CertificateRecord {
    std::string name;
    bool active = true;
    std::string description;
    /// TrustSystem never stands here.
    std::variant<certs::KeyStoreSource, certs::TrustSource> source;
    std::chrono::hours warn_before_expiry{30 * 24};
    std::string where;  ///< file:line:column
    std::filesystem::path written_in;

    bool is_key_store() const { return source.index() == 0; }
};

}  // namespace countersign::profiles
