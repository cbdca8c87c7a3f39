#include "proxy/generation/load_edits.hpp"

#include <algorithm>
#include <string_view>
#include <variant>

#include "certs/bytes.hpp"
#include "certs/source.hpp"
#include "proxy/generation/configuration_warnings.hpp"
#include "proxy/http/characters.hpp"
#include "proxy/http/field_value.hpp"

namespace countersign::proxy::generation {

namespace {

bool is_field_value(std::string_view text) { return std::ranges::none_of(text, http::is_control); }

}  // namespace

http::RequestEdits load_edits(
    const profiles::Profile& profile, std::vector<std::string>& problems
) {
    http::RequestEdits edits;
    edits.dropped = profile.request_headers.remove;
    certs::SecretBytes lines;
    const auto add = [&lines](std::string_view text) {
        lines.insert(lines.end(), text.begin(), text.end());
    };
    for (const profiles::SetField& field : profile.request_headers.set) {
        const std::string about = at(field.where) + "profile '" + profile.name +
                                  "': request_headers.set." + field.name + ": ";
        const bool is_literal = std::holds_alternative<certs::Secret>(field.value);
        const auto value = certs::read_password(field.value);
        if (!value) {
            problems.push_back(about + value.error().message());
        } else if (!is_field_value(value->reveal())) {
            problems.push_back(about + "its value holds a line end or a control character");
        } else if (!is_literal && http::trim(value->reveal()).empty()) {
            problems.push_back(about + "its value is empty where it comes from");
        } else {
            edits.dropped.push_back(field.name);
            add(field.name);
            add(": ");
            add(http::trim(value->reveal()));
            add("\r\n");
        }
    }
    edits.lines = certs::Secret{std::string{certs::as_text(lines)}};
    return edits;
}

}  // namespace countersign::proxy::generation
