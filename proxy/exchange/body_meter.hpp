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
    /// `allowed`: what its chunks may have that they should not.
    BodyMeter(
        http::Framing framing, std::uint64_t content_length,
        profiles::ResponseLeniencies allowed = {}
    )
        : framing_{framing},
          left_{content_length},
          done_{
              framing == http::Framing::none ||
              (framing == http::Framing::length && content_length == 0)},
          chunks_{allowed} {}

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

    /// The same, and says how many of them pass as they are: all but the trailers, of which some
    /// may not. They stand in `chunks().trailers()`.
    struct Taken {
        std::size_t size;
        std::size_t passes;
        bool ends_in_trailers;  ///< the body is done, and what has come of them follows it
    };
    Taken take_all_but_trailers(std::string_view bytes) {
        const std::size_t before = chunks_.trailer_bytes();
        const std::size_t size = take(bytes);
        const std::size_t of_trailers = chunks_.trailer_bytes() - before;
        return {size, size - of_trailers, of_trailers > 0 && done_};
    }

    bool done() const { return done_; }
    bool invalid() const { return invalid_; }
    /// Bytes that are still to come, at the least.
    std::uint64_t left() const { return framing_ == http::Framing::length ? left_ : 0; }
    http::Framing framing() const { return framing_; }
    /// Of a chunked body.
    const http::ChunkedScanner& chunks() const { return chunks_; }
    /// Bytes so far, as they were framed.
    std::uint64_t total() const { return total_; }
    /// Bytes so far, without what frames them.
    std::uint64_t content() const {
        return framing_ == http::Framing::chunked ? chunks_.content() : total_;
    }

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
