#include "certs/password_hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "certs/text/base64.hpp"

namespace countersign::certs {
namespace {

constexpr std::string_view kScrypt = "$scrypt$";
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kMostBytes = 64;
constexpr std::size_t kLeastSalt = 8;

/// Guesses cost at least what scrypt's paper has for signing in, ln=14, r=8, p=1.
constexpr std::uint64_t kLeastWork = std::uint64_t{1} << 17;
/// A second on a slow machine.
constexpr std::uint64_t kMostWork = std::uint64_t{1} << 21;
constexpr std::uint64_t kMostMemory = std::uint64_t{64} << 20;
/// Beside the blocks OpenSSL counts what it needs for itself.
constexpr std::uint64_t kMemoryLimit = kMostMemory + (std::uint64_t{16} << 20);

/// Other kinds that people have.
constexpr std::pair<std::string_view, std::string_view> kOtherKinds[] = {
    {"$2", "bcrypt"},
    {"$argon2", "Argon2"},
    {"$pbkdf2", "PBKDF2"},
    {"pbkdf2", "PBKDF2"},
    {"$apr1$", "Apache's MD5"},
    {"$1$", "MD5-crypt"},
    {"$5$", "SHA-256-crypt"},
    {"$6$", "SHA-512-crypt"},
    {"$y$", "yescrypt"},
    {"$7$", "scrypt in crypt's form"},
    {"scrypt:", "scrypt in Werkzeug's form"},
    {"{SHA}", "SHA-1"},
    {"{SSHA}", "SHA-1"},
};

bool derive(
    std::string_view password, std::string_view salt, const ScryptCost& cost,
    std::vector<std::uint8_t>& out
) {
    return EVP_PBE_scrypt(
               password.data(), password.size(),
               reinterpret_cast<const unsigned char*>(salt.data()), salt.size(),
               std::uint64_t{1} << cost.log_n, cost.r, cost.p, kMemoryLimit, out.data(), out.size()
           ) == 1;
}

/// The text up to the next `end`, which goes with it.
std::string_view cut(std::string_view& text, char end) {
    const std::size_t at = std::min(text.find(end), text.size());
    const std::string_view front = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return front;
}

/// "ln=15": the number behind that name.
std::optional<std::uint32_t> number(std::string_view text, std::string_view name) {
    if (!text.starts_with(name)) return std::nullopt;
    text.remove_prefix(name.size());
    std::uint32_t value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value);
    if (error != std::errc{} || end != last || value == 0 || value > 0xffff) return std::nullopt;
    return value;
}

std::optional<std::string> unpadded_base64(std::string_view text) {
    std::string padded{text};
    while (padded.size() % 4 != 0) padded += '=';
    std::array<char, kMostBytes> bytes{};
    const auto size = decode_base64(padded, bytes);
    if (!size) return std::nullopt;
    return std::string{bytes.data(), *size};
}

std::string in_unpadded_base64(std::string_view bytes) {
    std::string text = encode_base64(bytes);
    while (text.ends_with('=')) text.pop_back();
    return text;
}

/// Empty: it is one that is taken.
std::string cost_problem(const ScryptCost& cost) {
    if (cost.log_n > 30 || (std::uint64_t{128} << cost.log_n) * cost.r > kMostMemory) {
        return "takes more than 64 MiB of memory for each who signs in; ln=16, r=8 is the most";
    }
    if (cost.work() > kMostWork) {
        return "takes a second and more for each who signs in; ln=16, r=8, p=4 is the most";
    }
    if (cost.log_n < 10 || cost.work() < kLeastWork) {
        return "costs who guesses too little; ln=14, r=8, p=1 is the least";
    }
    return {};
}

}  // namespace

boost::system::result<PasswordHash, std::string> PasswordHash::parse(std::string_view text) {
    if (!text.starts_with(kScrypt)) {
        for (const auto& [front, kind] : kOtherKinds) {
            if (text.starts_with(front))
                return "is of " + std::string{kind} + ", and only scrypt's are taken";
        }
        return std::string{"is none: it begins with $scrypt$"};
    }
    text.remove_prefix(kScrypt.size());
    std::string_view costs = cut(text, '$');
    const auto log_n = number(cut(costs, ','), "ln=");
    const auto r = number(cut(costs, ','), "r=");
    const auto p = number(cut(costs, ','), "p=");
    const auto salt = unpadded_base64(cut(text, '$'));
    const auto hash = unpadded_base64(cut(text, '$'));
    if (!log_n || !r || !p || !costs.empty() || !text.empty() || !salt || !hash) {
        return std::string{"is broken; its form is $scrypt$ln=14,r=8,p=5$SALT$HASH"};
    }
    if (salt->size() < kLeastSalt || hash->size() < kHashBytes) {
        return std::string{"is too short: its salt has 8 bytes or more, and the hash itself 32"};
    }
    PasswordHash made;
    made.cost_ = {*log_n, *r, *p};
    if (std::string problem = cost_problem(made.cost_); !problem.empty()) return problem;
    made.salt_ = *salt;
    made.hash_.assign(hash->begin(), hash->end());
    return made;
}

LoadResult<PasswordHash> PasswordHash::random(ScryptCost cost) {
    PasswordHash made;
    made.cost_ = cost;
    std::array<unsigned char, kSaltBytes + kHashBytes> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        return LoadError{LoadErrorCode::unsupported, "random numbers", drain_openssl_errors()};
    made.salt_.assign(bytes.begin(), bytes.begin() + kSaltBytes);
    made.hash_.assign(bytes.begin() + kSaltBytes, bytes.end());
    return made;
}

LoadResult<PasswordHash> PasswordHash::of(std::string_view password, ScryptCost cost) {
    auto made = random(cost);
    if (made && !derive(password, made->salt_, cost, made->hash_))
        return LoadError{LoadErrorCode::unsupported, "scrypt", drain_openssl_errors()};
    return made;
}

LoadResult<PasswordHash> PasswordHash::of_nobody(ScryptCost cost) { return random(cost); }

std::optional<bool> PasswordHash::matches(std::string_view password) const {
    std::vector<std::uint8_t> derived(hash_.size());
    if (!derive(password, salt_, cost_, derived)) {
        drain_openssl_errors();
        return std::nullopt;
    }
    return CRYPTO_memcmp(derived.data(), hash_.data(), hash_.size()) == 0;
}

std::string PasswordHash::text() const {
    const std::string_view hash{reinterpret_cast<const char*>(hash_.data()), hash_.size()};
    return std::string{kScrypt} + "ln=" + std::to_string(cost_.log_n) +
           ",r=" + std::to_string(cost_.r) + ",p=" + std::to_string(cost_.p) + '$' +
           in_unpadded_base64(salt_) + '$' + in_unpadded_base64(hash);
}

}  // namespace countersign::certs
