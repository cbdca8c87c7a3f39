#pragma once

#include <cstddef>
#include <string_view>

#include "certs/text/ascii.hpp"
#include "proxy/http/characters.hpp"

namespace countersign::proxy::http {

/// `text` without the white space around it (OWS, RFC 9110 5.6.3).
constexpr std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Takes the next element of a comma-separated list (RFC 9110 5.6.1) off the front of `rest`.
/// Elements may be empty; a list of one empty element is what an empty value gives. False where
/// nothing is left.
class ListElements {
public:
    explicit constexpr ListElements(std::string_view value) : rest_(value) {}

    constexpr bool next(std::string_view& element) {
        if (at_end_) return false;
        const std::size_t comma = rest_.find(',');
        element = trim(rest_.substr(0, comma));
        at_end_ = comma == std::string_view::npos;
        if (!at_end_) rest_.remove_prefix(comma + 1);
        return true;
    }

private:
    std::string_view rest_;
    bool at_end_ = false;
};

using certs::same_ignoring_case;
using certs::starts_ignoring_case;

}  // namespace countersign::proxy::http
