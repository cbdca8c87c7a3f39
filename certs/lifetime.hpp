#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// From when to when a certificate may be used: the one judge of it, for lint, log, tables and
/// routing.
struct Lifetime {
    using TimePoint = std::chrono::system_clock::time_point;

    TimePoint not_before;
    TimePoint not_after;

    static Lifetime of(const X509* certificate);
};

enum class Standing { not_yet_valid, valid, ends_soon, expired };

/// `warn_before`: how long before its end it ends soon; nullopt: never.
Standing standing_of(
    const Lifetime& life, Lifetime::TimePoint now,
    std::optional<std::chrono::seconds> warn_before = {}
);

/// What is to be said of a certificate, behind its name: "is not valid before …", "expired on …",
/// "expires on …, in 3 days"; empty where it is valid.
std::string standing_text(
    const Lifetime& life, Lifetime::TimePoint now,
    std::optional<std::chrono::seconds> warn_before = {}
);

/// For tables, of what `days_until` says: "98 days left", "EXPIRED".
std::string days_left_text(std::int64_t days);

}  // namespace countersign::certs
