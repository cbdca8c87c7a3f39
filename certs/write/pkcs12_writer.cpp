#include "certs/write/pkcs12_writer.hpp"

#include <openssl/objects.h>
#include <openssl/pkcs12.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "certs/der_bytes.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/write/key_sealing.hpp"

namespace countersign::certs {
namespace {

using Pkcs12Handle = OpensslHandle<PKCS12, PKCS12_free>;
using BagHandle = OpensslHandle<PKCS12_SAFEBAG, PKCS12_SAFEBAG_free>;
using SafeHandle = OpensslHandle<PKCS7, PKCS7_free>;
using SafesHandle = OpensslHandle<STACK_OF(PKCS7), [](STACK_OF(PKCS7) * safes) {
    sk_PKCS7_pop_free(safes, PKCS7_free);
}>;
using BagsHandle = OpensslHandle<STACK_OF(PKCS12_SAFEBAG), [](STACK_OF(PKCS12_SAFEBAG) * bags) {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}>;
using ObjectHandle = OpensslHandle<ASN1_OBJECT, ASN1_OBJECT_free>;
using EncryptedKeyHandle = OpensslHandle<X509_SIG, X509_SIG_free>;
using PrivateKeyInfoHandle = OpensslHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

constexpr char kJavaTrusted[] = "2.16.840.1.113894.746875.1.1";
constexpr char kAnyPurpose[] = "2.5.29.37.0";

bool set_name(PKCS12_SAFEBAG* bag, const std::string& alias) {
    if (alias.empty()) return true;
    const std::string name = java_alias(alias);
    return PKCS12_add_friendlyname_utf8(bag, name.data(), static_cast<int>(name.size())) == 1;
}

bool set_key_id(PKCS12_SAFEBAG* bag, std::string id) {
    return PKCS12_add_localkeyid(
               bag, reinterpret_cast<unsigned char*>(id.data()), static_cast<int>(id.size())
           ) == 1;
}

bool mark_trusted(PKCS12_SAFEBAG* bag) {
    const ObjectHandle purpose{OBJ_txt2obj(kAnyPurpose, 1)};
    return purpose != nullptr && PKCS12_add1_attr_by_txt(
                                     bag, kJavaTrusted, V_ASN1_OBJECT,
                                     reinterpret_cast<const unsigned char*>(purpose.get()), -1
                                 ) == 1;
}

BagHandle bag_of(const SealedKey& key) {
    const unsigned char* data = key.der.data();
    const auto length = static_cast<long>(key.der.size());
    if (key.form == SealedKey::Form::pkcs8) {
        PrivateKeyInfoHandle info{d2i_PKCS8_PRIV_KEY_INFO(nullptr, &data, length)};
        BagHandle bag{info ? PKCS12_SAFEBAG_create0_p8inf(info.get()) : nullptr};
        if (bag) static_cast<void>(info.release());
        return bag;
    }
    EncryptedKeyHandle sealed{d2i_X509_SIG(nullptr, &data, length)};
    BagHandle bag{sealed ? PKCS12_SAFEBAG_create0_pkcs8(sealed.get()) : nullptr};
    if (bag) static_cast<void>(sealed.release());
    return bag;
}

/// Builds one file from bags; every step says whether it worked.
class Writer {
public:
    Writer(const std::optional<Secret>& password, std::chrono::milliseconds now)
        : password_{password},
          now_{now},
          keys_{sk_PKCS12_SAFEBAG_new_null()},
          certificates_{sk_PKCS12_SAFEBAG_new_null()} {}

    bool add(const KeyStoreEntries& entries) {
        return std::ranges::all_of(entries.keys, [&](const KeyEntry& e) { return add_key(e); }) &&
               std::ranges::all_of(
                   entries.trusted, [&](const TrustedEntry& e) { return add_trusted(e); }
               ) &&
               std::ranges::all_of(entries.loose, [&](const X509Handle& c) {
                   return add_above(c);
               });
    }

    SecretBytes finish() {
        const SafesHandle safes{sk_PKCS7_new_null()};
        // Certificates first, as OpenSSL and Java do.
        if (sk_PKCS12_SAFEBAG_num(certificates_.get()) > 0 && !push(safes, pack_certificates())) {
            return {};
        }
        if (sk_PKCS12_SAFEBAG_num(keys_.get()) > 0 &&
            !push(safes, SafeHandle{PKCS12_pack_p7data(keys_.get())})) {
            return {};
        }
        const Pkcs12Handle store{PKCS12_init(NID_pkcs7_data)};
        if (!store || PKCS12_pack_authsafes(store.get(), safes.get()) != 1) return {};
        if (password_ && PKCS12_set_mac(
                             store.get(), password_->reveal().data(), password_length(), nullptr, 0,
                             kWrittenIterations, EVP_sha256()
                         ) != 1) {
            return {};
        }
        return der_of(store.get(), i2d_PKCS12);
    }

private:
    bool add_key(const KeyEntry& entry) {
        const std::string id = next_key_id(entry.created.value_or(now_));
        BagHandle bag = bag_of(entry.key);
        if (!bag || !set_name(bag.get(), entry.alias) || !set_key_id(bag.get(), id)) return false;
        if (!push(keys_, std::move(bag))) return false;
        for (std::size_t i = 0; i < entry.certificates.size(); ++i) {
            if (i > 0 && !add_above(entry.certificates[i])) return false;
            if (i == 0 && !add_leaf(entry, id)) return false;
        }
        return true;
    }

    bool add_leaf(const KeyEntry& entry, const std::string& id) {
        BagHandle bag{PKCS12_SAFEBAG_create_cert(entry.certificates.front().get())};
        return bag != nullptr && set_name(bag.get(), entry.alias) && set_key_id(bag.get(), id) &&
               push(certificates_, std::move(bag));
    }

    // Two keys of one authority share its certificates.
    bool add_above(const X509Handle& certificate) {
        const bool there = std::ranges::any_of(above_, [&](X509* other) {
            return X509_cmp(other, certificate.get()) == 0;
        });
        if (there) return true;
        above_.push_back(certificate.get());
        BagHandle bag{PKCS12_SAFEBAG_create_cert(certificate.get())};
        return bag != nullptr && push(certificates_, std::move(bag));
    }

    bool add_trusted(const TrustedEntry& entry) {
        BagHandle bag{PKCS12_SAFEBAG_create_cert(entry.certificate.get())};
        return bag != nullptr && set_name(bag.get(), entry.alias) && mark_trusted(bag.get()) &&
               push(certificates_, std::move(bag));
    }

    // Java reads the time of creation out of it; what ties a certificate to its key is that both
    // have the same, and no other key has it.
    std::string next_key_id(std::chrono::milliseconds created) {
        auto time = created.count();
        const auto id_of = [](auto count) { return "Time " + std::to_string(count); };
        while (std::ranges::find(ids_, id_of(time)) != ids_.end()) ++time;
        ids_.push_back(id_of(time));
        return ids_.back();
    }

    SafeHandle pack_certificates() const {
        if (!password_) return SafeHandle{PKCS12_pack_p7data(certificates_.get())};
        return SafeHandle{PKCS12_pack_p7encdata(
            NID_aes_256_cbc, password_->reveal().data(), password_length(), nullptr, 0,
            kWrittenIterations, certificates_.get()
        )};
    }

    static bool push(const BagsHandle& bags, BagHandle bag) {
        if (sk_PKCS12_SAFEBAG_push(bags.get(), bag.get()) <= 0) return false;
        static_cast<void>(bag.release());
        return true;
    }

    static bool push(const SafesHandle& safes, SafeHandle safe) {
        if (!safe || sk_PKCS7_push(safes.get(), safe.get()) <= 0) return false;
        static_cast<void>(safe.release());
        return true;
    }

    int password_length() const { return static_cast<int>(password_->reveal().size()); }

    const std::optional<Secret>& password_;
    std::chrono::milliseconds now_;
    BagsHandle keys_;
    BagsHandle certificates_;
    std::vector<X509*> above_;  ///< those already in `certificates_` without a name
    std::vector<std::string> ids_;
};

}  // namespace

EditResult<SecretBytes> write_pkcs12(
    const KeyStoreEntries& entries, const std::optional<Secret>& password,
    std::chrono::milliseconds now
) {
    Writer writer{password, now};
    if (writer.add(entries)) {
        if (SecretBytes bytes = writer.finish(); !bytes.empty()) return bytes;
    }
    return openssl_error("the PKCS#12 file cannot be made");
}

}  // namespace countersign::certs
