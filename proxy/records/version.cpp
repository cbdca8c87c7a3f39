#include "proxy/records/version.hpp"

#include "certs/password_digest.hpp"

namespace countersign::proxy::records {

namespace {

constexpr std::size_t kVersionDigits = 32;

}  // namespace

std::string version_of_text(std::string_view text) {
    const auto digest = certs::PasswordDigest::of(text);
    return digest ? digest->hex().substr(0, kVersionDigits) : std::string{};
}

}  // namespace countersign::proxy::records
