#include "certs/certificate_bundle.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "certs/key_store.hpp"

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
    return LoadError{
        LoadErrorCode::no_certificate, where,
        "it is " + std::string{entries->container} + " and holds " +
            (entries->keys.empty() ? "nothing" : "only a private key")};
}

}  // namespace countersign::certs
