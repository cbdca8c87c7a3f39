#include "proxy/tls/openssl_memory.hpp"

#include <gtest/gtest.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

// In a program whose OpenSSL is pooled from its start (see allocation_test.cpp).
namespace countersign::proxy::tls {
namespace {

unsigned char pattern(std::size_t size) { return static_cast<unsigned char>(size * 31 + 7); }

TEST(OpensslMemory, HasRoomForEverySize) {
    std::vector<std::pair<std::size_t, unsigned char*>> blocks;
    for (int round = 0; round < 3; ++round) {
        for (std::size_t size = 1; size < 40'000; size += size < 3'000 ? 1 : 61) {
            auto* block = static_cast<unsigned char*>(OPENSSL_malloc(size));
            ASSERT_NE(block, nullptr);
            ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0U);
            std::memset(block, pattern(size), size);
            blocks.emplace_back(size, block);
        }
        for (const auto& [size, block] : blocks) {
            ASSERT_EQ(block[0], pattern(size)) << size;
            ASSERT_EQ(block[size - 1], pattern(size)) << size;
            OPENSSL_free(block);
        }
        blocks.clear();
    }
}

TEST(OpensslMemory, KeepsWhatStandsInABlockThatGrows) {
    auto* block = static_cast<unsigned char*>(OPENSSL_malloc(1));
    block[0] = 42;
    std::size_t before = 1;
    for (std::size_t size = 2; size < 50'000; size = size * 5 / 4 + 1) {
        block = static_cast<unsigned char*>(OPENSSL_realloc(block, size));
        ASSERT_NE(block, nullptr);
        ASSERT_EQ(block[0], 42) << size;
        ASSERT_EQ(block[before - 1], 42) << size;
        std::memset(block, 42, size);
        before = size;
    }
    OPENSSL_free(block);
}

TEST(OpensslMemory, TakesABlockBackOnAnotherThread) {
    std::vector<void*> blocks;
    for (int i = 0; i < 100; ++i) blocks.push_back(OPENSSL_zalloc(512));

    std::thread{[&] {
        use_openssl_free_lists();
        for (void* block : blocks) OPENSSL_free(block);
        for (int i = 0; i < 100; ++i) OPENSSL_free(OPENSSL_malloc(512));
    }}.join();

    auto* block = static_cast<unsigned char*>(OPENSSL_zalloc(512));
    EXPECT_EQ(block[0], 0);
    EXPECT_EQ(block[511], 0);
    OPENSSL_free(block);
}

// A program that loads again has a thread for each load.
TEST(OpensslMemory, AThreadThatEndsLeavesNothing) {
    const auto run_threads = [](int count) {
        for (int i = 0; i < count; ++i) {
            std::thread{[i] {
                if (i % 2 == 0) use_openssl_free_lists();
                std::array<unsigned char, 8> random{};
                RAND_bytes(random.data(), random.size());
                ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
                ERR_clear_error();
            }}.join();
        }
    };
    run_threads(20);
    const std::size_t before = ::mallinfo2().uordblks;

    run_threads(200);

    EXPECT_LT(::mallinfo2().uordblks, before + 50'000);
}

TEST(OpensslMemory, GivesNothingForNothing) {
    OPENSSL_free(nullptr);
    OPENSSL_free(OPENSSL_realloc(nullptr, 10));
    EXPECT_EQ(OPENSSL_realloc(OPENSSL_malloc(10), 0), nullptr);
}

}  // namespace
}  // namespace countersign::proxy::tls
