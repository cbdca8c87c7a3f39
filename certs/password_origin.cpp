#include "certs/password_origin.hpp"

#include <utility>
#include <variant>

#include "certs/file.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

struct Origin {
    std::string operator()(const Secret&) const {
        return "the password that stands in the configuration";
    }
    std::string operator()(const PasswordFile& file) const {
        return "the password from the file " + where_of(file.path);
    }
    std::string operator()(const PasswordEnvironment& environment) const {
        return "the password from the environment variable " + printable(environment.variable);
    }
    std::string operator()(const PasswordCredential& credential) const {
        return "the password from the credential " + printable(credential.name);
    }
};

/// Where the right one belongs.
struct Remedy {
    std::string operator()(const Secret&) const {
        return "Correct it under `" + std::string{key} + "`.";
    }
    std::string operator()(const PasswordFile& file) const {
        return "Put the right password into " + where_of(file.path) + ".";
    }
    std::string operator()(const PasswordEnvironment& environment) const {
        return "Set " + printable(environment.variable) + " to the right password.";
    }
    std::string operator()(const PasswordCredential& credential) const {
        return "Put the right password into the credential " + printable(credential.name) + ".";
    }

    std::string_view key;
};

}  // namespace

std::string origin_of(const PasswordSource& source) { return std::visit(Origin{}, source); }

LoadError not_opened_by(LoadError error, const std::string& origin, const std::string& remedy) {
    if (error.code != LoadErrorCode::wrong_password) return error;
    error.cause = origin + " does not open " + error.where + ": " + error.detail;
    error.remedy = error.remedy.empty() ? remedy : remedy + " " + error.remedy;
    return error;
}

LoadError with_origin(LoadError error, const PasswordSource* source, std::string_view key) {
    if (source == nullptr) return error;
    return not_opened_by(std::move(error), origin_of(*source), std::visit(Remedy{key}, *source));
}

}  // namespace countersign::certs
