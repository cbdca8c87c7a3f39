#include "tests/certs/edit/random_store.hpp"

#include <gtest/gtest.h>
#include <openssl/pkcs12.h>

#include "certs/der_bytes.hpp"
#include "certs/edit/store_draft.hpp"
#include "certs/pkcs12_bag.hpp"
#include "tests/certs/edit/kept.hpp"
#include "tests/certs/stores.hpp"

namespace countersign::tests {
namespace {

using certs::Container;
using certs::StoreDraft;

std::string random_pem(Dice& dice) {
    const Issued& owner = dice.issued();
    const bool old_form = !dice.password() && !dice.often();
    std::vector<std::string> parts{
        old_form ? traditional_pem(owner.key.get()) : owner.key_pem(dice.password().value_or(""))};
    if (dice.often()) parts.push_back(owner.certificate_pem());
    for (std::size_t i = dice.below(5); i > 0; --i) {
        const Issued& other = dice.issued();
        switch (dice.below(6)) {
            case 0:
                parts.push_back("# a line " + std::to_string(dice.below(9)) + "\n");
                break;
            case 1:
                parts.push_back(block(dice.block_label(), std::to_string(dice.below(99))));
                break;
            case 2:
                parts.push_back(other.certificate_pem());
                break;
            case 3:
                parts.push_back(trusted_pem(other.certificate.get()));
                break;
            case 4:
                parts.push_back(
                    bundle_pem({other.certificate.get(), other.chain.front().get()}, dice.often())
                );
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
    return dice.below(4) == 0 ? with_crlf(text) : text;
}

/// A friendlyName that names nothing: empty, or no text.
void add_unusable_name(PKCS12_SAFEBAG* bag, bool empty) {
    PKCS12_add1_attr_by_NID(
        bag, NID_friendlyName, empty ? V_ASN1_BMPSTRING : V_ASN1_OCTET_STRING,
        reinterpret_cast<const unsigned char*>("??"), empty ? 0 : 2
    );
}

/// PKCS#12 as others write it: IDs that are shared, crossed or absent, names, bags nobody knows.
std::string random_pkcs12(Dice& dice) {
    STACK_OF(PKCS12_SAFEBAG)* const bags = sk_PKCS12_SAFEBAG_new_null();
    const auto push = [&](certs::Pkcs12BagHandle bag, const std::string& name, bool tied) {
        if (!name.empty()) certs::name_if_nameless(bag.get(), name);
        if (name.empty() && dice.often()) add_unusable_name(bag.get(), dice.often());
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

}  // namespace

Material::Material() {
    const Ca root = Ca::root("Root");
    const Ca other = Ca::root("Other");
    for (int i = 0; i < 6; ++i) {
        const Ca issuing = (i % 2 == 0 ? root : other).intermediate("I" + std::to_string(i / 3));
        issued.push_back(issuing.issue({.common_name = "c" + std::to_string(i)}));
    }
}

void Dice::use_password() { password_ = kPassword; }

std::string Dice::block_label() {
    constexpr const char* kLabels[] = {
        "DH PARAMETERS", "X509 CRL", "EC PARAMETERS", "OPENSSH PRIVATE KEY", "OTHER"};
    return kLabels[below(std::size(kLabels))];
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

}  // namespace countersign::tests
