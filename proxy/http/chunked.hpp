#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "profiles/response_leniency.hpp"
#include "proxy/http/chunk_extension.hpp"

namespace countersign::proxy::http {

/// Walks over a chunked body as it streams past, without copying its content: says how many bytes
/// belong to it, refuses what is not exactly RFC 9112 7.1 (bare LF, white space before or behind
/// the size, sizes over 2^63-1, size lines over 4 KiB, trailers over 16 KiB, control characters)
/// and what no leniency that it is given allows. After `invalid` it stays invalid. The trailers it
/// keeps, so that those can be left out that may not pass.
class ChunkedScanner {
public:
    enum class State : std::uint8_t { more, done, invalid };

    ChunkedScanner() = default;
    explicit ChunkedScanner(profiles::ResponseLeniencies allowed) : allowed_{allowed} {}

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

    /// The trailers' lines so far, each with its CRLF.
    std::string_view trailers() const { return trailers_; }
    /// How many of the bytes walked over were the trailers', their empty line included; 0: there
    /// are none.
    std::size_t trailer_bytes() const { return trailer_bytes_; }

    /// Once it is invalid: what is wrong, and where ("chunk 1: blank behind the size"). No values.
    std::string problem() const;
    /// With which leniencies the octet that is wrong would have passed; none: with no one.
    profiles::ResponseLeniencies cure() const { return cure_; }
    /// Those that were needed so far.
    profiles::ResponseLeniencies used() const { return used_; }

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
    Where end_of_trailer();
    Where after_size() const { return left_ == 0 ? Where::trailer_first : Where::content; }
    bool count_line_byte();  ///< false beyond the limit of the line, or of the trailers
    bool over_limit() const;
    Where forgive(char c);
    profiles::ResponseLeniencies leniency_for(char c) const;
    Where forgiven(char c);
    std::string_view wrong_with_size() const;
    std::string_view wrong_with_trailer() const;

    Where where_ = Where::size_first;
    ChunkExtension extension_;
    profiles::ResponseLeniencies allowed_;
    profiles::ResponseLeniencies used_;
    profiles::ResponseLeniencies cure_;
    Where wrong_where_ = Where::size_first;  ///< once it is invalid
    char wrong_ = 0;
    std::uint32_t line_bytes_ = 0;  // of this size line, or of all trailers
    std::uint64_t left_ = 0;        // the size while it is read, then what is left of the chunk
    std::uint64_t content_ = 0;
    std::uint64_t chunks_ = 0;  ///< whose size has begun
    std::size_t trailer_bytes_ = 0;
    std::string trailers_;  ///< with what has come of a line that is not complete
};

}  // namespace countersign::proxy::http
