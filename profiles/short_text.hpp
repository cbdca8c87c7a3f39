#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::profiles {

/// A text that has a bound by its nature, such as a host's name: owned, and nothing is allocated.
template <std::size_t kMost>
class ShortText {
public:
    static_assert(kMost <= UINT16_MAX);

    ShortText() noexcept {}  // not defaulted: what is nobody's is not cleared either
    ShortText(const ShortText& other) noexcept { assign(other); }
    ShortText& operator=(const ShortText& other) noexcept {
        assign(other);
        return *this;
    }
    ShortText& operator=(std::string_view text) noexcept {
        assign(text);
        return *this;
    }

    /// What does not fit is a bug, and cut off.
    void assign(std::string_view text) noexcept {
        clear();
        append(text);
    }
    void append(std::string_view text) noexcept {
        const std::size_t count = std::min(text.size(), kMost - size_);
        std::copy_n(text.data(), count, bytes_.data() + size_);
        size_ = static_cast<std::uint16_t>(size_ + count);
    }
    void clear() { size_ = 0; }

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    std::string_view view() const { return {bytes_.data(), size_}; }
    operator std::string_view() const { return view(); }
    std::string text() const { return std::string{view()}; }

    friend bool operator==(const ShortText& a, const ShortText& b) { return a.view() == b.view(); }
    friend bool operator==(const ShortText& a, std::string_view b) { return a.view() == b; }

private:
    std::uint16_t size_ = 0;
    std::array<char, kMost> bytes_;  // those beyond size_ are nobody's
};

}  // namespace countersign::profiles
