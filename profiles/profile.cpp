#include "profiles/profile.hpp"

#include "profiles/authority.hpp"

namespace countersign::profiles {

std::vector<std::string_view> TlsOffer::limits() const {
    std::vector<std::string_view> keys;
    if (!cipher_suites.empty()) keys.emplace_back("cipher_suites");
    if (!ciphers.empty()) keys.emplace_back("ciphers");
    if (!groups.empty()) keys.emplace_back("groups");
    if (!signature_algorithms.empty()) keys.emplace_back("signature_algorithms");
    return keys;
}

std::string to_text(const HttpsUrl& url) {
    return "https://" + authority_text(url.at.host, url.at.port).text() + url.path;
}

}  // namespace countersign::profiles
