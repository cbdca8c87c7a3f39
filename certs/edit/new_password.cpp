#include "certs/edit/new_password.hpp"

#include <algorithm>
#include <cstddef>

namespace countersign::certs {

EditResult<std::vector<std::string>> judge_new_password(
    Container container, const std::optional<Secret>& password
) {
    constexpr std::size_t kLeastLength = 6;
    const std::string name{name_of(container)};
    std::vector<std::string> notes;
    if (!password) {
        if (is_java(container)) return EditError{name + " is never without a password."};
        return notes;
    }
    if (password->reveal().size() < kLeastLength && container != Container::pem) {
        return EditError{
            "the password is shorter than six characters, and keytool does not accept such a one. "
            "Take a longer one."};
    }
    if (password->empty())
        return EditError{"the password is empty. Give one, or say that none is wanted."};
    const bool ascii =
        std::ranges::all_of(password->reveal(), [](char c) { return c >= ' ' && c < '\x7f'; });
    if (!ascii && container == Container::jceks) {
        return EditError{
            "JCEKS takes only passwords in ASCII: Java opens it with no other. Take another "
            "password, or JKS."};
    }
    if (!ascii && container == Container::pkcs12) {
        notes.push_back(
            "the password is not plain ASCII: Java does not open PKCS#12 with such a one, OpenSSL "
            "and Countersign do"
        );
    }
    return notes;
}

}  // namespace countersign::certs
