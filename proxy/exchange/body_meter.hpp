#pragma once

#include <cstdint>
#include <string_view>

#include "proxy/http/chunked.hpp"
#include "proxy/http/head.hpp"

namespace countersign::proxy::exchange {

/// Whether a body is larger than `most` (limits.body_bytes); 0: any size will do.
constexpr bool exceeds(std::uint64_t bytes, std::uint64_t most) {
    return most != 0 && bytes > most;
}

/// Follows a message's body as it streams past and says where it ends. No I/O.
class BodyMeter {
public:
    BodyMeter() = default;
    BodyMeter(http::Framing framing, std::uint64_t content_length)
        : framing_{framing},
          left_{content_length},
          done_{
              framing == http::Framing::none ||
              (framing == http::Framing::length && content_length == 0)} {}

    /// One behind which so many bytes have passed, and nobody knows of more: a tunnel's.
    static BodyMeter after(std::uint64_t bytes) {
        BodyMeter meter;
        meter.total_ = bytes;
        return meter;
    }

    /// How many of the bytes at the front of `bytes` belong to the body.
    std::size_t take(std::string_view bytes) {
        if (done_ || invalid_) return 0;
        if (framing_ == http::Framing::chunked) return take_chunked(bytes);
        if (framing_ == http::Framing::until_close) {
            total_ += bytes.size();
            return bytes.size();
        }
        const std::uint64_t taken = bytes.size() < left_ ? bytes.size() : left_;
        left_ -= taken;
        total_ += taken;
        done_ = left_ == 0;
        return static_cast<std::size_t>(taken);
    }

    bool done() const { return done_; }
    bool invalid() const { return invalid_; }
    /// Bytes that are still to come, at the least.
    std::uint64_t left() const { return framing_ == http::Framing::length ? left_ : 0; }
    http::Framing framing() const { return framing_; }
    /// Bytes so far, as they were framed.
    std::uint64_t total() const { return total_; }

private:
    std::size_t take_chunked(std::string_view bytes) {
        const http::ChunkedScanner::Step step = chunks_.skip(bytes);
        done_ = step.state == http::ChunkedScanner::State::done;
        invalid_ = step.state == http::ChunkedScanner::State::invalid;
        total_ += step.size;
        return step.size;
    }

    http::Framing framing_ = http::Framing::none;
    std::uint64_t left_ = 0;
    std::uint64_t total_ = 0;
    bool done_ = true;
    bool invalid_ = false;
    http::ChunkedScanner chunks_;
};

}  // namespace countersign::proxy::exchange
