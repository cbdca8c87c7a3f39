#include "proxy/admin/profile_body.hpp"

#include <optional>

#include "proxy/admin/json_body.hpp"
#include "proxy/records/profile_text.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using certs::EditError;
using certs::EditResult;

/// Longer than any profile that people write; to read a longer one takes its time.
constexpr std::size_t kMostText = 64 * 1024;

EditResult<json::object> profile_of(const json::object& asked) {
    const json::value* const profile = asked.if_contains("profile");
    const json::value* const yaml = asked.if_contains("yaml");
    if (asked.size() == 1 && profile != nullptr && profile->is_object())
        return profile->get_object();
    if (asked.size() == 1 && yaml != nullptr && yaml->is_string()) {
        const json::string& text = yaml->get_string();
        return records::profile_in_yaml({text.data(), text.size()});
    }
    return EditError{
        "Send the profile as a JSON object: {\"profile\": {\"name\": ..., \"hosts\": [...]}}, or "
        "as a text: {\"yaml\": ...}."};
}

}  // namespace

EditResult<json::object> profile_in(std::string_view body) {
    if (body.size() > kMostText) return EditError{"The profile is longer than 64 KiB. Shorten it."};
    auto profile = profile_of(object_in(body).value_or(json::object{}));
    if (!profile) return profile;
    const auto written = records::written_profile(records::profile_text(*profile));
    if (written && *written == *profile) return profile;
    return EditError{
        "The profile has a value that would not be read back as it is. Write numbers that are not "
        "whole as texts: \"1.2\"."};
}

}  // namespace countersign::proxy::admin
