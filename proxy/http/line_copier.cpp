#include "proxy/http/line_copier.hpp"

#include <charconv>
#include <utility>

namespace countersign::proxy::http {

void LineCopier::copy_length(const Field& field) {
    if (std::exchange(length_said_, true)) return replace(field.line);
    char digits[20];
    const char* const end = std::to_chars(digits, digits + sizeof digits, head_.content_length).ptr;
    const std::string_view plain(digits, end);
    if (field.value != plain) replace(field.line, {field.name, ": ", plain, "\r\n"});
}

}  // namespace countersign::proxy::http
