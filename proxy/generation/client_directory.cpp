#include "proxy/generation/client_directory.hpp"

#include <array>
#include <cstring>

#include "certs/text/ascii.hpp"
#include "certs/text/base64.hpp"

namespace countersign::proxy::generation {

namespace {

/// The longest "name:password" that is looked at.
constexpr std::size_t kLongest = 768;

constexpr std::string_view kScheme = "basic ";

/// Wipes itself: a password stands in it.
struct Credentials {
    std::array<char, kLongest> bytes;

    ~Credentials() { ::explicit_bzero(bytes.data(), bytes.size()); }
};

}  // namespace

ClientDirectory ClientDirectory::load(
    const std::vector<profiles::NamedClient>& clients, std::vector<std::string>& problems
) {
    ClientDirectory made;
    for (const profiles::NamedClient& client : clients) {
        const std::string where = client.where.empty() ? "" : client.where + ": ";
        const std::string about = where + "client '" + client.name + "': ";
        const auto password = certs::read_password(client.password);
        if (!password) {
            problems.push_back(about + password.error().message());
        } else if (password->empty()) {
            problems.push_back(about + "its password is empty; give it one");
        } else if (client.name.size() + 1 + password->reveal().size() > kLongest) {
            problems.push_back(about + "its password is too long for a request's field");
        } else if (auto digest = certs::PasswordDigest::of(password->reveal())) {
            made.clients_.emplace(client.name, *digest);
        } else {
            problems.push_back(about + digest.error().message());
        }
    }
    return made;
}

bool ClientDirectory::is_basic(std::string_view authorization) {
    return certs::starts_ignoring_case(authorization, kScheme);
}

std::string_view ClientDirectory::identify(std::string_view authorization) const {
    if (!is_basic(authorization)) return {};
    authorization.remove_prefix(kScheme.size());
    while (authorization.starts_with(' ')) authorization.remove_prefix(1);
    Credentials credentials;
    const auto size = certs::decode_base64(authorization, credentials.bytes);
    if (!size) return {};
    const std::string_view text{credentials.bytes.data(), *size};
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    const auto at = clients_.find(text.substr(0, colon));
    const bool known = at != clients_.end();
    const certs::PasswordDigest& digest = known ? at->second : nobody_;
    const bool right = digest.matches(text.substr(colon + 1));
    return known && right ? std::string_view{at->first} : std::string_view{};
}

}  // namespace countersign::proxy::generation
