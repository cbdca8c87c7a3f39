#include "proxy/http/via.hpp"

#include "proxy/http/field_value.hpp"

namespace countersign::proxy::http {

namespace {

/// Of "1.1 name (comment)": the name.
std::string_view receiver(std::string_view element) {
    const std::size_t blank = element.find_first_of(" \t");
    if (blank == std::string_view::npos) return {};
    const std::string_view rest = trim(element.substr(blank));
    return rest.substr(0, rest.find_first_of(" \t("));
}

}  // namespace

/// A comma in a comment can only make an element that names nobody, or one that is asked for.
bool has_come_through(const Head& request, std::string_view own_name) {
    if (!request.has_via || own_name.empty()) return false;
    for (const Field& field : request.fields) {
        if (field.id != FieldName::via) continue;
        ListElements elements(field.value);
        std::string_view element;
        while (elements.next(element)) {
            if (receiver(element) == own_name) return true;
        }
    }
    return false;
}

}  // namespace countersign::proxy::http
