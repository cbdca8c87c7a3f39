#include "proxy/generation/client_directory.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "certs/text/ascii.hpp"

namespace countersign::proxy {

namespace {

/// The longest "name:password" that is looked at.
constexpr std::size_t kLongest = 768;

/// Wipes itself: a password stands in it.
struct Credentials {
    std::array<char, kLongest> bytes;
    std::size_t size = 0;

    ~Credentials() { ::explicit_bzero(bytes.data(), bytes.size()); }
    std::string_view text() const { return {bytes.data(), size}; }
};

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
}

bool decode(std::string_view text, Credentials& out) {
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    if ((text.size() + padding) % 4 != 0 || text.size() * 3 / 4 > out.bytes.size()) return false;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const int value = base64_value(c);
        if (value < 0) return false;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out.bytes[out.size++] = static_cast<char>(bits >> held);
        bits &= (1U << held) - 1;
    }
    return bits == 0;
}

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

std::string_view ClientDirectory::identify(std::string_view authorization) const {
    constexpr std::string_view kScheme = "basic ";
    if (!certs::starts_ignoring_case(authorization, kScheme)) return {};
    authorization.remove_prefix(kScheme.size());
    while (authorization.starts_with(' ')) authorization.remove_prefix(1);
    Credentials credentials;
    if (!decode(authorization, credentials)) return {};
    const std::string_view text = credentials.text();
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    const auto at = clients_.find(text.substr(0, colon));
    const bool known = at != clients_.end();
    const certs::PasswordDigest& digest = known ? at->second : nobody_;
    const bool right = digest.matches(text.substr(colon + 1));
    return known && right ? std::string_view{at->first} : std::string_view{};
}

}  // namespace countersign::proxy
