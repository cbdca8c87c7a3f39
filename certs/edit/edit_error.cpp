#include "certs/edit/edit_error.hpp"

#include <stdexcept>

namespace countersign::certs {

EditError openssl_error(const std::string& what) {
    const std::string reason = drain_openssl_errors();
    return {what + (reason.empty() ? "." : ": OpenSSL says: " + reason + ".")};
}

void throw_exception_from_error(const EditError& error, const boost::source_location&) {
    throw std::runtime_error{error.sentence};
}

}  // namespace countersign::certs
