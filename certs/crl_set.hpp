#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/crl.hpp"
#include "certs/error.hpp"

namespace countersign::certs {

/// The revocation lists of some files, each in PEM (one or several) or DER. Never empty; immutable;
/// shared by the TLS contexts that look at the same.
class CrlSet {
public:
    static constexpr std::size_t kMostLists = 1000;

    /// Error: the first file that cannot be read, or holds something else; unsupported for a list
    /// that is a part of one, or has critical extensions that are not known here; too_much.
    static LoadResult<CrlSet> load(const std::vector<std::filesystem::path>& files);

    /// The same of what was read already: not empty. `where` is whence it is, for messages.
    static LoadResult<CrlSet> read(ByteView bytes, const std::string& where);

    /// In the order of the files.
    const std::vector<Crl>& lists() const { return lists_; }
    /// Those that bear the name of the certificate's issuer, the latest first.
    std::vector<const Crl*> lists_for(const X509* certificate) const;

    /// Whether both have the same lists in the same order.
    bool has_content_of(const CrlSet& other) const;

private:
    std::vector<Crl> lists_;
};

}  // namespace countersign::certs
