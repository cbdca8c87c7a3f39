#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proxy/http/chunk_extension.hpp"

namespace countersign::proxy::http {

/// Walks over a chunked body as it streams past, without copying: says how many bytes belong to it,
/// refuses what is not exactly RFC 9112 7.1 (bare LF, white space before or behind the size, sizes
/// over 2^63-1, size lines over 4 KiB, trailers over 16 KiB, control characters, and among the
/// trailers any field that the proxy acts on in a head: Content-Length, Transfer-Encoding, Host,
/// Connection …). After `invalid` it stays invalid.
class ChunkedScanner {
public:
    enum class State : std::uint8_t { more, done, invalid };

    /// One step over the front of `bytes`. `size` is how many of them were walked over; `data` is
    /// the part of these that is content (for a receiver that needs the body without its chunks); a
    /// step ends at the latest where content ends, so call again while bytes are left and the state
    /// is `more`.
    struct Step {
        State state;
        std::size_t size;
        std::string_view data;
    };
    Step step(std::string_view bytes);

    /// Walks over as much of `bytes` as belongs to the body: for passing a body on as it is. `data`
    /// is empty.
    Step skip(std::string_view bytes);

    /// Content bytes so far.
    std::uint64_t content() const { return content_; }

private:
    enum class Where : std::uint8_t {
        size_first,
        size,
        extension,
        size_lf,
        content,
        content_cr,
        content_lf,
        trailer_first,
        trailer_name,
        trailer_value,
        trailer_lf,
        end_lf,
        done,
        invalid
    };
    State state() const;
    Where next(char c);
    Where next_in_size(char c);
    Where next_in_extension(char c);
    Where next_in_trailer_name(char c);
    bool count_line_byte();  ///< false beyond the limit of the line, or of the trailers

    Where where_ = Where::size_first;
    ChunkExtension extension_;
    std::uint8_t name_length_ = 0;
    char name_[20] = {};            // of a trailer: one octet longer than any name that is refused
    std::uint32_t line_bytes_ = 0;  // of this size line, or of all trailers
    std::uint64_t left_ = 0;        // the size while it is read, then what is left of the chunk
    std::uint64_t content_ = 0;
};

}  // namespace countersign::proxy::http
