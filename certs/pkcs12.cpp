#include "certs/pkcs12.hpp"

#include <openssl/pkcs12.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/asn1.hpp"
#include "certs/byte_reader.hpp"
#include "certs/der_bytes.hpp"
#include "certs/password_encryption.hpp"
#include "certs/pkcs12_bag.hpp"
#include "certs/pkcs12_mac.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

constexpr int kMaxNesting = 4;
/// Real files have a handful; each costs more memory than bytes.
constexpr int kMostValues = 1000;
constexpr int kMostValuesTogether = 20'000;
constexpr std::size_t kMostForeign = 1000;

// Java puts the time of creation where others put a digest: "Time 1700000000000".
std::optional<std::chrono::milliseconds> java_time_of(std::string_view local_key_id) {
    constexpr std::string_view kTime = "Time ";
    if (!local_key_id.starts_with(kTime)) return std::nullopt;
    local_key_id.remove_prefix(kTime.size());
    std::int64_t milliseconds = 0;
    const char* const end = local_key_id.data() + local_key_id.size();
    const auto [stop, error] = std::from_chars(local_key_id.data(), end, milliseconds);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return std::chrono::milliseconds{milliseconds};
}

/// Of all attributes together.
int values_of(const PKCS12_SAFEBAG* bag) {
    const STACK_OF(X509_ATTRIBUTE)* const attributes = PKCS12_SAFEBAG_get0_attrs(bag);
    int count = 0;
    for (int i = 0; i < X509at_get_attr_count(attributes); ++i) {
        count += X509_ATTRIBUTE_count(X509at_get_attr(attributes, i));
    }
    return count;
}

bool is_marked_trusted(const PKCS12_SAFEBAG* bag) {
    static const ObjectHandle kMark{OBJ_txt2obj(kJavaTrusted, 1)};
    return X509at_get_attr_by_OBJ(PKCS12_SAFEBAG_get0_attrs(bag), kMark.get(), -1) >= 0;
}

/// Reads one file: MAC, then every safe, then which certificate belongs to which key.
class Reader {
public:
    Reader(const std::optional<Secret>& password, const std::string& where)
        : password_{password}, where_{where}, forms_{password_forms(password)} {
        entries_.found = KeyStoreFormat::pkcs12;
        entries_.container = "PKCS#12";
    }

    LoadResult<KeyStoreEntries> read(ByteView bytes) {
        const unsigned char* data = bytes.data();
        const Pkcs12Handle store{d2i_PKCS12(nullptr, &data, static_cast<long>(bytes.size()))};
        if (!store) return malformed();
        const Pkcs12SafesHandle safes{PKCS12_unpack_authsafes(store.get())};
        if (!safes) return malformed();
        LoadResult<std::vector<std::string_view>> fitting =
            forms_that_fit_mac(store.get(), bytes, forms_, gate_, where_);
        if (!fitting) return fitting.error();
        if (fitting->empty()) return not_opened();
        forms_ = std::move(*fitting);
        entries_.password_fits = PKCS12_mac_present(store.get()) == 1;
        for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
            if (auto error = read_safe(sk_PKCS7_value(safes.get(), i))) return *error;
        }
        tie_certificates_to_keys();
        name_the_nameless();
        drain_openssl_errors();
        return std::move(entries_);
    }

private:
    using Error = std::optional<LoadError>;

    LoadError malformed() const {
        return {LoadErrorCode::malformed, where_, drain_openssl_errors()};
    }

    LoadError not_opened() const {
        drain_openssl_errors();
        if (!password_) return {LoadErrorCode::password_needed, where_, ""};
        return store_not_opened(*password_, where_);
    }

    Error read_safe(PKCS7* safe) {
        if (PKCS7_type_is_data(safe)) {
            const Pkcs12BagsHandle bags{PKCS12_unpack_p7data(safe)};
            encrypted_ = false;
            return bags ? read_bags(bags.get(), 0) : Error{malformed()};
        }
        encrypted_ = true;
        if (PKCS7_type_is_encrypted(safe)) return read_encrypted_safe(safe);
        return LoadError{
            LoadErrorCode::unsupported, where_,
            "a part of it is encrypted for a public key; export it again under a password"};
    }

    Error read_encrypted_safe(const PKCS7* safe) {
        if (safe->d.encrypted == nullptr || safe->d.encrypted->enc_data == nullptr ||
            safe->d.encrypted->enc_data->enc_data == nullptr) {
            return malformed();
        }
        const PKCS7_ENC_CONTENT* content = safe->d.encrypted->enc_data;
        std::vector<std::string_view> forms = forms_;
        const std::optional<Secret> latin1 = latin1_form(password_);
        if (latin1) forms.push_back(latin1->reveal());
        for (const std::string_view form : forms) {
            const LoadResult<OSSL_LIB_CTX*> context = gate_.admit(content->algorithm, where_);
            if (!context) return context.error();
            const Pkcs12BagsHandle bags{
                static_cast<STACK_OF(PKCS12_SAFEBAG)*>(PKCS12_item_decrypt_d2i_ex(
                    content->algorithm, ASN1_ITEM_rptr(PKCS12_SAFEBAGS), form.data(),
                    static_cast<int>(form.size()), content->enc_data, 1, *context, nullptr
                ))};
            if (!bags) continue;
            entries_.password_fits = true;
            return read_bags(bags.get(), 0);
        }
        return not_opened();
    }

    Error read_bags(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth) {
        if (depth > kMaxNesting) {
            return LoadError{LoadErrorCode::malformed, where_, "its bags are nested too deep"};
        }
        for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
            if (auto error = read_bag(sk_PKCS12_SAFEBAG_value(bags, i), depth)) return error;
        }
        return std::nullopt;
    }

    Error read_bag(PKCS12_SAFEBAG* bag, int depth) {
        // Before anything of it is copied, or put in order to be written.
        const int values = values_of(bag);
        values_ += values;
        if (values > kMostValues || values_ > kMostValuesTogether ||
            entries_.carried.foreign_bags.size() > kMostForeign) {
            return LoadError{
                LoadErrorCode::too_much, where_,
                "more than " + std::to_string(kMostValues) + " attributes of a bag or " +
                    std::to_string(kMostValuesTogether) + " of all, or more than " +
                    std::to_string(kMostForeign) + " bags that are neither key nor certificate"};
        }
        switch (PKCS12_SAFEBAG_get_nid(bag)) {
            case NID_keyBag:
                add_key(
                    bag, {SealedKey::Form::pkcs8,
                          der_of(PKCS12_SAFEBAG_get0_p8inf(bag), i2d_PKCS8_PRIV_KEY_INFO)}
                );
                return std::nullopt;
            case NID_pkcs8ShroudedKeyBag:
                add_key(
                    bag, {SealedKey::Form::pkcs8_encrypted,
                          der_of(PKCS12_SAFEBAG_get0_pkcs8(bag), i2d_X509_SIG)}
                );
                return std::nullopt;
            case NID_certBag:
                return add_certificate(bag);
            case NID_safeContentsBag:
                // Its content is written again, it itself is not.
                if (PKCS12_SAFEBAG_get0_attrs(bag) != nullptr) {
                    entries_.left_out.push_back("the attributes of a bag of bags");
                }
                return read_bags(PKCS12_SAFEBAG_get0_safes(bag), depth + 1);
            case NID_secretBag:
                keep(bag, "the secret key " + printable(friendly_name_of(bag)));
                entries_.notes.push_back(
                    "alias " + printable(friendly_name_of(bag)) +
                    " is a secret key, which no identity can use"
                );
                return std::nullopt;
            case NID_crlBag:
                keep(bag, "a CRL");
                break;
            default:
                keep(bag, "a bag of the type " + oid_name(PKCS12_SAFEBAG_get0_type(bag)));
        }
        if (!std::exchange(told_of_foreign_, true)) {
            entries_.notes.push_back("what is neither key nor certificate is left out");
        }
        return std::nullopt;
    }

    // What nobody here understands, for a file that is written again.
    void keep(const PKCS12_SAFEBAG* bag, std::string what) {
        entries_.carried.foreign_bags.push_back(
            {der_of(bag, i2d_PKCS12_SAFEBAG), encrypted_, std::move(what)}
        );
    }

    void add_key(PKCS12_SAFEBAG* bag, SealedKey key) {
        const std::string id = local_key_id_of(bag);
        entries_.keys.push_back(
            {friendly_name_of(bag),
             std::move(key),
             {},
             java_time_of(id),
             der_of(bag, i2d_PKCS12_SAFEBAG)}
        );
        key_ids_.push_back(id);
    }

    Error add_certificate(PKCS12_SAFEBAG* bag) {
        if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate) {
            keep(bag, "a certificate that is not X.509");
            return std::nullopt;
        }
        X509Handle certificate{PKCS12_SAFEBAG_get1_cert(bag)};
        if (!certificate) return malformed();
        entries_.carried.certificate_bags.push_back(
            {std::move(certificate), der_of(bag, i2d_PKCS12_SAFEBAG), friendly_name_of(bag),
             is_marked_trusted(bag)}
        );
        certificate_ids_.push_back(local_key_id_of(bag));
        return std::nullopt;
    }

    // Several keys may have one ID: then each has all of its certificates, and its public key says
    // which is meant.
    void tie_certificates_to_keys() {
        for (std::size_t i = 0; i < certificate_ids_.size(); ++i) {
            const CertificateBag& found = entries_.carried.certificate_bags[i];
            if (found.trusted) {
                entries_.trusted.push_back({found.name, share(found.certificate.get())});
            } else if (!tie(found, certificate_ids_[i])) {
                entries_.loose.push_back(share(found.certificate.get()));
            }
        }
    }

    bool tie(const CertificateBag& found, const std::string& id) {
        const auto sharers = id.empty() ? 0 : std::ranges::count(key_ids_, id);
        for (std::size_t i = 0; sharers > 0 && i < key_ids_.size(); ++i) {
            if (key_ids_[i] != id) continue;
            KeyEntry& entry = entries_.keys[i];
            // Some writers name only the certificate.
            if (entry.alias.empty() && sharers == 1) entry.alias = found.name;
            entry.certificates.push_back(share(found.certificate.get()));
        }
        return sharers > 0;
    }

    void name_the_nameless() {
        int nameless = 0;
        for (KeyEntry& entry : entries_.keys) {
            if (entry.alias.empty()) entry.alias = std::to_string(++nameless);
        }
        for (TrustedEntry& entry : entries_.trusted) {
            if (entry.alias.empty()) entry.alias = std::to_string(++nameless);
        }
    }

    const std::optional<Secret>& password_;
    const std::string& where_;
    std::vector<std::string_view> forms_;
    DecryptionGate gate_;
    KeyStoreEntries entries_;
    int values_ = 0;                    ///< of the attributes of all bags
    bool encrypted_ = false;            ///< the safe that is read is encrypted
    std::vector<std::string> key_ids_;  ///< local key IDs, one for each of entries_.keys
    bool told_of_foreign_ = false;
    std::vector<std::string> certificate_ids_;  ///< one for each of carried.certificate_bags
};

}  // namespace

bool is_pkcs12(ByteView bytes) {
    ByteReader reader{bytes};
    reader.begin_sequence();
    return reader.u8() == 2 && reader.u8() == 1 && reader.u8() == 3 && reader.ok();
}

LoadResult<KeyStoreEntries> read_pkcs12(
    ByteView bytes, const std::optional<Secret>& password, const std::string& where
) {
    return Reader{password, where}.read(bytes);
}

}  // namespace countersign::certs
