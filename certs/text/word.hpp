#pragma once

#include <string_view>

namespace countersign::certs {

/// A word of the configuration and what it stands for. An enumeration has one array of them, beside
/// it: what reads the words and what prints them cannot differ.
template <class Meaning>
struct Word {
    std::string_view text;
    Meaning meaning;
};

/// Every meaning has its word.
template <class Words, class Meaning>
constexpr std::string_view word_for(const Words& words, Meaning meaning) {
    for (const auto& word : words) {
        if (word.meaning == meaning) return word.text;
    }
    return "?";
}

}  // namespace countersign::certs
