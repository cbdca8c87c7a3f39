// What an operator sends for a profile, and the YAML that is made of it: whatever is in it, the
// file has that one profile with the same values, and nothing else, or it is refused. The input is
// the body of a call; a text of YAML; and texts that stand in each place of a profile.

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "certs/printable.hpp"
#include "certs/text/utf8.hpp"
#include "profiles/yaml/parser.hpp"
#include "profiles/yaml_reader.hpp"
#include "proxy/admin/profile_body.hpp"
#include "proxy/records/profile_text.hpp"
#include "tests/fuzz/require.hpp"

namespace {

namespace json = boost::json;
namespace profiles = countersign::profiles;
namespace records = countersign::proxy::records;
using countersign::fuzz::require;

/// What YAML has in the text, by the parser alone.
bool is_one_profile(const std::string& text) {
    profiles::YamlReport report;
    const auto root = profiles::parse_yaml(text, std::make_shared<const std::string>("a"), report);
    if (!root || !report.take_problems().empty()) return false;
    require(root->kind == profiles::YamlNode::Kind::map, "it is a map");
    require(root->entries.size() == 1, "of one key");
    require(root->entries.front().key == "profiles", "which is that of the profiles");
    require(root->entries.front().value.items.size() == 1, "and there is one");
    return true;
}

/// Whether it is read back as it is.
bool check(const json::object& profile) {
    const std::string text = records::profile_text(profile);
    const bool parses = is_one_profile(text);
    const auto written = records::written_profile(text);
    require(parses || !written, "what does not parse is not read back");
    const auto read = profiles::read_configuration_text(text, "profile.yaml");
    if (read) {
        require(read->profiles.size() == 1, "it is one profile");
        require(read->certificates.empty(), "and no record");
        const json::value& name = profile.at("name");
        require(
            !name.is_string() || read->profiles.front().name == name.as_string(), "of that name"
        );
    } else {
        for (const auto& problem : read.error()) {
            const bool own = problem.path.empty() || problem.path.starts_with("profiles[0]");
            require(own, "it is the profile's own fault");
        }
    }
    if (!written || *written != profile) return false;
    require(records::profile_text(*written) == text, "it is written as it was");
    require(records::version_of(*written) == records::version_of(profile), "of that version");
    const auto shown = records::profile_in_yaml(records::profile_yaml(profile));
    require(profile.empty() || (shown && *shown == profile), "and people are shown the same");
    return true;
}

/// Each line is a text in another place of a profile.
json::object profile_of(std::string_view lines) {
    std::vector<json::string> texts;
    while (!lines.empty() && texts.size() < 7) {
        const std::string_view line = lines.substr(0, lines.find('\0'));
        texts.emplace_back(countersign::certs::with_valid_utf8(line));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    }
    texts.resize(7);
    return {
        {"name", texts[0]},
        {"hosts", json::array{texts[1], texts[2]}},
        {texts[3], texts[4]},
        {"request_headers", {{"set", {{texts[5], texts[6]}}}}},
        {"a", {{texts[2], {{texts[1], json::array{json::object{{texts[0], texts[3]}}}}}}}},
    };
}

bool has_no_control(const json::value& value) {
    const auto is_plain = [](std::string_view text) {
        return text.find_first_of(std::string_view{"\0", 1}) == text.npos && text.size() < 200 &&
               countersign::certs::printable(text) == text;
    };
    if (value.is_string()) return is_plain(value.get_string());
    if (value.is_array()) return std::ranges::all_of(value.get_array(), has_no_control);
    if (!value.is_object()) return true;
    return std::ranges::all_of(value.get_object(), [&](const auto& one) {
        return is_plain(one.key()) && has_no_control(one.value());
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    if (const auto profile = countersign::proxy::admin::profile_in(input))
        require(check(*profile), "what is taken is read back as it is");
    if (const auto profile = records::profile_in_yaml(input)) check(*profile);
    const json::object made = profile_of(input);
    require(check(made) || !has_no_control(made), "visible texts are read back as they are");
    return 0;
}
