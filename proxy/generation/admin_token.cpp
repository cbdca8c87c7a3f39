#include "proxy/generation/admin_token.hpp"

#include <cstddef>

namespace countersign::proxy::generation {

namespace {

constexpr std::size_t kShortest = 16;

}  // namespace

boost::system::result<certs::PasswordDigest, std::string> admin_token_digest(
    const certs::PasswordSource& source
) {
    const auto token = certs::read_password(source);
    if (!token) return token.error().message();
    if (token->reveal().size() < kShortest) {
        return "it is shorter than " + std::to_string(kShortest) +
               " characters, so it can be guessed; make one with `openssl rand -hex 32`";
    }
    auto digest = certs::PasswordDigest::of(token->reveal());
    if (!digest) return digest.error().message();
    return *digest;
}

}  // namespace countersign::proxy::generation
