#include "certs/certificate_bundle.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "certs/key_store.hpp"
#include "certs/pem.hpp"

namespace countersign::certs {

LoadResult<std::vector<X509Handle>> read_certificates(
    ByteView bytes, const std::optional<Secret>& password, const std::string& where
) {
    LoadResult<KeyStoreEntries> entries = read_entries(bytes, password, where);
    if (!entries) return entries.error();
    std::vector<X509Handle> certificates;
    for (KeyEntry& entry : entries->keys) {
        std::ranges::move(entry.certificates, std::back_inserter(certificates));
    }
    std::ranges::move(entries->loose, std::back_inserter(certificates));
    for (TrustedEntry& entry : entries->trusted) {
        certificates.push_back(std::move(entry.certificate));
    }
    if (!certificates.empty()) return certificates;
    const std::vector<std::string> others = other_labels_of(*entries);
    if (entries->keys.empty() && has_request(others)) {
        return LoadError{LoadErrorCode::only_request, where, ""};
    }
    std::string held = entries->keys.empty() ? describe_other_blocks(others) : "only a private key";
    if (held.empty()) held = "nothing";
    return LoadError{
        LoadErrorCode::no_certificate, where,
        "it is " + std::string{entries->container} + " and holds " + held};
}

}  // namespace countersign::certs
