#pragma once

#include <cstddef>
#include <cstdint>

#include "certs/bytes.hpp"

namespace countersign::certs {

/// Walks big-endian data of unknown origin. A read past the end gives zero or nothing and makes the
/// reader fail for good: callers may read a whole record and ask once, but every loop asks `ok()`
/// each time round. Nothing is allocated, so a length or a count that lies costs nothing.
class ByteReader {
public:
    explicit ByteReader(ByteView bytes) : rest_{bytes} {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }

    ByteView take(std::size_t count) {
        if (failed_ || count > rest_.size()) {
            failed_ = true;
            return {};
        }
        const ByteView taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    /// Goes into a SEQUENCE of DER or BER; fails where there is none. The length is short, long
    /// with that many bytes after it, or open-ended (0x80), which is the case 0: it is not looked
    /// at.
    void begin_sequence() {
        if (u8() != 0x30) return fail();
        if (const std::uint8_t length = u8(); length >= 0x80) take(length & 0x7f);
    }

    /// What Java's writeUTF wrote: a length of two bytes, then modified UTF-8.
    ByteView java_utf() { return take(u16()); }

    void fail() { failed_ = true; }
    bool ok() const { return !failed_; }
    ByteView rest() const { return rest_; }
    std::size_t remaining() const { return rest_.size(); }

private:
    std::uint64_t number(std::size_t width) {
        std::uint64_t value = 0;
        for (const unsigned char byte : take(width)) value = value << 8 | byte;
        return value;
    }

    ByteView rest_;
    bool failed_ = false;
};

}  // namespace countersign::certs
