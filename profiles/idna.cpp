#include "profiles/idna.hpp"

#include <idn2.h>

#include <memory>

namespace countersign::profiles {
namespace {

struct FreeText {
    void operator()(char* text) const { idn2_free(text); }
};

std::optional<std::string> look_up(std::string_view name, int flags) {
    const std::string text{name};
    char* raw = nullptr;
    const int result = idn2_to_ascii_8z(text.c_str(), &raw, flags);
    const std::unique_ptr<char, FreeText> ascii{raw};
    if (result != IDN2_OK || text.find('\0') != text.npos) return std::nullopt;
    return std::string{ascii.get()};
}

}  // namespace

std::optional<std::string> to_a_labels(std::string_view name) {
    return look_up(name, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
}

bool has_valid_a_labels(std::string_view name) {
    if (name.find("xn--") == name.npos) return true;
    return look_up(name, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == name;
}

}  // namespace countersign::profiles
