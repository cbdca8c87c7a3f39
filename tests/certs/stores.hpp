#pragma once

#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "certs/identity_loader.hpp"
#include "certs/key_store.hpp"
#include "tests/support/ca.hpp"

namespace countersign::certs {

void PrintTo(LoadErrorCode code, std::ostream* out);

}  // namespace countersign::certs

namespace countersign::tests {

/// The password of the stores in data/.
inline constexpr std::string_view kPassword = "changeit";

std::filesystem::path data(std::string_view name);

/// A store as an operator would name it, declared by the ending of its name.
certs::KeyStoreSource source_of(
    const std::filesystem::path& file, std::optional<std::string_view> password = kPassword
);

std::optional<certs::Secret> secret(std::string_view text);

/// Everything of an identity that a server or a signature could tell, in one text: two are the same
/// if these are.
std::string fingerprint_of(const certs::Identity& identity);

/// The code of an error that must have happened.
certs::LoadErrorCode code_of(const certs::LoadResult<certs::LoadedIdentity>& result);

/// Sets an environment variable for one scope; null takes it away.
class ScopedEnvironment {
public:
    ScopedEnvironment(std::string name, const char* value);
    ScopedEnvironment(const ScopedEnvironment&) = delete;
    ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;
    ~ScopedEnvironment();

private:
    std::string name_;
    std::optional<std::string> before_;
};

}  // namespace countersign::tests
