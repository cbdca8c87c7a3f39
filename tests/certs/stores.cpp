#include "tests/certs/stores.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <stdexcept>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/identity_loader.hpp"

namespace countersign::certs {

void PrintTo(LoadErrorCode code, std::ostream* out) {
    std::string name{"code "};
    name += std::to_string(static_cast<int>(code));
    *out << LoadError{code, name, ""}.message();
}

}  // namespace countersign::certs

namespace countersign::tests {

using certs::KeyStoreFormat;

std::filesystem::path data(std::string_view name) {
    return std::filesystem::path{TEST_DATA} / name;
}

certs::KeyStoreSource source_of(
    const std::filesystem::path& file, std::optional<std::string_view> password
) {
    certs::KeyStoreSource source;
    const std::string ending = file.extension();
    source.declared = ending == ".p12"   ? KeyStoreFormat::pkcs12
                      : ending == ".pem" ? KeyStoreFormat::pem
                                         : KeyStoreFormat::java_key_store;
    source.file = file;
    if (password) source.password = certs::Secret{std::string{*password}};
    return source;
}

std::optional<certs::Secret> secret(std::string_view text) {
    return certs::Secret{std::string{text}};
}

std::string fingerprint_of(const certs::Identity& identity) {
    std::string text = certs::fingerprint_of(identity.leaf());
    for (const certs::X509Handle& above : identity.chain()) {
        text.append(" ").append(certs::fingerprint_of(above.get()));
    }
    unsigned char* der = nullptr;
    const int length = i2d_PrivateKey(identity.key(), &der);
    if (length <= 0) throw std::runtime_error{"the key cannot be written"};
    text.append(" ").append(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
    OPENSSL_free(der);
    return text;
}

certs::LoadErrorCode code_of(const certs::LoadResult<certs::LoadedIdentity>& result) {
    if (result) throw std::runtime_error{"loaded " + result->identity.subject()};
    return result.error().code;
}

ScopedEnvironment::ScopedEnvironment(std::string name, const char* value) : name_{std::move(name)} {
    if (const char* before = ::getenv(name_.c_str())) before_ = before;
    value != nullptr ? ::setenv(name_.c_str(), value, 1) : ::unsetenv(name_.c_str());
}

ScopedEnvironment::~ScopedEnvironment() {
    before_ ? ::setenv(name_.c_str(), before_->c_str(), 1) : ::unsetenv(name_.c_str());
}

}  // namespace countersign::tests
