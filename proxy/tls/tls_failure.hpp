#pragma once

#include <string>
#include <vector>

namespace countersign::proxy {

/// What went wrong in one TLS connection, as it was found: plain facts, which `handshake_report`
/// puts into words.
struct TlsFailure {
    enum class Kind {
        certificate,  ///< the server's certificate was not accepted by us
        alert,        ///< the server sent a fatal alert
        closed,       ///< the server closed without a word of TLS
        reset,        ///< the connection broke below TLS
        protocol,     ///< anything else: no common version, bad record …
    };

    Kind kind = Kind::protocol;
    bool after_handshake =
        false;  ///< also: in TLS 1.3, the refusal of our certificate comes only then

    int verify_error = 0;             ///< certificate: X509_V_ERR_…
    std::string verify_text;          ///< certificate: OpenSSL's words
    int verify_depth = 0;             ///< certificate: 0 is the leaf
    std::string certificate_subject;  ///< certificate: the one that was not accepted
    std::string certificate_issuer;
    std::string not_before;  ///< of that certificate, as text
    std::string not_after;
    std::vector<std::string> certificate_names;  ///< the leaf's subject alternative names
    std::string constraining_authority;   ///< certificate: whose name constraints it breaks …
    std::string constrained_name;         ///< … with which name; empty where that is not known
    std::vector<std::string> chain_pins;  ///< certificate: its keys, where none was a pinned one

    int alert = -1;          ///< alert: its number
    std::string alert_name;  ///< alert: "bad certificate"

    std::string text;     ///< OpenSSL's own words, or the system's
    std::string version;  ///< "TLSv1.3", empty before it is known
    bool certificate_requested = false;
    std::vector<std::string>
        accepted_issuers;  ///< the CA names of the server's certificate request
};

}  // namespace countersign::proxy
