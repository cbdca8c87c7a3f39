#pragma once

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <optional>
#include <string_view>

namespace countersign::proxy::admin {

/// What a call's body says, where that is an object of JSON.
std::optional<boost::json::object> object_in(std::string_view body);

/// What the object says under `key`; empty where it says nothing. Null: it is no text.
const boost::json::string* text_in(const boost::json::object& object, std::string_view key);

}  // namespace countersign::proxy::admin
