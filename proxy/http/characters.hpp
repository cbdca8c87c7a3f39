#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "certs/text/ascii.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace countersign::proxy::http {

/// Classes of octets in an HTTP/1.1 head, and the scans over them. Sixteen octets a step where SSE2
/// is there. No scan reads at or after `end`.

inline constexpr std::array<bool, 256> kTokenChars = [] {  // RFC 9110 5.6.2
    std::array<bool, 256> table{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    for (std::size_t letter = 'a'; letter <= 'z'; ++letter) {
        table[letter] = table[letter - 'a' + 'A'] = true;
    }
    return table;
}();

constexpr bool is_token_char(char c) { return kTokenChars[static_cast<unsigned char>(c)]; }
using certs::is_digit;
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// What may not stand in a field value or a start line: CTL but HTAB. obs-text (0x80 and above)
/// may.
constexpr bool is_control(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return (octet < 0x20 && octet != '\t') || octet == 0x7f;
}

/// What ends a request target: white space, a control character, and anything that is not ASCII.
constexpr bool ends_target(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet <= 0x20 || octet >= 0x7f;
}

#if defined(__SSE2__)
namespace sse2 {

inline __m128i load(const char* at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

/// Octets of `block` from `first` to `first + span`, as 0xff.
inline __m128i within(__m128i block, char first, char span) {
    const __m128i shifted = _mm_sub_epi8(block, _mm_set1_epi8(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(shifted, _mm_set1_epi8(span)), shifted);
}

inline unsigned controls(const char* at) {
    const __m128i block = load(at);
    const __m128i tab = _mm_cmpeq_epi8(block, _mm_set1_epi8('\t'));
    const __m128i del = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
    const __m128i low = within(block, 0, 0x1f);
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, low), del)));
}

/// As signed octets, whatever is not above SP: SP, controls, and 0x80 and above. DEL is left to the
/// caller's line scan.
inline unsigned target_ends(const char* at) {
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmplt_epi8(load(at), _mm_set1_epi8(0x21))));
}

/// Everything but letters, digits and '-': the first of these is nearly always a field name's
/// colon.
inline unsigned not_plain_name(const char* at) {
    const __m128i block = load(at);
    const __m128i letter = within(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 'z' - 'a');
    const __m128i digit = within(block, '0', 9);
    const __m128i dash = _mm_cmpeq_epi8(block, _mm_set1_epi8('-'));
    const __m128i plain = _mm_or_si128(_mm_or_si128(letter, digit), dash);
    return static_cast<unsigned>(_mm_movemask_epi8(plain)) ^ 0xffffU;
}

}  // namespace sse2
#endif

/// The first control character (but HTAB), or `end`.
inline const char* find_control(const char* at, const char* end) {
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        if (const unsigned mask = sse2::controls(at)) return at + __builtin_ctz(mask);
    }
#endif
    while (at != end && !is_control(*at)) ++at;
    return at;
}

/// The first octet that cannot be part of a request target, or `end`. [at, end) holds no DEL up to
/// that octet.
inline const char* find_target_end(const char* at, const char* end) {
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        if (const unsigned mask = sse2::target_ends(at)) return at + __builtin_ctz(mask);
    }
#endif
    while (at != end && !ends_target(*at)) ++at;
    return at;
}

/// The first octet that is no token character, or `end`.
inline const char* find_token_end(const char* at, const char* end) {
#if defined(__SSE2__)
    while (end - at >= 16) {
        const unsigned mask = sse2::not_plain_name(at);
        if (mask == 0) {
            at += 16;
            continue;
        }
        at += __builtin_ctz(mask);
        break;
    }
#endif
    while (at != end && is_token_char(*at)) ++at;
    return at;
}

}  // namespace countersign::proxy::http
