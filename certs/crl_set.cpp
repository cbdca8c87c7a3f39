#include "certs/crl_set.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "certs/bytes.hpp"
#include "certs/certificate.hpp"
#include "certs/der.hpp"
#include "certs/file.hpp"
#include "certs/key_store.hpp"
#include "certs/pem.hpp"
#include "certs/printable.hpp"
#include "certs/stranger.hpp"

namespace countersign::certs {
namespace {

using Lists = std::vector<Crl>;

LoadError no_list_in(const std::string& where, const std::string& what) {
    return {
        LoadErrorCode::not_recognised, where, "",
        "Name the files that the servers' authorities publish their lists in, PEM or DER.",
        where + " holds no certificate revocation list (CRL): " + what};
}

LoadError unsupported_list(const std::string& where, std::string what) {
    return {
        LoadErrorCode::unsupported, where, std::move(what), "Name the authority's complete list."};
}

/// What nobody may pass over who does not know it (RFC 5280 5.2, 5.3).
bool has_unknown_critical(const STACK_OF(X509_EXTENSION) * extensions, bool of_entry) {
    for (int i = 0; i < sk_X509_EXTENSION_num(extensions); ++i) {
        X509_EXTENSION* const one = sk_X509_EXTENSION_value(extensions, i);
        if (X509_EXTENSION_get_critical(one) != 1) continue;
        const int kind = OBJ_obj2nid(X509_EXTENSION_get_object(one));
        const bool known = of_entry ? kind == NID_certificate_issuer || kind == NID_crl_reason
                                    : kind == NID_issuing_distribution_point ||
                                          kind == NID_authority_key_identifier;
        if (!known) return true;
    }
    return false;
}

bool has_unknown_critical(X509_CRL* list) {
    if (has_unknown_critical(X509_CRL_get0_extensions(list), false)) return true;
    const STACK_OF(X509_REVOKED)* const entries = X509_CRL_get_REVOKED(list);
    for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
        const X509_REVOKED* const entry = sk_X509_REVOKED_value(entries, i);
        if (has_unknown_critical(X509_REVOKED_get0_extensions(entry), true)) return true;
    }
    return false;
}

std::optional<LoadError> add_list(Lists& lists, CrlHandle handle, const std::string& where) {
    X509_CRL* const list = handle.get();
    if (X509_CRL_get_ext_by_NID(list, NID_delta_crl, -1) >= 0) {
        return unsupported_list(
            where, "it is a delta CRL, which has only what has changed since another one"
        );
    }
    if (has_unknown_critical(list)) {
        return unsupported_list(where, "it has a critical extension that is not known here");
    }
    Crl crl;
    int found = 0;
    crl.scope.reset(static_cast<ISSUING_DIST_POINT*>(
        X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point, &found, nullptr)
    ));
    drain_openssl_errors();
    if (!crl.scope && found != -1) {
        return malformed(where, "what it says it is about (issuing distribution point)");
    }
    crl.where = where;
    crl.issuer = name_text(X509_CRL_get_issuer(list));
    crl.this_update = time_of(X509_CRL_get0_lastUpdate(list), Crl::Time::max());
    const ASN1_TIME* const end = X509_CRL_get0_nextUpdate(list);
    crl.says_an_end = end != nullptr;
    crl.next_update = end != nullptr ? time_of(end, Crl::Time::min()) : Crl::Time::min();
    // The first question sorts it: now, and not when several threads begin their handshakes.
    X509_REVOKED* entry = nullptr;
    const OpensslHandle<ASN1_INTEGER, ASN1_INTEGER_free> any{ASN1_INTEGER_new()};
    X509_CRL_get0_by_serial(list, &entry, any.get());
    crl.list = std::move(handle);
    lists.push_back(std::move(crl));
    return std::nullopt;
}

std::optional<LoadError> add_pem(Lists& lists, ByteView bytes, const std::string& where) {
    const LoadResult<PemContent> content = read_pem(bytes, where);
    if (!content) return content.error();
    const std::size_t before = lists.size();
    for (const PemPiece& piece : content->pieces) {
        if (piece.label != PEM_STRING_X509_CRL) continue;
        const BioHandle bio{
            BIO_new_mem_buf(piece.block.data(), static_cast<int>(piece.block.size()))};
        CrlHandle list{PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)};
        if (!list) return malformed(where, "a CRL in it: " + drain_openssl_errors());
        if (auto error = add_list(lists, std::move(list), where)) return error;
    }
    if (lists.size() == before) return no_list_in(where, "it is PEM with " + content->describe());
    return std::nullopt;
}

/// Of a file that is no list, and no PEM.
LoadError no_list(ByteView bytes, const std::string& where) {
    if (begins_with_certificate(bytes)) return no_list_in(where, "it is a certificate");
    if (recognise(as_text(bytes))) return no_list_in(where, "it is a key store");
    LoadError named = name_stranger(bytes, where, "");
    // A stranger has a sentence of its own; what is damaged, a code.
    if (!named.cause.empty() || named.code != LoadErrorCode::not_recognised) return named;
    return no_list_in(where, "it is neither PEM nor a list in DER");
}

std::optional<LoadError> add_bytes(Lists& lists, ByteView bytes, const std::string& where) {
    if (bytes.empty()) return no_list_in(where, "it is empty");
    if (is_pem(bytes)) return add_pem(lists, bytes, where);
    const unsigned char* data = bytes.data();
    CrlHandle list{d2i_X509_CRL(nullptr, &data, static_cast<long>(bytes.size()))};
    drain_openssl_errors();
    if (!list) return no_list(bytes, where);
    if (data != bytes.data() + bytes.size()) {
        return malformed(where, "behind the CRL in DER stands something else");
    }
    return add_list(lists, std::move(list), where);
}

std::optional<LoadError> add_file(Lists& lists, const std::filesystem::path& path) {
    const std::string where = where_of(path);
    const LoadResult<SecretBytes> bytes = read_file(path, kMaxStoreBytes);
    if (!bytes) return bytes.error();
    if (bytes->empty()) return no_list_in(where, "the file is empty");
    return add_bytes(lists, *bytes, where);
}

bool same_list(const Crl& one, const Crl& other) {
    unsigned char digests[2][EVP_MAX_MD_SIZE];
    unsigned int sizes[2] = {};
    const bool known = X509_CRL_digest(one.list.get(), EVP_sha256(), digests[0], sizes) == 1 &&
                       X509_CRL_digest(other.list.get(), EVP_sha256(), digests[1], sizes + 1) == 1;
    drain_openssl_errors();
    return known && std::equal(digests[0], digests[0] + sizes[0], digests[1]);
}

}  // namespace

LoadResult<CrlSet> CrlSet::load(const std::vector<std::filesystem::path>& files) {
    ERR_clear_error();
    CrlSet set;
    for (const std::filesystem::path& file : files) {
        if (auto error = add_file(set.lists_, file)) return *error;
        if (set.lists_.size() > kMostLists) {
            return LoadError{
                LoadErrorCode::too_much, where_of(file),
                "more than " + std::to_string(kMostLists) + " lists in all files together"};
        }
    }
    return set;
}

LoadResult<CrlSet> CrlSet::read(ByteView bytes, const std::string& where) {
    ERR_clear_error();
    CrlSet set;
    if (auto error = add_bytes(set.lists_, bytes, where)) return *error;
    return set;
}

std::vector<const Crl*> CrlSet::lists_for(const X509* certificate) const {
    const X509_NAME* const issuer = X509_get_issuer_name(certificate);
    std::vector<const Crl*> found;
    for (const Crl& crl : lists_) {
        if (X509_NAME_cmp(X509_CRL_get_issuer(crl.list.get()), issuer) == 0) found.push_back(&crl);
    }
    std::ranges::stable_sort(found, [](const Crl* one, const Crl* other) {
        return one->this_update > other->this_update;
    });
    return found;
}

bool CrlSet::has_content_of(const CrlSet& other) const {
    return std::ranges::equal(lists_, other.lists_, [](const Crl& one, const Crl& another) {
        return one.where == another.where && same_list(one, another);
    });
}

}  // namespace countersign::certs
