#include "profiles/yaml/server_names.hpp"

#include <algorithm>

#include "certs/text/base64.hpp"

namespace countersign::profiles {
namespace {

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
    constexpr std::string_view kExpected =
        "sha256/ and 44 characters, the base64 of the SHA-256 of a public key; from the server's "
        "certificate it is made by: echo sha256/$(openssl x509 -in server.pem -pubkey -noout | "
        "openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64)";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    if (text->starts_with(kPinPrefix)) {
        Pin pin{};
        if (certs::decode_base64(text->substr(kPinPrefix.size()), pin) == pin.size()) return pin;
    }
    const bool fingerprint =
        !text->empty() && text->find_first_not_of("0123456789abcdefABCDEF:") == text->npos;
    field.unexpected(
        (fingerprint ? "a pin, which is of a public key, and no fingerprint of a certificate: "
                     : std::string{}) +
        std::string{kExpected}
    );
    return std::nullopt;
}

}  // namespace countersign::profiles
