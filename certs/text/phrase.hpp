#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace countersign::certs {

// Parts of the sentences of messages.

/// "'acme'". The text is fit for a message already.
inline std::string in_quotes(std::string_view text) {
    std::string out = "'";
    out += text;
    return out += '\'';
}

/// "1 key", "2 keys".
inline std::string counted(std::size_t count, std::string_view noun) {
    std::string out = std::to_string(count) + ' ';
    out += noun;
    return count == 1 ? out : out += 's';
}

/// "a, b, c": what `to_text` makes of each item.
template <class List, class ToText>
std::string joined(const List& list, const ToText& to_text) {
    std::string out;
    bool first = true;
    for (const auto& item : list) {
        if (!first) out += ", ";
        out += to_text(item);
        first = false;
    }
    return out;
}

/// The same of texts.
template <class Texts>
std::string joined(const Texts& texts) {
    return joined(texts, [](std::string_view text) { return text; });
}

/// "a, b or c", where `conjunction` is "or".
template <class Texts>
std::string enumerated(const Texts& texts, std::string_view conjunction) {
    std::string out;
    std::size_t left = std::size(texts);
    for (const std::string_view text : texts) {
        out += text;
        --left;
        if (left > 1) out += ", ";
        if (left == 1) (out += ' ').append(conjunction) += ' ';
    }
    return out;
}

}  // namespace countersign::certs
