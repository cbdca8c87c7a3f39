#include "certs/secret_memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/source.hpp"

namespace countersign::certs {
namespace {

// Under a sanitizer it is the heap.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/// The kernel's flags of the mapping that has this address: "rd wr mr mw me ac dd".
std::string flags_at(const void* memory) {
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    std::ifstream maps{"/proc/self/smaps"};
    bool inside = false;
    for (std::string line; std::getline(maps, line);) {
        const auto dash = line.find('-');
        std::uintptr_t first = 0;
        const auto [end, error] =
            std::from_chars(line.data(), line.data() + line.size(), first, 16);
        if (error == std::errc{} && end == line.data() + dash) {
            std::uintptr_t last = 0;
            std::from_chars(end + 1, line.data() + line.size(), last, 16);
            inside = first <= address && address < last;
        } else if (inside && line.starts_with("VmFlags:")) {
            return line + ' ';
        }
    }
    return {};
}

TEST(SecretMemory, StandsInNoCoreDump) {
    const Secret password{"hunter2"};
    const SecretBytes key_store(300'000);

    EXPECT_NE(flags_at(password.reveal().data()).find(" dd "), std::string::npos);
    EXPECT_NE(flags_at(key_store.data()).find(" dd "), std::string::npos);
    EXPECT_EQ(flags_at(&password).find(" dd "), std::string::npos);
}

TEST(SecretMemory, IsWipedWhenItIsGivenBack) {
    constexpr std::size_t kSize = 500;
    void* const first = take_secret_memory(kSize);
    std::memset(first, 'x', kSize);
    give_back_secret_memory(first, kSize);

    auto* const again = static_cast<char*>(take_secret_memory(kSize));

    ASSERT_EQ(again, first);
    EXPECT_EQ(std::count(again, again + kSize, 'x'), 0);
    give_back_secret_memory(again, kSize);
}

#endif

TEST(SecretMemory, OfAllSizesIsOnesOwn) {
    struct Block {
        unsigned char* memory;
        std::size_t size;
    };
    std::vector<Block> blocks;
    for (std::size_t size = 1; size < 100'000; size += size / 3 + 1) {
        for (int twice = 0; twice < 2; ++twice) {
            auto* const memory = static_cast<unsigned char*>(take_secret_memory(size));
            EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignof(std::max_align_t), 0U);
            std::memset(memory, static_cast<int>(blocks.size()), size);
            blocks.push_back({memory, size});
        }
    }

    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto mark = static_cast<unsigned char>(i);
        const Block& block = blocks[i];
        EXPECT_EQ(
            std::count(block.memory, block.memory + block.size, mark),
            static_cast<std::ptrdiff_t>(block.size)
        );
        give_back_secret_memory(block.memory, block.size);
    }
}

}  // namespace
}  // namespace countersign::certs
