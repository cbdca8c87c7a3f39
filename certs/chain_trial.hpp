#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// What a server makes of a client's chain, as far as certificates say it.
struct ChainTrial {
    bool accepted = false;
    std::string reason;  ///< where it is not: a sentence without its end, "'CN=acme' expired on …"
    std::vector<std::string> chain;  ///< subjects, leaf first, up to what is trusted
    /// Accepted by servers that take any trusted certificate as an anchor (Java), and refused by
    /// those that want a root there (nginx, Apache).
    bool wants_root = false;
};

/// `sent`: what is presented, leaf first; the rest in any order. `trust`: what the server trusts.
ChainTrial try_chain(
    const std::vector<X509Handle>& sent, X509_STORE* trust,
    std::chrono::system_clock::time_point now
);

}  // namespace countersign::certs
