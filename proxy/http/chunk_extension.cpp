#include "proxy/http/chunk_extension.hpp"

#include "proxy/http/characters.hpp"

namespace countersign::proxy::http {

bool ChunkExtension::take(char c) {
    const Where then = next(c);
    if (then == Where::refused) return false;
    where_ = then;
    return true;
}

bool ChunkExtension::may_end() const {
    return where_ == Where::name || where_ == Where::value || where_ == Where::after_quoted ||
           where_ == Where::anything;
}

bool ChunkExtension::trails_off() const {
    return where_ == Where::before_semicolon || where_ == Where::after_value ||
           where_ == Where::before_equals;
}

ChunkExtension::Where ChunkExtension::next(char c) const {
    switch (where_) {
        case Where::before_semicolon:
            if (is_blank(c)) return Where::before_semicolon;
            return c == ';' ? Where::before_name : Where::refused;
        case Where::after_value:
            if (is_blank(c)) return Where::after_value;
            return c == ';' ? Where::before_name : Where::refused;
        case Where::before_name:
            if (is_blank(c)) return Where::before_name;
            return is_token_char(c) ? Where::name : Where::refused;
        case Where::name:
            if (is_token_char(c)) return Where::name;
            [[fallthrough]];
        case Where::before_equals:
            if (is_blank(c)) return Where::before_equals;
            if (c == ';') return Where::before_name;
            return c == '=' ? Where::before_value : Where::refused;
        case Where::before_value:
            if (is_blank(c)) return Where::before_value;
            if (c == '"') return Where::quoted;
            return is_token_char(c) ? Where::value : Where::refused;
        case Where::value:
            if (is_token_char(c)) return Where::value;
            [[fallthrough]];
        case Where::after_quoted:
            if (is_blank(c)) return Where::after_value;
            return c == ';' ? Where::before_name : Where::refused;
        case Where::quoted:
            if (c == '"') return Where::after_quoted;
            if (c == '\\') return Where::escaped;
            return is_control(c) ? Where::refused : Where::quoted;
        case Where::escaped:
            return is_control(c) ? Where::refused : Where::quoted;
        case Where::anything:
            return c == '\0' || c == '\r' || c == '\n' ? Where::refused : Where::anything;
        case Where::refused:
            break;
    }
    return Where::refused;
}

}  // namespace countersign::proxy::http
