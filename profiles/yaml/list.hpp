#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// "a list of hosts: write [a.example]": `expected`, and one value that stands alone as the list
/// that it has to be.
std::string as_list_of_one(const YamlField& field, std::string_view expected);

/// A list in which nothing stands twice.
template <class T, class AsValue>
std::vector<T> read_list(const YamlField& field, std::string_view expected, AsValue as_value) {
    std::vector<T> values;
    const auto items = field.items(as_list_of_one(field, expected));
    if (!items) return values;
    for (const auto& item : *items) {
        auto value = as_value(item);
        if (!value) continue;
        if (std::ranges::find(values, *value) != values.end()) {
            item.problem(quote(item.node().text) + " stands twice in this list");
        } else {
            values.push_back(std::move(*value));
        }
    }
    return values;
}

}  // namespace countersign::profiles
