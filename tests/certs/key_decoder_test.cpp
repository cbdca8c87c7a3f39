#include "certs/key_decoder.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <string>
#include <thread>
#include <vector>

#include "certs/der_bytes.hpp"

namespace countersign::tests {
namespace {

using certs::decode_key;
using certs::decode_traditional_key;
using certs::der_of;
using certs::PrivateKeyHandle;
using certs::PrivateKeyInfoHandle;
using certs::SecretBytes;

/// Keys of several algorithms, whose chains of decoders are used in turn.
class KeyDecoder : public testing::Test {
protected:
    KeyDecoder() {
        for (int twice = 0; twice < 2; ++twice) {
            keys_.emplace_back(EVP_EC_gen("P-256"));
            keys_.emplace_back(EVP_RSA_gen(2048));
            keys_.emplace_back(EVP_EC_gen("secp384r1"));
            keys_.emplace_back(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
            keys_.emplace_back(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
        }
    }
    ~KeyDecoder() override { ERR_clear_error(); }

    static PrivateKeyInfoHandle info_of(const EVP_PKEY* key) {
        return PrivateKeyInfoHandle{EVP_PKEY2PKCS8(key)};
    }
    /// As they stand in files. OpenSSL writes no key in two threads at a time: it changes the key
    /// meanwhile.
    struct Written {
        SecretBytes pkcs8;
        SecretBytes own_form;
    };
    std::vector<Written> written() const {
        std::vector<Written> all;
        for (const PrivateKeyHandle& key : keys_) {
            all.push_back(
                {der_of(info_of(key.get()).get(), i2d_PKCS8_PRIV_KEY_INFO),
                 der_of(key.get(), i2d_PrivateKey)}
            );
        }
        return all;
    }
    static void expect_each(const std::vector<Written>& all) {
        for (const Written& one : all) {
            const unsigned char* data = one.pkcs8.data();
            const PrivateKeyInfoHandle info{
                d2i_PKCS8_PRIV_KEY_INFO(nullptr, &data, static_cast<long>(one.pkcs8.size()))};
            const PrivateKeyHandle decoded = decode_key(info.get());
            ASSERT_NE(decoded, nullptr);
            EXPECT_EQ(der_of(decoded.get(), i2d_PrivateKey), one.own_form);
        }
    }
    void expect_each() const { expect_each(written()); }

    std::vector<PrivateKeyHandle> keys_;
};

TEST_F(KeyDecoder, GivesEachKeyAndNotTheOneBefore) {
    for (int again = 0; again < 3; ++again) expect_each();
}

TEST_F(KeyDecoder, ReadsTraditionalForms) {
    for (const std::size_t number : {0, 1, 2, 5, 6, 7}) {
        const SecretBytes der = der_of(keys_[number].get(), i2d_PrivateKey);
        const PrivateKeyHandle decoded = decode_traditional_key(der);

        ASSERT_NE(decoded, nullptr) << number;
        EXPECT_EQ(EVP_PKEY_eq(decoded.get(), keys_[number].get()), 1) << number;
    }
}

TEST_F(KeyDecoder, GivesNothingForADamagedKeyAndGoesOn) {
    const PrivateKeyInfoHandle damaged = info_of(keys_[0].get());
    const ASN1_OBJECT* algorithm = nullptr;
    PKCS8_pkey_get0(&algorithm, nullptr, nullptr, nullptr, damaged.get());
    static constexpr unsigned char kNoKey[] = {0x30, 0x03, 0x02, 0x01, 0x07};
    PKCS8_pkey_set0(
        damaged.get(), OBJ_dup(algorithm), 0, V_ASN1_UNDEF, nullptr,
        static_cast<unsigned char*>(OPENSSL_memdup(kNoKey, sizeof kNoKey)), sizeof kNoKey
    );
    for (int again = 0; again < 2; ++again) {
        EXPECT_EQ(decode_key(damaged.get()), nullptr);
        EXPECT_NE(ERR_peek_error(), 0u) << "OpenSSL's reason is lost";
        ERR_clear_error();
        EXPECT_EQ(decode_traditional_key(certs::as_bytes("no key")), nullptr);
        EXPECT_NE(ERR_peek_error(), 0u) << "OpenSSL's reason is lost";
        ERR_clear_error();
        expect_each();
        EXPECT_EQ(ERR_peek_error(), 0u);
    }
}

TEST_F(KeyDecoder, GoesOnAfterMoreAlgorithmsThanItKeeps) {
    for (int number = 1; number < 100; ++number) {
        const PrivateKeyInfoHandle strange = info_of(keys_[0].get());
        ASN1_OBJECT* const algorithm =
            OBJ_txt2obj(("1.2.3.4." + std::to_string(number)).c_str(), 1);
        PKCS8_pkey_set0(strange.get(), algorithm, 0, V_ASN1_UNDEF, nullptr, nullptr, 0);
        EXPECT_EQ(decode_key(strange.get()), nullptr) << number;
        ERR_clear_error();
    }
    expect_each();
}

TEST_F(KeyDecoder, WorksInThreadsSideBySide) {
    const std::vector<Written> all = written();
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) threads.emplace_back([&all] { expect_each(all); });
}

}  // namespace
}  // namespace countersign::tests
