#include "profiles/yaml/request_headers.hpp"

#include <algorithm>
#include <array>

#include "certs/text/ascii.hpp"
#include "profiles/yaml/list.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/password.hpp"
#include "profiles/yaml/paths.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kName = "the name of a header field, such as X-Api-Key";

/// What delimits a message, belongs to one connection, or is decided elsewhere.
constexpr std::array<std::string_view, 17> kOurs{
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "max-forwards",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "proxy-status",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-countersign-profile",
    "http2-settings",
};

bool is_token(std::string_view text) {
    const auto allowed = [](char c) {
        return certs::is_letter(c) || certs::is_digit(c) ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
    };
    return !text.empty() && std::ranges::all_of(text, allowed);
}

/// "Host is decided …": why a field is not the operator's to change; empty where it is.
std::string objection(std::string_view name) {
    if (!is_token(name)) return "expected " + std::string{kName};
    const auto known = certs::in_lower_case(name);
    if (known == "host") {
        return "Host cannot be changed here; remove it. The server gets the host that the "
               "application calls. To send the host that is dialled instead, set connect_to: "
               "HOST:443 and preserve_host: false in this profile";
    }
    if (std::ranges::find(kOurs, known) == kOurs.end()) return "";
    return "belongs to the connection or the message's framing, which the proxy decides; remove it";
}

/// { env: NAME } or { credential: NAME }
bool is_from_outside(const YamlNode& node) {
    if (node.entries.size() != 1) return false;
    const std::string& key = node.entries.front().key;
    return key == "env" || key == "credential";
}

/// A text, or where it comes from. A text in the configuration earns no warning: most are no
/// secret.
std::optional<certs::PasswordSource> as_field_value(const YamlField& field) {
    if (field.node().kind != YamlNode::Kind::scalar) {
        if (field.place().within != nullptr && is_from_outside(field.node())) {
            field.problem(
                "stands in console.directory, where nothing is taken from the environment or from "
                "systemd, and a field's value is a text. Write it so, or write the profile into "
                "the configuration itself"
            );
            return std::nullopt;
        }
        auto source = as_secret_source(field, as_existing_file);
        if (!source || field.place().within == nullptr) return source;
        // It would send the passwords that stand there to a host of the writer's choice.
        field.problem(
            "names a file, whose content would be sent to a host; in console.directory a field's "
            "value is a text. Write it so, or write the profile into the configuration itself"
        );
        return std::nullopt;
    }
    if (field.node().text.find_first_of("\r\n") == std::string::npos) {
        return certs::Secret{field.node().text};
    }
    field.problem(
        "holds a line end, which a field's value cannot have; write it in one line (a text after "
        "'|' or '>' ends with a line end)"
    );
    return std::nullopt;
}

void read_set(const YamlField& field, RequestHeaderRules& rules) {
    constexpr std::string_view kExpected = "a map of field names and their values";
    if (field.node().kind != YamlNode::Kind::map) return field.unexpected(kExpected);
    std::vector<std::string> seen;
    for (const auto& entry : field.node().entries) {
        const bool missing = entry.value.kind == YamlNode::Kind::null;
        const YamlField value{
            entry.value, missing ? entry.place : entry.value.place,
            join_path(field.path(), entry.key), field.report()};
        const auto why = objection(entry.key);
        if (!why.empty()) {
            field.report().problem(entry.place, join_path(field.path(), entry.key), why);
            continue;
        }
        if (std::ranges::count(seen, certs::in_lower_case(entry.key)) > 0) {
            value.problem("the field stands here already, in other letters");
            continue;
        }
        seen.push_back(certs::in_lower_case(entry.key));
        if (missing) {
            value.problem("found nothing; expected a text, { file: PATH } or { env: NAME }");
        } else if (auto source = as_field_value(value)) {
            rules.set.push_back({entry.key, std::move(*source), value.place().to_text()});
        }
    }
}

std::optional<std::string> as_removed(const YamlField& field) {
    const auto text = field.scalar(kName);
    if (!text) return std::nullopt;
    const auto why = objection(*text);
    if (why.empty()) return std::string{*text};
    if (is_token(*text)) {
        field.problem(quote(*text) + ": " + why);
    } else {
        field.unexpected(kName);
    }
    return std::nullopt;
}

}  // namespace

RequestHeaderRules read_request_headers(const YamlField& field) {
    RequestHeaderRules rules;
    YamlMap map{field, "a map with set and remove"};
    if (const auto set = map.find("set")) read_set(*set, rules);
    if (const auto remove = map.find("remove")) {
        rules.remove =
            read_list<std::string>(*remove, "a list of header fields' names", as_removed);
    }
    return rules;
}

}  // namespace countersign::profiles
