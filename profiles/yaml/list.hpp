#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// "a list of hosts: write [a.example]": `expected`, and one value that stands alone as the list
/// that it has to be.
std::string as_list_of_one(const YamlField& field, std::string_view expected);

/// Which values need not be compared: those whose keys differ. Of lists that have thousands, texts
/// and hosts; the others are compared with each.
template <class T>
std::size_t comparison_key(const T& value) {
    if constexpr (std::convertible_to<const T&, std::string_view>) {
        return std::hash<std::string_view>{}(value);
    } else if constexpr (requires { std::hash<std::string>{}(value.to_text()); }) {
        return std::hash<std::string>{}(value.to_text());
    } else {
        return 0;
    }
}

/// A list in which nothing stands twice.
template <class T, class AsValue>
std::vector<T> read_list(const YamlField& field, std::string_view expected, AsValue as_value) {
    std::vector<T> values;
    const auto items = field.items(as_list_of_one(field, expected));
    if (!items) return values;
    std::unordered_multimap<std::size_t, std::size_t> places;  // of values, by their keys
    for (const auto& item : *items) {
        auto value = as_value(item);
        if (!value) continue;
        const std::size_t key = comparison_key(*value);
        const auto [begin, end] = places.equal_range(key);
        const auto is_it = [&](const auto& place) { return values[place.second] == *value; };
        if (std::any_of(begin, end, is_it)) {
            item.problem(quote(item.node().text) + " stands twice in this list");
        } else {
            places.emplace(key, values.size());
            values.push_back(std::move(*value));
        }
    }
    return values;
}

}  // namespace countersign::profiles
