#include "certs/password_origin.hpp"

#include <utility>
#include <variant>

#include "certs/file.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

struct Origin {
    std::string operator()(const Secret&) const { return "the configuration itself"; }
    std::string operator()(const PasswordFile& file) const {
        return "the file " + where_of(file.path);
    }
    std::string operator()(const PasswordEnvironment& environment) const {
        return "the environment variable " + printable(environment.variable);
    }
    std::string operator()(const PasswordCredential& credential) const {
        return "the credential " + printable(credential.name);
    }
};

}  // namespace

std::string origin_of(const PasswordSource& source) { return std::visit(Origin{}, source); }

LoadError with_origin(LoadError error, const PasswordSource* source) {
    if (error.code == LoadErrorCode::wrong_password && source != nullptr) {
        error.detail +=
            "; the password came from " + origin_of(*source) + ": put the right one there";
    }
    return error;
}

}  // namespace countersign::certs
