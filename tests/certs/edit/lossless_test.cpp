// Random stores, random changes: what was not asked away is there afterwards. What has to be there
// is kept by a model that knows nothing of how a store is changed or written.
#include <gtest/gtest.h>
#include <openssl/pkcs12.h>

#include <ctime>
#include <random>
#include <set>

#include "certs/certificate.hpp"
#include "certs/der_bytes.hpp"
#include "certs/edit/copy_entries.hpp"
#include "certs/pkcs12_bag.hpp"
#include "tests/certs/edit/kept.hpp"
#include "tests/certs/stores.hpp"

namespace countersign::tests {
namespace {

using certs::Container;
using certs::KeyStoreEntries;
using certs::StoreDraft;

constexpr std::clock_t kAtMost = 4 * CLOCKS_PER_SEC;  // of this process, not of a clock
constexpr int kAtLeast = 5;                           ///< stores, however slow
constexpr int kStores = 80;
constexpr int kChanges = 4;

/// The identities that stores are made of: made once.
struct Material {
    std::vector<Issued> issued;

    static const Material& get() {
        static const Material kMaterial;
        return kMaterial;
    }

private:
    Material() {
        const Ca root = Ca::root("Root");
        const Ca other = Ca::root("Other");
        for (int i = 0; i < 6; ++i) {
            const Ca issuing =
                (i % 2 == 0 ? root : other).intermediate("I" + std::to_string(i / 3));
            issued.push_back(issuing.issue({.common_name = "c" + std::to_string(i)}));
        }
    }
};

std::string public_key_of(const EVP_PKEY* key) {
    const auto der = certs::der_of(key, i2d_PUBKEY);
    return {der.begin(), der.end()};
}

/// What is in some bytes, by the reader alone.
struct Contents {
    std::multiset<std::string> keys;
    std::set<std::string> certificates;
    std::multiset<std::string> blocks;
    std::set<std::string> names;  ///< of the trusted, and of bags

    static Contents of(const std::string& bytes, std::optional<std::string_view> password) {
        const auto opens = password ? secret(*password) : std::nullopt;
        const KeyStoreEntries entries =
            certs::read_entries(certs::as_bytes(bytes), opens, "store").value();
        Contents all;
        for (const auto& key : entries.keys) {
            const auto opened = certs::open_key(key.key, opens, "key").value();
            all.keys.insert(public_key_of(opened.get()));
            for (const auto& each : key.certificates) all.add(each.get());
        }
        for (const auto& each : entries.loose) all.add(each.get());
        for (const auto& each : entries.trusted) {
            all.add(each.certificate.get());
            all.names.insert(each.alias + certs::fingerprint_of(each.certificate.get()));
        }
        for (const auto& bag : entries.carried.certificate_bags) {
            if (bag.name.empty()) continue;
            all.names.insert(bag.name + certs::fingerprint_of(bag.certificate.get()));
        }
        for (const auto& bag : entries.carried.foreign_bags) {
            all.blocks.emplace(bag.der.begin(), bag.der.end());
        }
        for (const auto& piece : entries.carried.pem) {
            if (piece.kind != certs::PemPiece::Kind::other) continue;
            all.blocks.emplace(piece.block.begin(), piece.block.end());
        }
        return all;
    }

    void add(const X509* certificate) { certificates.insert(certs::fingerprint_of(certificate)); }
};

template <class Set>
bool is_within(const Set& part, const Set& whole) {
    return std::ranges::includes(whole, part);
}

/// Makes stores and changes, always the same for one seed.
class Dice {
public:
    explicit Dice(unsigned seed) : random_{seed} {}

    // One in twenty has one, except for Java's: keys that are derived from it are slow by intent.
    std::optional<std::string_view> password() const { return password_; }
    void use_password() { password_ = kPassword; }

    std::size_t below(std::size_t limit) { return random_() % limit; }
    bool often() { return below(3) != 0; }
    const Issued& issued() {
        const auto& all = Material::get().issued;
        return all[below(all.size())];
    }
    std::string block_label() {
        constexpr const char* kLabels[] = {
            "DH PARAMETERS", "X509 CRL", "EC PARAMETERS", "OPENSSH PRIVATE KEY", "OTHER"};
        return kLabels[below(std::size(kLabels))];
    }

private:
    std::mt19937 random_;
    std::optional<std::string_view> password_;
};

std::string random_pem(Dice& dice) {
    const Issued& owner = dice.issued();
    std::vector<std::string> parts{owner.key_pem(dice.password().value_or(""))};
    if (dice.often()) parts.push_back(owner.certificate_pem());
    for (std::size_t i = dice.below(5); i > 0; --i) {
        const Issued& other = dice.issued();
        switch (dice.below(4)) {
            case 0:
                parts.push_back("# a line " + std::to_string(dice.below(9)) + "\n");
                break;
            case 1:
                parts.push_back(block(dice.block_label(), std::to_string(dice.below(99))));
                break;
            case 2:
                parts.push_back(other.certificate_pem());
                break;
            default:
                parts.push_back(other.chain_pem());
        }
    }
    std::string text;
    while (!parts.empty()) {
        const auto at = parts.begin() + static_cast<std::ptrdiff_t>(dice.below(parts.size()));
        text += *at;
        parts.erase(at);
    }
    return text;
}

/// PKCS#12 as others write it: IDs that are shared, crossed or absent, names, bags nobody knows.
std::string random_pkcs12(Dice& dice) {
    STACK_OF(PKCS12_SAFEBAG)* const bags = sk_PKCS12_SAFEBAG_new_null();
    const auto push = [&](certs::Pkcs12BagHandle bag, const std::string& name, bool tied) {
        if (!name.empty()) certs::name_if_nameless(bag.get(), name);
        if (tied) certs::set_local_key_id(bag.get(), std::string(1, char('0' + dice.below(2))));
        sk_PKCS12_SAFEBAG_push(bags, bag.release());
    };
    const std::size_t keys = dice.below(3) + 1;
    for (std::size_t i = 0; i < keys; ++i) {
        const Issued& owner = dice.issued();
        certs::SealedKey key{certs::SealedKey::Form::pkcs8, {}};
        const certs::OpensslHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info{
            EVP_PKEY2PKCS8(owner.key.get())};
        key.der = certs::der_of(info.get(), i2d_PKCS8_PRIV_KEY_INFO);
        push(certs::bag_of(key), dice.often() ? "k" + std::to_string(i) : "", dice.often());
        push(certs::bag_of(owner.certificate.get()), dice.often() ? "n" : "", dice.often());
        for (const auto& above : owner.chain) {
            push(certs::bag_of(above.get()), dice.often() ? "" : "above", !dice.often());
        }
    }
    for (std::size_t i = dice.below(3); i > 0; --i) {
        auto bag = certs::bag_of(dice.issued().certificate.get());
        if (dice.often()) certs::mark_trusted(bag.get());
        push(std::move(bag), "t" + std::to_string(i), false);
    }
    if (dice.often()) {
        const std::string der = "\x30\x0c\x06\x04\x2a\x03\x04\x05\xa0\x04\x0c\x02hi";
        sk_PKCS12_SAFEBAG_push(bags, certs::parse_bag(certs::as_bytes(der)).release());
    }
    STACK_OF(PKCS7)* const safes = sk_PKCS7_new_null();
    sk_PKCS7_push(safes, PKCS12_pack_p7data(bags));
    const certs::OpensslHandle<PKCS12, PKCS12_free> store{PKCS12_init(NID_pkcs7_data)};
    PKCS12_pack_authsafes(store.get(), safes);
    const auto der = certs::der_of(store.get(), i2d_PKCS12);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return {der.begin(), der.end()};
}

std::string random_java(Dice& dice, Container container) {
    StoreDraft draft{container, secret(kPassword), "java"};
    const std::size_t keys = dice.below(3) + 1;
    for (std::size_t i = 0; i < keys; ++i) {
        const Issued& owner = dice.issued();
        std::vector<certs::X509Handle> chain;
        chain.push_back(certs::share(owner.certificate.get()));
        for (const auto& above : owner.chain) chain.push_back(certs::share(above.get()));
        EXPECT_FALSE(draft.add_key("k" + std::to_string(i), owner.key.get(), std::move(chain), {}));
    }
    for (std::size_t i = dice.below(3); i > 0; --i) {
        EXPECT_FALSE(draft.add_trusted(
            "t" + std::to_string(i), certs::share(dice.issued().certificate.get())
        ));
    }
    return written(draft);
}

std::string random_store(Dice& dice) {
    if (dice.below(20) == 0) dice.use_password();
    switch (dice.below(4)) {
        case 0:
            dice.use_password();
            return random_java(dice, dice.below(8) == 0 ? Container::jceks : Container::jks);
        case 1:
        case 2:
            return random_pkcs12(dice);
        default:
            return random_pem(dice);
    }
}

/// One change, and what it asks away.
struct Asked {
    std::set<std::string> certificates;
    bool a_key = false;
};

Asked trust_one(Dice& dice, StoreDraft& draft) {
    const auto& certificate = dice.issued().certificate;
    const std::string alias = "new" + std::to_string(dice.below(100));
    if (draft.check_alias(alias)) return {};
    EXPECT_FALSE(draft.add_trusted(alias, certs::share(certificate.get())));
    return {};
}

Asked add_one(Dice& dice, StoreDraft& draft) {
    const Issued& owner = dice.issued();
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(owner.certificate.get()));
    // PEM refuses a second one.
    draft.add_key("key" + std::to_string(dice.below(100)), owner.key.get(), std::move(chain), {});
    return {};
}

Asked renew_one(Dice& dice, StoreDraft& draft) {
    const auto& keys = draft.entries().keys;
    if (keys.empty()) return {};
    const std::size_t at = dice.below(keys.size());
    const auto key = draft.open(at, {}).value();
    const Issued renewed = Ca::root("New").issue({.common_name = "renewed"}, key.get());
    Asked asked;
    for (const auto& each : keys[at].certificates) {
        const bool own = EVP_PKEY_eq(X509_get0_pubkey(each.get()), key.get()) == 1;
        if (own || is_java(draft.container())) {
            asked.certificates.insert(certs::fingerprint_of(each.get()));
        }
    }
    for (const auto& each : draft.entries().loose) {
        if (EVP_PKEY_eq(X509_get0_pubkey(each.get()), key.get()) != 1) continue;
        asked.certificates.insert(certs::fingerprint_of(each.get()));
    }
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(renewed.certificate.get()));
    for (const auto& above : renewed.chain) chain.push_back(certs::share(above.get()));
    draft.set_certificates(at, std::move(chain));
    return asked;
}

Asked delete_one(Dice& dice, StoreDraft& draft) {
    Asked asked;
    const auto& keys = draft.entries().keys;
    const auto& trusted = draft.entries().trusted;
    if (!has_aliases(draft.container()) || keys.size() + trusted.size() < 2) return asked;
    const std::size_t at = dice.below(keys.size() + trusted.size());
    std::string alias;
    if (at < keys.size()) {
        alias = keys[at].alias;
        asked.a_key = true;
        for (const auto& each : keys[at].certificates) {
            asked.certificates.insert(certs::fingerprint_of(each.get()));
        }
    } else {
        alias = trusted[at - keys.size()].alias;
        asked.certificates.insert(certs::fingerprint_of(trusted[at - keys.size()].certificate.get())
        );
    }
    EXPECT_FALSE(draft.remove(alias));
    return asked;
}

Asked change(Dice& dice, StoreDraft& draft) {
    switch (dice.below(4)) {
        case 0:
            return trust_one(dice, draft);
        case 1:
            return add_one(dice, draft);
        case 2:
            return renew_one(dice, draft);
        default:
            return delete_one(dice, draft);
    }
}

void expect_kept(const Contents& before, const Contents& after, const Asked& asked) {
    Contents kept = before;
    for (const std::string& each : asked.certificates) {
        kept.certificates.erase(each);
        std::erase_if(kept.names, [&](const std::string& name) { return name.ends_with(each); });
    }
    EXPECT_TRUE(is_within(kept.certificates, after.certificates));
    EXPECT_TRUE(is_within(kept.blocks, after.blocks));
    EXPECT_TRUE(is_within(kept.names, after.names));
    EXPECT_GE(after.keys.size() + (asked.a_key ? 1 : 0), kept.keys.size());
    if (!asked.a_key) {
        EXPECT_TRUE(is_within(kept.keys, after.keys));
    }
}

/// Into another container; what is left out is told, and no key is.
void expect_carried(Dice& dice, const std::string& bytes) {
    constexpr Container kContainers[] = {
        Container::jks, Container::jceks, Container::pkcs12, Container::pem};
    const StoreDraft from = draft_of(bytes, dice.password());
    const Container container = kContainers[dice.below(4)];
    const auto password = is_java(container) ? std::optional{kPassword} : std::nullopt;
    StoreDraft to{container, password ? secret(*password) : std::nullopt, "new"};
    const auto copied = certs::copy_entries(
        from, to, std::nullopt,
        [&](std::size_t key) -> certs::EditResult<certs::PrivateKeyHandle> {
            return std::move(from.open(key, {}).value());
        }
    );
    // Two names that differ by nothing, or two keys for PEM: refused, not lost.
    if (!copied) return;
    const Contents before =
        Contents::of(bytes, from.password() ? std::optional{kPassword} : std::nullopt);
    const Contents after = Contents::of(written(to), password);
    EXPECT_EQ(before.keys, after.keys);
    if (!copied->lost.empty()) return;
    EXPECT_TRUE(is_within(before.certificates, after.certificates));
    EXPECT_TRUE(from.container() != to.container() || is_within(before.blocks, after.blocks));
    EXPECT_TRUE(before.blocks.empty() || from.container() == to.container());
}

TEST(AnyStore, LosesNothingThatWasNotAskedAway) {
    const std::clock_t begun = std::clock();
    int done = 0;
    for (unsigned seed = 1; seed <= kStores; ++seed) {
        // A slow machine does fewer, in the same order.
        if (done >= kAtLeast && std::clock() - begun > kAtMost) break;
        Dice dice{seed};
        std::string bytes = random_store(dice);
        for (int i = 0; i < kChanges; ++i) {
            SCOPED_TRACE("seed " + std::to_string(seed) + ", change " + std::to_string(i));
            const Contents before = Contents::of(bytes, dice.password());
            StoreDraft draft = draft_of(bytes, dice.password());

            const Asked asked = change(dice, draft);
            const std::string told_before = told(draft);
            bytes = written(draft);

            expect_kept(before, Contents::of(bytes, dice.password()), asked);
            if (testing::Test::HasFailure()) FAIL() << told_before;
        }
        expect_carried(dice, bytes);
        if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
        ++done;
    }
    EXPECT_GE(done, kAtLeast);
}

}  // namespace
}  // namespace countersign::tests
