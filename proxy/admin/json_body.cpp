#include "proxy/admin/json_body.hpp"

#include <boost/json/parse.hpp>
#include <utility>

namespace countersign::proxy::admin {

namespace json = boost::json;

std::optional<json::object> object_in(std::string_view text) {
    boost::system::error_code error;
    json::value value = json::parse(boost::core::string_view{text.data(), text.size()}, error);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

const json::string* text_in(const json::object& object, std::string_view key) {
    static const json::string kEmpty;
    const json::value* const value = object.if_contains(key);
    if (value == nullptr || value->is_null()) return &kEmpty;
    return value->if_string();
}

}  // namespace countersign::proxy::admin
