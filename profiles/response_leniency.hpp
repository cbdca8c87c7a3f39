#pragma once

#include <cstdint>
#include <string>

#include "certs/text/word.hpp"

namespace countersign::profiles {

/// What a careless server's responses may have that HTTP/1.1 forbids. nginx and HAProxy pass each,
/// and none makes it a question where a message ends. Clients never see it: they get what it means.
enum class ResponseLeniency : std::uint8_t {
    bare_lf,             ///< lines that end with LF alone
    chunk_blanks,        ///< white space at the end of a chunk's size line
    chunk_extensions,    ///< behind a chunk size's ';' stands anything
    connection_options,  ///< Connection lists something that is no token
    control_characters,  ///< in the reason, and in fields that the proxy does not act on
    http10_chunked,      ///< Transfer-Encoding: chunked in an HTTP/1.0 response
    status_line_blanks,  ///< several blanks, or a tab, between version and status
};
inline constexpr certs::Word<ResponseLeniency> kResponseLeniencies[] = {
    {"bare_lf", ResponseLeniency::bare_lf},
    {"chunk_blanks", ResponseLeniency::chunk_blanks},
    {"chunk_extensions", ResponseLeniency::chunk_extensions},
    {"connection_options", ResponseLeniency::connection_options},
    {"control_characters", ResponseLeniency::control_characters},
    {"http10_chunked", ResponseLeniency::http10_chunked},
    {"status_line_blanks", ResponseLeniency::status_line_blanks},
};

/// A set of them.
class ResponseLeniencies {
public:
    constexpr ResponseLeniencies() = default;
    constexpr ResponseLeniencies(ResponseLeniency one) : bits_{bit(one)} {}
    static constexpr ResponseLeniencies all() {
        ResponseLeniencies every;
        for (const auto& word : kResponseLeniencies) every.add(word.meaning);
        return every;
    }

    constexpr bool empty() const { return bits_ == 0; }
    constexpr bool has(ResponseLeniencies these) const {
        return (bits_ & these.bits_) == these.bits_;
    }
    constexpr void add(ResponseLeniencies these) {
        bits_ = static_cast<std::uint8_t>(bits_ | these.bits_);
    }
    friend constexpr ResponseLeniencies operator|(ResponseLeniencies a, ResponseLeniencies b) {
        a.add(b);
        return a;
    }
    friend bool operator==(const ResponseLeniencies&, const ResponseLeniencies&) = default;

private:
    static constexpr std::uint8_t bit(ResponseLeniency one) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(one));
    }

    std::uint8_t bits_ = 0;
};

/// "bare_lf, chunk_blanks"; empty where there is none.
inline std::string to_text(ResponseLeniencies these) {
    std::string text;
    for (const auto& word : kResponseLeniencies) {
        if (!these.has(word.meaning)) continue;
        if (!text.empty()) text += ", ";
        text += word.text;
    }
    return text;
}

}  // namespace countersign::profiles
