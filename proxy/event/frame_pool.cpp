#include "proxy/event/frame_pool.hpp"

#include <array>
#include <cstdint>
#include <new>

namespace countersign::proxy {

namespace {

constexpr std::size_t kStep = 64;
constexpr std::size_t kClasses = 32;   // frames up to 2 KiB
constexpr std::uint32_t kKept = 1024;  // of each class: what a burst leaves behind stays bounded

struct FreeFrame {
    FreeFrame* next;
};

struct FreeLists {
    std::array<FreeFrame*, kClasses> first{};
    std::array<std::uint32_t, kClasses> count{};

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

// Under a sanitizer every frame is a block of its own, so that a use after its end is seen.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kPooled = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif
#else
constexpr bool kPooled = true;
#endif

}  // namespace

void* take_frame(std::size_t size) {
    const std::size_t index = class_of(size);
    if (!kPooled || index >= kClasses) return ::operator new(size);
    if (FreeFrame* frame = t_lists.first[index]) {
        t_lists.first[index] = frame->next;
        --t_lists.count[index];
        return frame;
    }
    return ::operator new((index + 1) * kStep);
}

void give_back_frame(void* frame, std::size_t size) noexcept {
    const std::size_t index = class_of(size);
    if (!kPooled || index >= kClasses || t_lists.count[index] >= kKept) {
        ::operator delete(frame);
        return;
    }
    t_lists.first[index] = new (frame) FreeFrame{t_lists.first[index]};
    ++t_lists.count[index];
}

}  // namespace countersign::proxy
