#include "certs/write/pkcs12_writer.hpp"

#include <openssl/pkcs12.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "certs/certificate.hpp"
#include "certs/der_bytes.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/pkcs12_bag.hpp"
#include "certs/write/key_sealing.hpp"

namespace countersign::certs {
namespace {

using BagHandle = Pkcs12BagHandle;

/// Builds one file from bags; every step says whether it worked.
class Writer {
public:
    Writer(const std::optional<Secret>& password, std::chrono::milliseconds now)
        : password_{password},
          now_{now},
          keys_{sk_PKCS12_SAFEBAG_new_null()},
          certificates_{sk_PKCS12_SAFEBAG_new_null()} {}

    bool add(const KeyStoreEntries& entries) {
        carried_ = &entries.carried;
        used_.assign(carried_->certificate_bags.size(), false);
        return std::ranges::all_of(entries.keys, [&](const KeyEntry& e) { return add_key(e); }) &&
               std::ranges::all_of(
                   entries.trusted, [&](const TrustedEntry& e) { return add_trusted(e); }
               ) &&
               std::ranges::all_of(entries.keys, [&](const KeyEntry& e) { return add_chain(e); }) &&
               std::ranges::all_of(
                   entries.loose, [&](const X509Handle& c) { return add_above(c); }
               ) &&
               add_second_bags() && add_foreign();
    }

    SecretBytes finish() {
        const Pkcs12SafesHandle safes{sk_PKCS7_new_null()};
        // Certificates first, as OpenSSL and Java do.
        if (sk_PKCS12_SAFEBAG_num(certificates_.get()) > 0 && !push(safes, pack_certificates())) {
            return {};
        }
        if (sk_PKCS12_SAFEBAG_num(keys_.get()) > 0 &&
            !push(safes, Pkcs7Handle{PKCS12_pack_p7data(keys_.get())})) {
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
        const BagHandle before = entry.bag.empty() ? nullptr : parse_bag(entry.bag);
        const std::string id = key_id_for(entry, before.get());
        BagHandle bag = bag_of(entry.key);
        return bag && (!before || copy_attributes(bag.get(), before.get())) &&
               name_if_nameless(bag.get(), entry.alias) && set_local_key_id(bag.get(), id) &&
               push(keys_, std::move(bag)) && (entry.certificates.empty() || add_leaf(entry, id));
    }

    bool add_leaf(const KeyEntry& entry, const std::string& id) {
        const X509* const leaf = entry.certificates.front().get();
        BagHandle bag = take_bag(leaf, false, entry.alias);
        return bag != nullptr && name_if_nameless(bag.get(), entry.alias) &&
               set_local_key_id(bag.get(), id) && push(certificates_, std::move(bag));
    }

    // After all leaves have taken their bags.
    bool add_chain(const KeyEntry& entry) {
        for (std::size_t i = 1; i < entry.certificates.size(); ++i) {
            if (!add_above(entry.certificates[i])) return false;
        }
        return true;
    }

    // Two keys of one authority share its certificates.
    bool add_above(const X509Handle& certificate) {
        if (holds(above_, certificate.get())) return true;
        above_.push_back(certificate.get());
        BagHandle bag = take_bag(certificate.get(), false, "");
        return bag != nullptr && untie(bag.get()) && push(certificates_, std::move(bag));
    }

    bool add_trusted(const TrustedEntry& entry) {
        BagHandle bag = take_bag(entry.certificate.get(), true, entry.alias);
        return bag != nullptr && name_if_nameless(bag.get(), entry.alias) && untie(bag.get()) &&
               push(certificates_, std::move(bag));
    }

    // A certificate may stand in the file twice, under two names.
    bool add_second_bags() {
        for (std::size_t i = 0; i < used_.size(); ++i) {
            const CertificateBag& second = carried_->certificate_bags[i];
            if (used_[i] || second.trusted || !holds(written_, second.certificate.get())) {
                continue;
            }
            BagHandle bag = parse_bag(second.der);
            if (!bag || !untie(bag.get()) || !push(certificates_, std::move(bag))) return false;
        }
        return true;
    }

    bool add_foreign() {
        return std::ranges::all_of(carried_->foreign_bags, [&](const ForeignBag& foreign) {
            BagHandle bag = parse_bag(foreign.der);
            return bag != nullptr &&
                   push(foreign.encrypted ? certificates_ : keys_, std::move(bag));
        });
    }

    // The certificate's own bag where the file had one, with all that is said in it: of several
    // the one of that name. Else a new one.
    BagHandle take_bag(const X509* certificate, bool trusted, const std::string& alias) {
        written_.push_back(certificate);
        std::optional<std::size_t> taken;
        for (std::size_t i = 0; i < used_.size(); ++i) {
            const CertificateBag& each = carried_->certificate_bags[i];
            if (used_[i] || each.trusted != trusted ||
                X509_cmp(each.certificate.get(), certificate) != 0) {
                continue;
            }
            const bool has_name = !alias.empty() && same_in_java(each.name, alias);
            if (!taken || has_name) taken = i;
            if (has_name) break;
        }
        if (taken) {
            used_[*taken] = true;
            return parse_bag(carried_->certificate_bags[*taken].der);
        }
        BagHandle bag = bag_of(certificate);
        if (bag && trusted && !mark_trusted(bag.get())) bag.reset();
        return bag;
    }

    // The ID of a key is its leaf's alone.
    bool untie(PKCS12_SAFEBAG* bag) const {
        const bool is_a_keys = ids_.contains(local_key_id_of(bag));
        return !is_a_keys || set_local_key_id(bag, "");
    }

    // What ties a certificate to its key is that both have the same, and no other key has it. The
    // one that was there stays; a new one is Java's, which reads the time of creation out of it.
    std::string key_id_for(const KeyEntry& entry, const PKCS12_SAFEBAG* before) {
        std::string id = before == nullptr ? "" : local_key_id_of(before);
        const auto created = entry.created.value_or(now_).count();
        // Where many were made in one moment, each goes on where the last one stopped.
        auto& time = next_times_.try_emplace(created, created).first->second;
        while (id.empty() || ids_.contains(id)) id = "Time " + std::to_string(time++);
        ids_.insert(id);
        return id;
    }

    Pkcs7Handle pack_certificates() const {
        if (!password_) return Pkcs7Handle{PKCS12_pack_p7data(certificates_.get())};
        return Pkcs7Handle{PKCS12_pack_p7encdata(
            NID_aes_256_cbc, password_->reveal().data(), password_length(), nullptr, 0,
            kWrittenIterations, certificates_.get()
        )};
    }

    static bool push(const Pkcs12BagsHandle& bags, BagHandle bag) {
        if (sk_PKCS12_SAFEBAG_push(bags.get(), bag.get()) <= 0) return false;
        static_cast<void>(bag.release());
        return true;
    }

    static bool push(const Pkcs12SafesHandle& safes, Pkcs7Handle safe) {
        if (!safe || sk_PKCS7_push(safes.get(), safe.get()) <= 0) return false;
        static_cast<void>(safe.release());
        return true;
    }

    int password_length() const { return static_cast<int>(password_->reveal().size()); }

    const std::optional<Secret>& password_;
    std::chrono::milliseconds now_;
    Pkcs12BagsHandle keys_;
    Pkcs12BagsHandle certificates_;
    const Carried* carried_ = nullptr;
    std::vector<bool> used_;            ///< which of the carried bags of certificates
    std::vector<const X509*> written_;  ///< those in `certificates_`
    std::vector<const X509*> above_;    ///< those in it that are no leaf and not trusted
    std::set<std::string> ids_;         ///< of the keys
    std::map<std::chrono::milliseconds::rep, std::chrono::milliseconds::rep> next_times_;
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
