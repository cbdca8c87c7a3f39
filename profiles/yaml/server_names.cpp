#include "profiles/yaml/server_names.hpp"

#include <algorithm>

namespace countersign::profiles {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// 43 digits and one '=': 32 bytes.
std::optional<Pin> decode(std::string_view text) {
    if (text.size() != 44 || text.back() != '=') return std::nullopt;
    Pin pin{};
    std::uint32_t bits = 0;
    std::size_t held = 0;
    std::size_t at = 0;
    for (const char c : text.substr(0, 43)) {
        const auto digit = kDigits.find(c);
        if (digit == kDigits.npos) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        pin[at++] = static_cast<std::uint8_t>(bits >> held);
        bits &= (1U << held) - 1;
    }
    return at == pin.size() && bits == 0 ? std::optional{pin} : std::nullopt;
}

bool is_uri(std::string_view text) {
    const auto colon = text.find("://");
    const auto printable = [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; };
    return colon != text.npos && colon > 0 && text.size() > colon + 3 &&
           std::ranges::all_of(text, printable);
}

}  // namespace

std::optional<VerifyName> as_verify_name(const YamlField& field) {
    constexpr std::string_view kExpected =
        "a host name, an IP address or a URI such as spiffe://partner.example/api";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    if (is_uri(*text)) {
        if (!text->starts_with("http://") && !text->starts_with("https://")) {
            return VerifyName{VerifyName::Kind::uri, std::string{*text}};
        }
        field.problem(quote(*text) + " is a URL; a server's name stands without scheme and path");
        return std::nullopt;
    }
    const auto host = normalise_host(*text);
    if (!host) {
        field.unexpected(kExpected);
        return std::nullopt;
    }
    const bool address = IpAddress::parse(*host).has_value();
    return VerifyName{address ? VerifyName::Kind::ip : VerifyName::Kind::dns, *host};
}

std::optional<Pin> as_pin(const YamlField& field) {
    constexpr std::string_view kPrefix = "sha256/";
    constexpr std::string_view kExpected =
        "sha256/ and the base64 of the SHA-256 of a public key, 44 characters";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    if (text->starts_with(kPrefix)) {
        if (const auto pin = decode(text->substr(kPrefix.size()))) return pin;
    }
    field.unexpected(kExpected);
    return std::nullopt;
}

}  // namespace countersign::profiles
