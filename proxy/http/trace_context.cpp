#include "proxy/http/trace_context.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace countersign::proxy::http {

namespace {

constexpr std::size_t kDash1 = 2;  // behind the version
constexpr std::size_t kDash2 = 35;
constexpr std::size_t kDash3 = 52;

constexpr bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_id(std::string_view text) {
    return std::ranges::all_of(text, is_lower_hex) &&
           text.find_first_not_of('0') != std::string_view::npos;
}

constexpr std::array<bool, 256> kOfRequestIds = [] {
    std::array<bool, 256> of_them{};
    for (const char c : std::string_view{"-._~+/=:@"})
        of_them[static_cast<unsigned char>(c)] = true;
    for (unsigned char c = '0'; c <= '9'; ++c) of_them[c] = true;
    for (unsigned char c = 'a'; c <= 'z'; ++c) of_them[c] = of_them[c - 'a' + 'A'] = true;
    return of_them;
}();

}  // namespace

std::optional<TraceParent> read_trace_parent(std::string_view value) {
    if (value.size() < TraceParent::kSize) return std::nullopt;
    const std::string_view version = value.substr(0, kDash1);
    if (!std::ranges::all_of(version, is_lower_hex) || version == "ff") return std::nullopt;
    if (value.size() > TraceParent::kSize &&
        (version == "00" || value[TraceParent::kSize] != '-')) {
        return std::nullopt;
    }
    if (value[kDash1] != '-' || value[kDash2] != '-' || value[kDash3] != '-') return std::nullopt;
    const TraceParent read{
        value.substr(kDash1 + 1, kDash2 - kDash1 - 1),
        value.substr(kDash2 + 1, kDash3 - kDash2 - 1),
        value.substr(kDash3 + 1, TraceParent::kSize - kDash3 - 1)};
    if (!is_id(read.trace_id) || !is_id(read.span_id)) return std::nullopt;
    if (!std::ranges::all_of(read.flags, is_lower_hex)) return std::nullopt;
    return read;
}

bool is_request_id(std::string_view value) {
    return !value.empty() && value.size() <= kMostRequestId &&
           std::ranges::all_of(value, [](char c) {
               return kOfRequestIds[static_cast<unsigned char>(c)];
           });
}

}  // namespace countersign::proxy::http
