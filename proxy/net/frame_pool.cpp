#include "proxy/net/frame_pool.hpp"

#include <array>
#include <cstdint>
#include <new>

#include "proxy/net/sanitizer.hpp"

namespace countersign::proxy::net {

namespace {

constexpr std::size_t kStep = 64;
constexpr std::size_t kClasses = 56;   // frames up to 3.5 KiB
constexpr std::uint32_t kKept = 4096;  // of each class
constexpr std::uint32_t kReserve = 16;

struct FreeFrame {
    FreeFrame* next;
};

struct FreeLists {
    std::array<FreeFrame*, kClasses> first{};
    std::array<std::uint32_t, kClasses> count{};
    std::array<LowWater, kClasses> low_water{};

    ~FreeLists() {
        for (FreeFrame*& list : first) {
            while (list != nullptr) {
                FreeFrame* frame = list;
                list = frame->next;
                ::operator delete(frame);
            }
        }
    }
};

thread_local FreeLists t_lists;

constexpr std::size_t class_of(std::size_t size) { return (size - 1) / kStep; }

}  // namespace

void* take_frame(std::size_t size) {
    const std::size_t index = class_of(size);
    if (kSanitized || index >= kClasses) return ::operator new(size);
    if (FreeFrame* frame = t_lists.first[index]) {
        t_lists.first[index] = frame->next;
        t_lists.low_water[index].took(--t_lists.count[index]);
        return frame;
    }
    return ::operator new((index + 1) * kStep);
}

void give_back_frame(void* frame, std::size_t size) noexcept {
    const std::size_t index = class_of(size);
    if (kSanitized || index >= kClasses || t_lists.count[index] >= kKept) {
        ::operator delete(frame);
        return;
    }
    t_lists.first[index] = new (frame) FreeFrame{t_lists.first[index]};
    ++t_lists.count[index];
}

Surplus give_back_surplus_frames() {
    Surplus surplus;
    for (std::size_t index = 0; index < kClasses; ++index) {
        std::uint32_t& count = t_lists.count[index];
        const std::uint32_t unneeded = t_lists.low_water[index].surplus(count, kReserve);
        for (std::uint32_t i = 0; i < unneeded; ++i) {
            FreeFrame* const frame = t_lists.first[index];
            t_lists.first[index] = frame->next;
            ::operator delete(frame);
        }
        count -= unneeded;
        surplus += {unneeded * (index + 1) * kStep, count > kReserve};
    }
    return surplus;
}

}  // namespace countersign::proxy::net
