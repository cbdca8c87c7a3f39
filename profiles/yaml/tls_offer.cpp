#include "profiles/yaml/tls_offer.hpp"

#include <algorithm>

#include "certs/text/ascii.hpp"
#include "profiles/yaml/list.hpp"

namespace countersign::profiles {
namespace {

bool is_plain_name(std::string_view text) {
    const auto allowed = [](char c) {
        return certs::is_letter(c) || certs::is_digit(c) ||
               std::string_view{"-_+."}.find(c) != std::string_view::npos;
    };
    return !text.empty() && std::ranges::all_of(text, allowed);
}

/// "A:B" as it stands in other programs' files, as the list that it is here: "[A, B]".
std::string as_list(std::string_view text) {
    std::string list = "[";
    for (const char c : text) list += c == ':' ? std::string{", "} : std::string{c};
    return list + "]";
}

std::vector<std::string> read_names(YamlMap& map, std::string_view key, std::string_view expected) {
    const auto field = map.find(key);
    if (!field || field->node().kind == YamlNode::Kind::null) return {};
    if (field->node().kind == YamlNode::Kind::scalar) {
        const std::string& text = field->node().text;
        const bool joined = std::ranges::all_of(text, [](char c) {
            return c == ':' || is_plain_name({&c, 1});
        });
        if (joined && text.find(':') != text.npos) {
            field->unexpected(std::string{expected} + ": write " + as_list(text));
            return {};
        }
    }
    const auto as_name = [&](const YamlField& item) -> std::optional<std::string> {
        const auto text = item.scalar("a name");
        if (text && is_plain_name(*text)) return std::string{*text};
        if (text) item.unexpected("a name alone; expressions such as HIGH and !MD5 are not read");
        return std::nullopt;
    };
    const auto before = field->report().problem_count();
    auto names = read_list<std::string>(*field, expected, as_name);
    if (names.empty() && field->report().problem_count() == before) {
        field->problem("an empty list would offer none; leave the key out for OpenSSL's own");
    }
    return names;
}

std::optional<std::string> as_protocol(const YamlField& field) {
    constexpr std::string_view kHttp = "http/1.1";
    if (field.is_word(kHttp)) return std::string{kHttp};
    const bool http_2 = field.is_word("h2");
    field.unexpected(
        http_2 ? "http/1.1, the only protocol that servers are spoken to in"
               : "http/1.1; an empty list offers no protocol, for a server that stumbles over that"
    );
    return std::nullopt;
}

}  // namespace

TlsOffer read_tls_offer(YamlMap& tls) {
    TlsOffer offer;
    offer.cipher_suites = read_names(tls, "cipher_suites", "a list of cipher suites of TLS 1.3");
    offer.ciphers = read_names(tls, "ciphers", "a list of cipher suites of TLS 1.2");
    offer.groups = read_names(tls, "groups", "a list of groups");
    offer.signature_algorithms =
        read_names(tls, "signature_algorithms", "a list of signature algorithms");
    if (const auto alpn = tls.find("alpn")) {
        const auto before = alpn->report().problem_count();
        const auto protocols = read_list<std::string>(*alpn, "a list of protocols", as_protocol);
        offer.alpn = !protocols.empty() || alpn->report().problem_count() != before;
    }
    return offer;
}

}  // namespace countersign::profiles
