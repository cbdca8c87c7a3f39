#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <optional>
#include <string_view>

namespace countersign::proxy::admin {

// Documents for programs: what `--json` prints, and what operators are answered.

/// What is not UTF-8 in it becomes U+FFFD: no certificate or file can break a document.
boost::json::string json_text(std::string_view text);

/// null where there is none.
template <class Text>
boost::json::value json_text_or_null(const std::optional<Text>& text) {
    return text ? boost::json::value(json_text(*text)) : boost::json::value(nullptr);
}

/// What `of` makes of each item: a text, or a value of JSON.
template <class List, class Of>
boost::json::array json_list(const List& list, const Of& of) {
    boost::json::array out;
    for (const auto& item : list) out.emplace_back(of(item));
    return out;
}
template <class List>
boost::json::array json_list(const List& list) {
    return json_list(list, [](const auto& item) { return json_text(item); });
}

}  // namespace countersign::proxy::admin
