#pragma once

#include <openssl/ocsp.h>

#include <chrono>
#include <string>

#include "tests/support/ca.hpp"

namespace countersign::tests {

/// What an OCSP answer about one certificate shall say. The times are relative to now.
struct OcspSpec {
    int status = V_OCSP_CERTSTATUS_GOOD;
    int reason = OCSP_REVOKED_STATUS_NOSTATUS;  ///< of a revoked one
    std::chrono::seconds this_update = std::chrono::hours{-1};
    std::chrono::seconds next_update = std::chrono::hours{24};
    bool says_an_end = true;
    const Issued* responder = nullptr;  ///< who signs; null: the certificate's authority itself
    bool sha256 = false;                ///< how the certificate is named; else by SHA-1
};

/// The answer in DER, as servers send it. `authority`: that has issued the certificate. What
/// OpenSSL refuses throws std::runtime_error.
std::string ocsp_answer(const Ca& authority, const X509* certificate, const OcspSpec& spec);
/// An answer that says no more than that: "try later".
std::string ocsp_refusal(int status);

}  // namespace countersign::tests
