#include "proxy/http/trailers.hpp"

#include <algorithm>
#include <array>

#include "proxy/http/field_name.hpp"
#include "proxy/http/field_value.hpp"

namespace countersign::proxy::http {

namespace {

/// Besides those whose FieldName says that the proxy acts on them.
constexpr std::array<std::string_view, 9> kNever = {
    "content-encoding", "content-range", "content-type",
    "cookie",           "forwarded",     "location",
    "set-cookie",       "set-cookie2",   "proxy-authentication-info",
};

}  // namespace

TrailerRules::TrailerRules(const Head& head, const RequestEdits* edits) : edits_{edits} {
    if (head.framing != Framing::chunked || head.connection_options.empty()) return;
    listed_.assign(head.connection_options.begin(), head.connection_options.end());
}

bool TrailerRules::drops(std::string_view name) const {
    const auto is_name = [name](std::string_view other) { return same_ignoring_case(other, name); };
    return field_name(name) != FieldName::other || starts_ignoring_case(name, "x-forwarded-") ||
           std::any_of(kNever.begin(), kNever.end(), is_name) ||
           std::any_of(listed_.begin(), listed_.end(), is_name) ||
           (edits_ != nullptr && edits_->drops(name));
}

void TrailerRules::append(std::string_view lines, std::string& out) const {
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n') + 1);
        if (!drops(line.substr(0, line.find(':')))) out += line;
        lines.remove_prefix(line.size());
    }
}

}  // namespace countersign::proxy::http
