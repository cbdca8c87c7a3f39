#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/error.hpp"

namespace countersign::certs {

/// What one guess costs (RFC 7914). Memory: 128·N·r bytes, where N is 2 to the power of `log_n`.
struct ScryptCost {
    std::uint32_t log_n = 14;
    std::uint32_t r = 8;
    std::uint32_t p = 5;

    std::uint64_t work() const { return (std::uint64_t{1} << log_n) * r * p; }
    friend bool operator==(const ScryptCost&, const ScryptCost&) = default;
};

/// A password that a person remembers, kept as its scrypt hash: what is in the file is not what
/// signs in, and to guess it takes long. In the text form of PHC and passlib,
/// "$scrypt$ln=14,r=8,p=5$SALT$HASH", both base64 without padding. To compare takes 64 MiB and a
/// second at most: not for a thread that others wait for.
class PasswordHash {
public:
    /// Error: why that is none, to follow "the hash …", as "the hash is of bcrypt, …". What was
    /// found is never repeated: it may be a password.
    static boost::system::result<PasswordHash, std::string> parse(std::string_view text);
    /// With a salt of its own. Fails where OpenSSL has no random numbers or no scrypt.
    static LoadResult<PasswordHash> of(std::string_view password, ScryptCost cost = {});
    /// One that no password has, at once; to compare with it takes as long as with another.
    static LoadResult<PasswordHash> of_nobody(ScryptCost cost);

    /// Takes the same time whatever the difference. Nullopt: there is no memory for it.
    std::optional<bool> matches(std::string_view password) const;
    const ScryptCost& cost() const { return cost_; }
    std::string text() const;

private:
    static LoadResult<PasswordHash> random(ScryptCost cost);

    ScryptCost cost_;
    std::string salt_;
    std::vector<std::uint8_t> hash_;
};

}  // namespace countersign::certs
