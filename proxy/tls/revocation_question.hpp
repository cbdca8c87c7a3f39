#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "proxy/tls/tls_failure.hpp"

namespace countersign::proxy::tls {

/// A certificate and its issuer, as SHA-256.
using RevocationKey = std::array<unsigned char, 32>;

/// A certificate of a verified chain of which neither a list nor a staple says, as of today,
/// whether it is revoked, and which names somebody who may be asked. Immutable, for any thread.
struct RevocationQuestion {
    RevocationKey key{};
    certs::X509Handle certificate;
    certs::X509Handle issuer;
    int depth = 0;                        ///< in its chain
    std::vector<std::string> responders;  ///< of OCSP, "http://…"
    std::vector<std::string> lists;       ///< "http://…"
    int error = 0;  ///< X509_V_ERR_…: what `hard` has against it unanswered …
    RevocationObjection objection = {};  ///< … and what is known
};

/// Those of one chain, leaf first; null: there are none.
using RevocationQuestions = std::shared_ptr<const std::vector<RevocationQuestion>>;

/// What was found out about them.
struct RevocationFinding {
    int error = 0;             ///< X509_V_ERR_…; X509_V_OK: they are accepted
    std::size_t question = 0;  ///< the index of that which is not
    RevocationObjection objection = {};
    std::chrono::system_clock::time_point known_until =
        std::chrono::system_clock::time_point::max();  ///< how long that stands
};

/// A question about the certificate; without pointers where it has none that may be asked.
RevocationQuestion question_about(X509* certificate, X509* issuer, int depth);

bool has_question(const RevocationQuestions& questions, const RevocationKey& key);
/// Whether all of `some` are among `others`, too.
bool are_among(const RevocationQuestions& some, const RevocationQuestions& others);

}  // namespace countersign::proxy::tls
