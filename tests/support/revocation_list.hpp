#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/ca.hpp"

namespace countersign::tests {

/// What a revocation list shall say. The times are relative to now.
struct CrlSpec {
    std::vector<const X509*> revoked = {};
    int reason = CRL_REASON_NONE;  ///< of each of them, as OpenSSL numbers them
    std::chrono::seconds this_update = std::chrono::hours{-1};
    std::chrono::seconds next_update = std::chrono::hours{24};
    bool says_an_end = true;
    /// Which certificates it is about, as OpenSSL's configuration has it: "onlyCA:TRUE",
    /// "fullname:URI:http://…"; empty: all.
    std::string scope = {};
    bool delta = false;
    bool unknown_critical = false;  ///< a critical extension that nobody knows
};

/// A list of that authority. What OpenSSL refuses throws std::runtime_error.
certs::CrlHandle make_crl(const Ca& authority, const CrlSpec& spec);
std::string crl_pem(const Ca& authority, const CrlSpec& spec);
std::string crl_der(const Ca& authority, const CrlSpec& spec);

}  // namespace countersign::tests
