#include "certs/lint/finding.hpp"

namespace countersign::certs {

std::string_view name_of(FindingCode code) {
    switch (code) {
        case FindingCode::key_mismatch:
            return "key-mismatch";
        case FindingCode::key_not_opened:
            return "key-not-opened";
        case FindingCode::no_certificate:
            return "no-certificate";
        case FindingCode::self_signed:
            return "self-signed";
        case FindingCode::chain_incomplete:
            return "chain-incomplete";
        case FindingCode::chain_misordered:
            return "chain-misordered";
        case FindingCode::expired:
            return "expired";
        case FindingCode::expires_soon:
            return "expires-soon";
        case FindingCode::not_yet_valid:
            return "not-yet-valid";
        case FindingCode::no_client_auth:
            return "no-client-auth";
        case FindingCode::no_server_auth:
            return "no-server-auth";
        case FindingCode::no_digital_signature:
            return "no-digital-signature";
        case FindingCode::weak_signature:
            return "weak-signature";
        case FindingCode::weak_key:
            return "weak-key";
        case FindingCode::name_only_in_cn:
            return "name-only-in-cn";
        case FindingCode::authority_as_leaf:
            return "authority-as-leaf";
        case FindingCode::not_an_authority:
            return "not-an-authority";
        case FindingCode::opens_without_password:
            return "opens-without-password";
    }
    return "?";
}

std::string_view name_of(Severity severity) {
    return severity == Severity::error ? "error" : "warning";
}

}  // namespace countersign::certs
