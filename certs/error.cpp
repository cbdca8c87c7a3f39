#include "certs/error.hpp"

#include <openssl/err.h>

#include <stdexcept>
#include <string_view>
#include <utility>

#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

struct Wording {
    std::string_view problem;  ///< goes on after `where`
    std::string_view remedy;   ///< a sentence of its own; empty where the error says what to do
};

std::string_view password_remedy(Audience audience) {
    switch (audience) {
        case Audience::command:
            return "Name it with --password-file or --password-env.";
        case Audience::form:
            return "Type its password.";
        case Audience::key_store_record:
        case Audience::trust_record:
            break;
    }
    return "Put its password into a file, and write password: { file: PATH } in this record.";
}

std::string_view request_remedy(Audience audience) {
    switch (audience) {
        case Audience::key_store_record:
            return "Send it to the authority, and name under `file` the certificate that comes "
                   "back.";
        case Audience::trust_record:
            // What comes back is one's own, and trusting that accepts no server.
            return "Name the certificate of the server's authority (PEM or DER).";
        case Audience::command:
            return "Send it to the authority, and import the certificate that comes back.";
        case Audience::form:
            return "Send it to the authority, and choose the certificate that comes back, with its "
                   "private key.";
    }
    return "";
}

Wording wording_of(LoadErrorCode code, Audience audience) {
    switch (code) {
        case LoadErrorCode::unreadable:
            return {"cannot be read", ""};
        case LoadErrorCode::not_recognised:
            return {"is in no format that is read here", ""};
        case LoadErrorCode::malformed:
            return {"is damaged", "Get a new copy, transferred as binary and in full."};
        case LoadErrorCode::unsupported:
            return {"is of a kind that is not supported", ""};
        case LoadErrorCode::password_needed:
            return {"is encrypted and no password is given", password_remedy(audience)};
        case LoadErrorCode::wrong_password:
            return {"is not opened by the password given", ""};
        case LoadErrorCode::no_private_key:
            return {"gives no private key", ""};
        case LoadErrorCode::no_certificate:
            return {"gives no certificate", ""};
        case LoadErrorCode::only_request:
            return {"holds a certificate request and no certificate", request_remedy(audience)};
        case LoadErrorCode::alias_missing:
            return {"has no entry of that name", ""};
        case LoadErrorCode::alias_needed:
            return {"holds several private keys", ""};
        case LoadErrorCode::key_mismatch:
            return {
                "has a private key that does not belong to the certificate",
                "Use the certificate that was issued for this key, or the key that was used to "
                "request it."};
        case LoadErrorCode::too_much:
            return {
                "holds more than is read here",
                "Keep in it what is needed, and take the rest out."};
    }
    return {"cannot be loaded", ""};
}

}  // namespace

LoadError malformed(std::string where, std::string detail) {
    return {LoadErrorCode::malformed, std::move(where), std::move(detail)};
}

std::string LoadError::message(Audience audience) const {
    const Wording wording = wording_of(code, audience);
    std::string sentence = cause;
    if (cause.empty()) {
        sentence.append(where).append(" ").append(wording.problem);
        if (!detail.empty()) sentence.append(": ").append(detail);
    }
    sentence += '.';
    const std::string_view what_to_do = remedy.empty() ? wording.remedy : remedy;
    if (!what_to_do.empty()) sentence.append(" ").append(what_to_do);
    return sentence;
}

void throw_exception_from_error(const LoadError& error, const boost::source_location&) {
    throw std::runtime_error{error.message()};
}

std::string drain_openssl_errors() {
    std::string text;
    const char* data = nullptr;
    int flags = 0;
    while (const unsigned long code = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags)) {
        if (!text.empty()) text += "; ";
        const char* reason = ERR_reason_error_string(code);
        text += reason != nullptr ? reason : "error " + std::to_string(ERR_GET_REASON(code));
        if ((flags & ERR_TXT_STRING) != 0 && data != nullptr && *data != '\0') {
            text.append(" (").append(printable(data)).append(")");
        }
    }
    return text;
}

}  // namespace countersign::certs
