#include "certs/make/alternative_names.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::certs {
namespace {

using GeneralNameHandle = OpensslHandle<GENERAL_NAME, GENERAL_NAME_free>;

struct Kind {
    std::string_view prefix;
    int type;
};

constexpr Kind kKinds[] = {
    {"dns:", GEN_DNS}, {"ip:", GEN_IPADD}, {"uri:", GEN_URI}, {"email:", GEN_EMAIL}};

std::pair<int, std::string> kind_and_value(const std::string& text) {
    for (const auto& [prefix, type] : kKinds) {
        if (starts_ignoring_case(text, prefix)) return {type, text.substr(prefix.size())};
    }
    if (text.find("://") != text.npos) return {GEN_URI, text};
    if (text.find('@') != text.npos) return {GEN_EMAIL, text};
    const OpensslHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> address{
        a2i_IPADDRESS(text.c_str())};
    drain_openssl_errors();
    return {address ? GEN_IPADD : GEN_DNS, text};
}

// These names are ASCII: an umlaut in one would never be found equal to anything.
bool is_plain(std::string_view value) {
    return !value.empty() &&
           std::ranges::all_of(value, [](char c) { return c > ' ' && c < '\x7f' && c != ','; });
}

EditError no_alternative_name(const std::string& text, Audience audience) {
    return {
        "'" + printable(text) +
        "' is no alternative name. Write DNS:api.example, IP:192.0.2.1, "
        "URI:spiffe://example/client or email:ops@example, in ASCII (a name with other letters in "
        "its xn-- form), " +
        (audience == Audience::form ? "each in a line of its own." : "and the option once for each."
        )};
}

GeneralNameHandle general_name(int type, const std::string& value) {
    ASN1_STRING* content = nullptr;
    if (type == GEN_IPADD) {
        content = a2i_IPADDRESS(value.c_str());
    } else if ((content = ASN1_IA5STRING_new()) != nullptr) {
        ASN1_STRING_set(content, value.data(), static_cast<int>(value.size()));
    }
    drain_openssl_errors();
    if (content == nullptr) return nullptr;
    GeneralNameHandle name{GENERAL_NAME_new()};
    GENERAL_NAME_set0_value(name.get(), type, content);
    return name;
}

}  // namespace

EditResult<GeneralNamesHandle> parse_alternative_names(
    const std::vector<std::string>& texts, Audience audience
) {
    if (texts.empty()) return GeneralNamesHandle{};
    GeneralNamesHandle names{GENERAL_NAMES_new()};
    for (const std::string& text : texts) {
        const auto [type, value] = kind_and_value(text);
        GeneralNameHandle name = is_plain(value) ? general_name(type, value) : nullptr;
        if (!name) return no_alternative_name(text, audience);
        sk_GENERAL_NAME_push(names.get(), name.release());
    }
    return names;
}

GeneralNamesHandle alternative_names_of(const X509* certificate) {
    GeneralNamesHandle names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)
    )};
    drain_openssl_errors();
    return names;
}

}  // namespace countersign::certs
