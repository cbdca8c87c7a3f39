#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "certs/error.hpp"

namespace countersign::certs {

/// A password that callers give, kept as SHA-256 with a salt of this process: what is in memory is
/// not what a caller has to send. It is compared for every request, so it is no slow hash; against
/// guessing, passwords have to be long.
class PasswordDigest {
public:
    /// Fails where OpenSSL has no random numbers or no SHA-256.
    static LoadResult<PasswordDigest> of(std::string_view password);

    /// Takes the same time whatever the difference.
    bool matches(std::string_view password) const;
    /// In lower-case hexadecimal, for who is to see later whether it is still the same.
    std::string hex() const;
    /// Whether both are of the same password.
    friend bool operator==(const PasswordDigest&, const PasswordDigest&) = default;

private:
    using Bytes = std::array<std::uint8_t, 32>;

    Bytes digest_{};
};

}  // namespace countersign::certs
