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
    std::string_view remedy;   ///< a sentence of its own; empty where the detail says what to do
};

Wording wording_of(LoadErrorCode code) {
    switch (code) {
        case LoadErrorCode::unreadable:
            return {"cannot be read", "Check the name, and that this process may read it."};
        case LoadErrorCode::not_recognised:
            return {"is in no format that is read here", ""};
        case LoadErrorCode::malformed:
            return {"is damaged", "Get a new copy, transferred as binary and in full."};
        case LoadErrorCode::unsupported:
            return {"is of a kind that is not supported", ""};
        case LoadErrorCode::password_needed:
            return {
                "is encrypted and no password is given",
                "Set `password`, or `key_password` where the key has its own."};
        case LoadErrorCode::wrong_password:
            return {"is not opened by the password given", ""};
        case LoadErrorCode::no_private_key:
            return {
                "gives no private key", "An identity needs the key itself, not only certificates."};
        case LoadErrorCode::no_certificate:
            return {"gives no certificate", ""};
        case LoadErrorCode::alias_missing:
            return {"has no entry of that name", "Set `alias` to one that exists."};
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

std::string LoadError::message() const {
    const Wording wording = wording_of(code);
    std::string sentence = where;
    sentence.append(" ").append(wording.problem);
    if (!detail.empty()) sentence.append(": ").append(detail);
    sentence += '.';
    if (!wording.remedy.empty()) sentence.append(" ").append(wording.remedy);
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
