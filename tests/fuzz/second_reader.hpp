#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::fuzz {

/// What Boost.Beast, which shares no line with the proxy's own readers, reads in a message.
struct Reading {
    using Fields = std::vector<std::pair<std::string, std::string>>;

    bool invalid = false;
    /// In a trailer, which Beast takes for a field that says how the message is framed, or what
    /// becomes of the connection.
    bool is_confused = false;
    bool has_head = false;
    bool complete = false;    ///< by itself, or by the end of the connection
    bool needs_end = false;   ///< only the end of the connection is the end of the body
    bool keep_alive = false;  ///< as the head says
    bool chunked = false;
    int status = 0;
    std::string method;
    std::string target;
    std::string body;  ///< without its chunks
    /// Of the head, the names in lower case, in order of the names.
    Fields fields;
    Fields trailers;       ///< likewise
    std::size_t size = 0;  ///< of the bytes that were read

    /// Whether a field of that name, in lower case, says that.
    bool says(std::string_view name, std::string_view value) const;
    /// The values of those with that name, in their order.
    std::vector<std::string> values(std::string_view name) const;
    /// Whether Connection lists that name.
    bool lists(std::string_view name) const;
};

/// The request at the front of `bytes`.
Reading read_request(std::string_view bytes);

/// The response at the front of `bytes`. `ended`: the connection did, behind them.
Reading read_response(std::string_view bytes, bool to_head_request, bool ended);

/// The responses at the front of `bytes`, up to the first one that is final (or a 101).
struct ResponseReading {
    std::vector<Reading> interim;  ///< whole ones
    Reading last;                  ///< final, or not whole
    std::size_t size = 0;          ///< of all of them
    bool is_final() const { return last.has_head && (last.status >= 200 || last.status == 101); }
};
ResponseReading read_responses(std::string_view bytes, bool to_head_request, bool ended);

}  // namespace countersign::fuzz
