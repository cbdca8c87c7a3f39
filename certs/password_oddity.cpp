#include "certs/password_oddity.hpp"

#include <string_view>

#include "certs/text/ascii.hpp"
#include "certs/text/utf8.hpp"

namespace countersign::certs {
namespace {

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = decode_utf8(text).length;
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

std::string oddity_of(std::string_view text) {
    std::string odd;
    if (text.starts_with(kByteOrderMark)) {
        odd += "; the password begins with a byte order mark";
        text.remove_prefix(kByteOrderMark.size());
    }
    if (text.empty()) return odd;
    if (is_blank(text.front())) odd += "; the password begins with a blank";
    if (is_blank(text.back())) odd += "; the password ends with a blank";
    if (text.back() == '\r') odd += "; the password ends with a carriage return";
    if (text.back() == '\n') {
        odd += "; the password ends with a line end (of a file, one is taken off)";
    }
    if (!is_utf8(text)) {
        odd += "; the password is not UTF-8, which is expected";
    } else if (!is_ascii(text)) {
        odd += "; the password has characters beyond ASCII, which programs encode differently";
    }
    return odd;
}

}  // namespace countersign::certs
