#include "profiles/yaml/secret_places.hpp"

#include <algorithm>

namespace countersign::profiles {
namespace {

constexpr std::string_view kPassword = "password";
constexpr std::string_view kHeaders = ".request_headers";

/// "" and "[7]"; not "[7].name".
bool is_list_or_item(std::string_view rest) {
    return rest.empty() || (rest.starts_with('[') && rest.find(']') == rest.size() - 1);
}

}  // namespace

bool may_hold_secret(std::string_view path) {
    if (path.empty() || path.find(kHeaders) != path.npos) return true;
    if (path.ends_with(kPassword) || path.find("password.") != path.npos) return true;
    for (const std::string_view list : {"certificates", "clients"}) {
        if (path.starts_with(list)) return is_list_or_item(path.substr(list.size()));
    }
    return false;
}

bool hides_keys(std::string_view path) {
    if (path.ends_with(kPassword)) return true;
    const auto headers = path.find(kHeaders);
    if (headers == path.npos) return false;
    const auto below = path.substr(headers + kHeaders.size());
    return !below.empty() && below != ".set";
}

std::string_view name_in(std::string_view key) {
    return key.substr(0, key.find_first_of(":= \t\r\n"));
}

bool is_key_material(std::string_view text) {
    if (text.find("-----BEGIN") != text.npos) return true;
    const auto in_base64 = [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=' || c == ' ';
    };
    // A SEQUENCE, with which every key in DER begins. An Ed25519 one has 64 characters.
    return text.size() >= 60 && text.front() == 'M' && std::ranges::all_of(text, in_base64);
}

}  // namespace countersign::profiles
