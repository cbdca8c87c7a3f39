#include "profiles/yaml/secret_places.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "certs/text/base64.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kPassword = "password";
constexpr std::string_view kToken = "admin.token";
constexpr std::string_view kHeaders = ".request_headers";

/// "" and "[7]"; not "[7].name".
bool is_list_or_item(std::string_view rest) {
    return rest.empty() || (rest.starts_with('[') && rest.find(']') == rest.size() - 1);
}

/// A SEQUENCE with an INTEGER or another SEQUENCE in front, as every key in DER begins, and few
/// files' names. The rest may have been cut. An Ed25519 key has 64 characters.
bool is_der_in_base64(std::string_view text) {
    constexpr std::size_t kShortest = 60;
    const auto may_stand_in_it = [](char c) {
        return certs::base64_value(c) >= 0 || c == '=' || c == ' ';
    };
    if (text.size() < kShortest ||
        !std::ranges::all_of(text.substr(0, kShortest), may_stand_in_it)) {
        return false;
    }
    std::array<char, 6> bytes{};
    const bool begins = certs::decode_base64(text.substr(0, 8), bytes) == bytes.size();
    if (!begins || bytes[0] != '\x30') return false;
    const auto length = static_cast<unsigned char>(bytes[1]);
    const std::size_t more = length < 0x80 ? 0 : length - 0x80;
    return more <= 3 && (bytes[2 + more] == '\x02' || bytes[2 + more] == '\x30');
}

}  // namespace

bool may_hold_secret(std::string_view path) {
    if (path.empty() || path.find(kHeaders) != path.npos) return true;
    if (path.ends_with(kPassword) || path.find("password.") != path.npos) return true;
    if (path.starts_with(kToken)) return true;
    for (const std::string_view list : {"certificates", "clients"}) {
        if (path.starts_with(list)) return is_list_or_item(path.substr(list.size()));
    }
    return false;
}

bool hides_keys(std::string_view path) {
    if (path.ends_with(kPassword) || path == kToken) return true;
    const auto headers = path.find(kHeaders);
    if (headers == path.npos) return false;
    const auto below = path.substr(headers + kHeaders.size());
    return !below.empty() && below != ".set";
}

std::string_view name_in(std::string_view key) {
    return key.substr(0, key.find_first_of(":= \t\r\n"));
}

std::string_view name_in(std::string_view key, std::string_view parent) {
    if (!parent.empty() && may_hold_secret(parent)) return name_in(key);
    return key.substr(0, key.find_first_of(":="));
}

bool is_key_material(std::string_view text) {
    // The same in base64, as a Kubernetes Secret has it.
    constexpr std::string_view kPemInBase64 = "LS0tLS1";
    if (text.find("-----BEGIN") != text.npos || text.find(kPemInBase64) != text.npos) return true;
    // Also behind a directory: a '/' may be in base64, too.
    for (;;) {
        if (is_der_in_base64(text)) return true;
        const auto slash = text.find('/');
        if (slash == text.npos) return false;
        text.remove_prefix(slash + 1);
    }
}

}  // namespace countersign::profiles
